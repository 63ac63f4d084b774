INSERT INTO projects (id, backup_seq) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET backup_seq = excluded.backup_seq
