INSERT INTO grants (id, project, user_id, role, scope, access, since_seq, made_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
