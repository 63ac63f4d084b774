SELECT DISTINCT facts.id, facts.kind, facts.scope, facts.body
FROM log
JOIN facts ON facts.project = log.project AND facts.id = log.id
WHERE log.project = $1 AND log.seq > $2 AND log.kind = 'row'
    AND facts.kind IN ('project', 'milestone', 'task', 'staff', 'household')
