SELECT document, place, words FROM words WHERE place = ?1 ORDER BY n DESC
