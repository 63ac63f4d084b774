UPDATE documents SET heads = ?2 WHERE id = ?1
