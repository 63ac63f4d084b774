INSERT INTO words_index (words_index) VALUES ('optimize')
