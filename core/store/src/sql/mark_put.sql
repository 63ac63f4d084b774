INSERT INTO marks (document, hash, mark, user, relayed_by, received_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (document, hash) DO UPDATE SET mark = excluded.mark, user = coalesce(excluded.user, user),
  relayed_by = coalesce(excluded.relayed_by, relayed_by), received_ms = max(received_ms, excluded.received_ms)
