DELETE FROM rows WHERE project = ?1
  AND NOT EXISTS (
    SELECT 1 FROM grants g WHERE g.project = rows.project AND (g.scope = rows.scope OR g.scope = rows.project))
  AND NOT (scope = ?2 AND EXISTS (SELECT 1 FROM grants g WHERE g.project = rows.project))
