UPDATE intents SET state = 'queued', seq = 0 WHERE project = ?1 AND state = 'done' AND seq > ?2
