DELETE FROM outbox WHERE document = ?1 AND state = 'received'
