SELECT id FROM documents WHERE checked = 0 ORDER BY updated_ms DESC, id LIMIT ?1
