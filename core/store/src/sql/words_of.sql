SELECT n, words FROM words WHERE document = ?1
