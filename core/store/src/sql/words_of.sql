SELECT n, words, form FROM words WHERE document = ?1
