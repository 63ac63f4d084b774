DELETE FROM outbox WHERE document = ?1
