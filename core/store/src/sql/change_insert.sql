INSERT INTO changes (document, hash, bytes, own, received_seq, received_ms, from_user)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (document, hash) DO NOTHING
