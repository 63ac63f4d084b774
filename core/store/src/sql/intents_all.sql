SELECT id, project, kind, payload, at_ms, state, code, subject_key FROM intents ORDER BY n
