SELECT id, body FROM errands WHERE kind = ?1 ORDER BY id LIMIT ?2
