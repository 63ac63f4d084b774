UPDATE changes SET received_seq = ?3, received_ms = ?4 WHERE document = ?1 AND hash = ?2
