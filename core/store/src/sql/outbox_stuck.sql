SELECT n, document, hash, seen, writes, at_ms, state, code, tries, replayed
FROM outbox WHERE state IN ('held', 'stuck') ORDER BY n LIMIT ?1
