SELECT id FROM documents WHERE husk = 0 AND projected_by < ?1 ORDER BY updated_ms DESC, id LIMIT ?2
