DELETE FROM changes WHERE document = ?1 AND hash = ?2
