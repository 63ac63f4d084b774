UPDATE documents
SET purged_at = $1, seq = $2, version = version + 1, marked = 0, state = '', contested = 0,
    heads = $3, projection = $3, snapshot = $3
WHERE id = $4
