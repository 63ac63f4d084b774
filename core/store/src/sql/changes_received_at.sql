SELECT hash, received_ms FROM changes WHERE document = ?1 AND received_ms > 0 ORDER BY hash
