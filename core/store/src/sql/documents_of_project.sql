SELECT id, project, place, kind, scope, checked, task, state, contested, updated_ms, projection
FROM documents WHERE husk = 0 AND project = ?1 AND (?2 = '' OR kind = ?2) ORDER BY id
