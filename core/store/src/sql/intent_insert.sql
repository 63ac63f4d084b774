INSERT INTO intents (id, project, kind, payload, at_ms, subject_key) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO NOTHING
