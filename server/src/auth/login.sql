SELECT t.id, t.kind, t.user_id, t.device_id, t.expires_at, t.may, t.revoked_at AS token_revoked_at,
       d.revoked_at AS device_revoked_at, d.wipe_at, u.disabled_at
FROM tokens t
JOIN users u ON u.id = t.user_id
LEFT JOIN devices d ON d.id = t.device_id
WHERE t.hash = $1
