SELECT id, place, scope, projection
FROM documents
WHERE project = $1 AND purged_at IS NULL
    AND id IN (SELECT id FROM log WHERE project = $1 AND seq > $2 AND kind IN ('begin', 'change', 'mark'))
ORDER BY id
