UPDATE documents SET server_heads = ?2, server_seq = max(server_seq, ?3), summand = ?4 WHERE id = ?1
