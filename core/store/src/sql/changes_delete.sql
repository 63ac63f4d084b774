DELETE FROM changes WHERE document = ?1
