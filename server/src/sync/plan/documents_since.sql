SELECT id, place, scope, projection
FROM documents
WHERE project = $1 AND seq > $2 AND purged_at IS NULL
ORDER BY id
