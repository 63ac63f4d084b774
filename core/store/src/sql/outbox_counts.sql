SELECT state, count(*) FROM outbox WHERE state <> 'received' GROUP BY state ORDER BY state
