INSERT INTO unknown_entries (project, entry) VALUES (?1, ?2)
