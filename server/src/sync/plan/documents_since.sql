SELECT documents.id, documents.place, documents.scope, documents.projection
FROM (
    SELECT DISTINCT id FROM log WHERE project = $1 AND seq > $2 AND kind IN ('begin', 'change', 'mark')
) AS told
CROSS JOIN documents
WHERE documents.project = $1 AND documents.id = told.id AND documents.purged_at IS NULL
ORDER BY documents.id
