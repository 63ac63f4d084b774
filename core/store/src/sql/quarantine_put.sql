INSERT INTO quarantine (document, hash, bytes, reason, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (document, hash) DO NOTHING
