SELECT id FROM documents WHERE project = ?1 AND server_seq > ?2 ORDER BY id
