-- The edition that the record was begun with was not here when its words were made: they are made again when one comes.
ALTER TABLE documents ADD COLUMN edition_waits INTEGER NOT NULL DEFAULT 0;
