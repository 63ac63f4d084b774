DELETE FROM intents WHERE subject_key = ?1 AND state <> 'queued'
