SELECT id, project, kind, payload, at_ms, state, code FROM intents ORDER BY id
