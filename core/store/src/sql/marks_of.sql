SELECT hash, mark, user, relayed_by, received_ms FROM marks WHERE document = ?1 ORDER BY hash
