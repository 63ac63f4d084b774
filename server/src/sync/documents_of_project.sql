SELECT id, project, place, kind, scope, seq, heads, projection, snapshot
FROM documents
WHERE project = $1 AND $2 = $2 AND id > $3 AND purged_at IS NULL
ORDER BY id LIMIT $4
