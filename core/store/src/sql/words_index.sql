INSERT INTO words_index (rowid, chars, initials) VALUES (?1, ?2, ?3)
