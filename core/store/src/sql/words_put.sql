INSERT INTO words (n, document, place, words) SELECT ?1, id, place, ?3 FROM documents WHERE id = ?2
