DELETE FROM errands WHERE id = ?1
