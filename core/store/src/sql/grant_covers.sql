SELECT 1 FROM grants WHERE project = ?1 AND (scope = ?2 OR scope = ?1) AND lapsed = 0 LIMIT 1
