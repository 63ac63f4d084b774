DELETE FROM unknown_entries WHERE n = ?1
