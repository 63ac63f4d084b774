SELECT 1 FROM quarantine WHERE document = ?1 AND hash = ?2
