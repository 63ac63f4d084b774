DELETE FROM intents WHERE project = ?1 AND state = 'done' AND seq <= ?2
