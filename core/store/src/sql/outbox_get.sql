SELECT n, document, hash, seen, writes, at_ms, state, code, tries, replayed
FROM outbox WHERE document = ?1 AND hash = ?2
