SELECT c.document, c.hash, c.own, c.received_seq FROM changes c JOIN documents d ON d.id = c.document
WHERE d.project = ?1 AND c.received_seq IS NOT NULL AND (c.received_seq > ?2 OR c.received_seq = 0) ORDER BY c.n
