UPDATE rows SET seq = ?2 WHERE project = ?1 AND seq > ?2
