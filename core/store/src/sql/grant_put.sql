INSERT INTO grants (project, scope, role, writes, seq) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (project, scope, role) DO UPDATE SET writes = excluded.writes, seq = excluded.seq
