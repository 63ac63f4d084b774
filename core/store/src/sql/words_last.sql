SELECT max(n) FROM words WHERE n >= ?1 AND n < ?2
