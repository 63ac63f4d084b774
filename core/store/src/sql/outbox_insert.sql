INSERT INTO outbox (document, hash, seen, writes, at_ms, state, code, tries, replayed)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT (document, hash) DO UPDATE SET state = excluded.state
