SELECT hash FROM changes WHERE document = ?1 AND own = 1 ORDER BY n DESC LIMIT 1
