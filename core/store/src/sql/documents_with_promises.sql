SELECT id, project, place, kind, scope, checked, task, state, contested, updated_ms, projection
FROM documents WHERE husk = 0 AND promise_ms <= ?1 ORDER BY promise_ms, id
