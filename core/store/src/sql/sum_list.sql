SELECT s.project, s.scope, s.sum FROM sums s
WHERE EXISTS (SELECT 1 FROM grants g WHERE g.project = s.project AND (g.scope = s.scope OR g.scope = s.project))
ORDER BY s.project, s.scope
