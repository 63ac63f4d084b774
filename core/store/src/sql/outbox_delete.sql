DELETE FROM outbox WHERE document = ?1 AND hash = ?2
