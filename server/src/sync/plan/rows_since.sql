-- From the log to its rows: the other way round every row of the project would be looked at.
SELECT facts.id, facts.kind, facts.scope, facts.body
FROM (SELECT DISTINCT id FROM log WHERE project = $1 AND seq > $2 AND kind = 'row') AS told
CROSS JOIN facts
WHERE facts.project = $1 AND facts.id = told.id
