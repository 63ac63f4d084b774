SELECT hash, bytes, own, received_seq, received_ms, from_user FROM changes WHERE document = ?1 AND n > ?2 ORDER BY n
