SELECT id, backup_seq FROM projects ORDER BY id
