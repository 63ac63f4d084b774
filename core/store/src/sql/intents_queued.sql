SELECT id, project, kind, payload, at_ms, state, code, subject_key FROM intents WHERE state = 'queued' ORDER BY n LIMIT ?1
