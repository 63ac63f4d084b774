DELETE FROM intents WHERE id = ?1
