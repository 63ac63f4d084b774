SELECT n, project, entry FROM unknown_entries ORDER BY n
