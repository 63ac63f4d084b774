INSERT INTO phrases (document, phrase, part, at_ms) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (document, phrase) DO UPDATE SET at_ms = excluded.at_ms
