UPDATE outbox SET state = ?3, code = ?4, tries = ?5, replayed = ?6 WHERE document = ?1 AND hash = ?2
