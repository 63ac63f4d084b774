UPDATE intents SET state = ?2, code = ?3, seq = ?4 WHERE id = ?1
