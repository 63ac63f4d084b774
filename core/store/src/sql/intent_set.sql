UPDATE intents SET state = ?2, code = ?3 WHERE id = ?1
