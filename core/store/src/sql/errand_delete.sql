DELETE FROM errands WHERE kind = ?1 AND id = ?2
