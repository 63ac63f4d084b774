SELECT id
FROM documents
WHERE project = $1 AND seq >= $2
