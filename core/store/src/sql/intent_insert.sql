INSERT INTO intents (id, project, kind, payload, at_ms) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO NOTHING
