INSERT INTO words (n, document, place, words, form) SELECT ?1, id, place, ?3, ?4 FROM documents WHERE id = ?2
