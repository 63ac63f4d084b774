UPDATE grants SET lapsed = 1, seq = ?2 WHERE project = ?1 AND seq > ?2
