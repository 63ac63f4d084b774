SELECT id, project, kind, payload, at_ms, state, code FROM intents WHERE state = 'queued' ORDER BY id LIMIT ?1
