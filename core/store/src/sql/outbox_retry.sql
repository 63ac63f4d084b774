UPDATE outbox SET state = 'queued', code = '', tries = 0 WHERE state = 'stuck' AND code = ?1
