SELECT hash FROM changes WHERE document = ?1 AND substr(hash, 1, 8) = ?2
