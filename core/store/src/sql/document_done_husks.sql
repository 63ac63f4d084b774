SELECT d.id FROM documents d
WHERE d.husk = 1 AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.document = d.id AND o.state IN ('queued', 'held', 'stuck'))
ORDER BY d.id
