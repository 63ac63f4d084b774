UPDATE documents SET server_seq = ?2 WHERE project = ?1 AND server_seq > ?2
