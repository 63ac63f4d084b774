UPDATE changes SET received_seq = NULL, received_ms = 0 WHERE document = ?1 AND hash = ?2
