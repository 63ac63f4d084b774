DELETE FROM intents WHERE project = ?1 AND state = 'done' AND subject_key IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM rows r WHERE r.project = intents.project AND r.id = intents.subject_key)
