SELECT w.document, w.place, w.words FROM words_index i JOIN words w ON w.n = i.rowid
WHERE words_index MATCH ?1 ORDER BY i.rowid DESC
