SELECT id, kind, scope, body
FROM facts
WHERE project = $1 AND seq > $2 AND body IS NOT NULL AND kind IN ('project', 'milestone', 'task', 'staff', 'household')
ORDER BY id
