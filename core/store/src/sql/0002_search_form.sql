-- The form of the tokens in words_index (keyturn_domain::search::SEARCH_FORM): those of an older one are made again when
-- the record is projected anew.
ALTER TABLE words ADD COLUMN form INTEGER NOT NULL DEFAULT 1;
