DELETE FROM marks WHERE document = ?1
