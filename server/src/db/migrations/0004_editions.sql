-- Editions of a project's data: what was imported and not published yet, at most one of each project. files is CBOR, text
-- by name. A published one is a row of the project, in facts.
CREATE TABLE edition_drafts (
    project BYTEA NOT NULL PRIMARY KEY REFERENCES projects (id),
    hash    BYTEA NOT NULL,
    files   BYTEA NOT NULL,
    note    TEXT NOT NULL,
    made_at BIGINT NOT NULL
);
