SELECT id
FROM log
WHERE project = $1 AND seq > $2 AND kind = 'begin'
