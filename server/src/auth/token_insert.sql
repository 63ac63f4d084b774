INSERT INTO tokens (hash, id, kind, user_id, device_id, label, made_at, expires_at, may)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
