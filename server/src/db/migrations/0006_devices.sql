-- What the office decides about phones, and about what was kept out of records.

-- A phone that is to erase itself: since when it is told so, when it last said that it does, and what of its work nobody
-- has then.
ALTER TABLE devices ADD COLUMN wipe_at BIGINT;
ALTER TABLE devices ADD COLUMN wiped_at BIGINT;
ALTER TABLE devices ADD COLUMN wipe_lost BIGINT;

-- The life of the database that the phone has followed.
ALTER TABLE device_contacts ADD COLUMN epoch BYTEA;

-- What a change in quarantine is of, as its sender says, where this server has no such record. Else NULL.
ALTER TABLE quarantine ADD COLUMN project BYTEA;
ALTER TABLE quarantine ADD COLUMN place BYTEA;
ALTER TABLE quarantine ADD COLUMN kind TEXT;
