-- What several servers on one database must know alike: who was erased, and how backups went.

-- The same stands in lists outside of the database, because an older copy of it would not know (docs/operations.md).
CREATE TABLE erased (
    project   BYTEA NOT NULL,
    subject   BYTEA NOT NULL,
    erased_at BIGINT NOT NULL,
    PRIMARY KEY (project, subject)
);

-- A folder or a bucket that backups went to, and how the last one there ended; `failed` is a code, empty when it did not.
CREATE TABLE backup_places (
    place    TEXT NOT NULL PRIMARY KEY,
    kind     TEXT NOT NULL,
    tried_at BIGINT NOT NULL,
    failed   TEXT NOT NULL,
    name     TEXT NOT NULL,
    made_at  BIGINT NOT NULL
);
