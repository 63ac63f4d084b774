SELECT hash, own FROM changes WHERE document = ?1 AND received_seq IS NOT NULL ORDER BY n
