DELETE FROM changes WHERE document = ?1
  AND hash NOT IN (SELECT hash FROM outbox WHERE document = ?1 AND state IN ('queued', 'held', 'stuck'))
