SELECT count(*) FROM outbox WHERE state = 'queued'
