SELECT o.n, o.document, o.hash, o.seen, o.writes, o.at_ms, o.state, o.code, o.tries, o.replayed
FROM outbox o WHERE o.state = 'queued' ORDER BY o.n LIMIT ?1
