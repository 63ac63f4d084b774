INSERT INTO intents (id, project, user_id, device_id, kind, refused, received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
