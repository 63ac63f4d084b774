UPDATE rows SET seq = 0 WHERE project = ?1 AND seq > ?2
