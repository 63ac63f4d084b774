SELECT e.user_id, e.expires_at, e.used_at, e.device_id, d.key AS device_key, u.disabled_at
FROM enrolments e
JOIN users u ON u.id = e.user_id
LEFT JOIN devices d ON d.id = e.device_id
WHERE e.hash = $1
