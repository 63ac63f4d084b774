INSERT INTO rows (project, kind, id, scope, seq, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (project, kind, id) DO UPDATE SET scope = excluded.scope, seq = excluded.seq, body = excluded.body
WHERE excluded.seq >= rows.seq
