UPDATE intents SET state = 'queued', code = '', seq = 0
  WHERE project = ?1 AND seq > ?2 AND (state = 'done' OR code = 'collides')
