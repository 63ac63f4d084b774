INSERT INTO documents (id, project, place, kind, scope) VALUES (?1, ?2, ?3, ?4, ?5)
