DELETE FROM quarantine WHERE document = ?1
