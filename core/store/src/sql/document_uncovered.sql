SELECT d.id FROM documents d
WHERE d.project = ?1 AND d.husk = 0
  AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.project = d.project AND (g.scope = d.scope OR g.scope = d.project))
  AND NOT (d.scope = ?2 AND EXISTS (SELECT 1 FROM grants g WHERE g.project = d.project))
ORDER BY d.id
