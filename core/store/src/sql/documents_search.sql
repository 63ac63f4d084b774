SELECT id, project, place, kind, scope, checked, task, state, contested, updated_ms, projection
FROM documents WHERE husk = 0 AND search LIKE ?1 ESCAPE '\' ORDER BY updated_ms DESC, id LIMIT ?2
