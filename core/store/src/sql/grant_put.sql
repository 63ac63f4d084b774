INSERT INTO grants (project, scope, role, writes, seq, lapsed) VALUES (?1, ?2, ?3, ?4, ?5, 0)
ON CONFLICT (project, scope, role) DO UPDATE SET writes = excluded.writes, seq = excluded.seq, lapsed = 0
