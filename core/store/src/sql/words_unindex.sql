DELETE FROM words_index WHERE rowid = ?1
