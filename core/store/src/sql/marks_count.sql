SELECT count(*) FROM marks WHERE mark IN ('late', 'role') AND (?1 IS NULL OR document = ?1)
