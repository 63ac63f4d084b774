-- Who may log in, with what, since when; and what was done about it.
-- Ids are 16 bytes, hashes 32, times i64 milliseconds by the server's clock, flags 0 and 1.

-- Facts about this very database, such as which server it is.
CREATE TABLE server_facts (
    name  TEXT NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL
);

-- 'auth' counts every change of what logins may do: what a process has cached is good as long as it stands still.
CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    n    BIGINT NOT NULL
);
INSERT INTO counters (name, n) VALUES ('auth', 0);

CREATE TABLE users (
    id          BYTEA NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    display     TEXT NOT NULL,
    made_at     BIGINT NOT NULL,
    disabled_at BIGINT
);

CREATE TABLE devices (
    id         BYTEA NOT NULL PRIMARY KEY,
    user_id    BYTEA NOT NULL REFERENCES users (id),
    key        BYTEA NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    made_at    BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX devices_by_user ON devices (user_id);

-- Only hashes: who reads this table cannot log in.
CREATE TABLE tokens (
    hash       BYTEA NOT NULL PRIMARY KEY,
    id         BYTEA NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    user_id    BYTEA NOT NULL REFERENCES users (id),
    device_id  BYTEA REFERENCES devices (id),
    label      TEXT NOT NULL,
    made_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX tokens_by_expiry ON tokens (expires_at);

CREATE TABLE enrolments (
    hash       BYTEA NOT NULL PRIMARY KEY,
    user_id    BYTEA NOT NULL REFERENCES users (id),
    made_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT,
    device_id  BYTEA REFERENCES devices (id)
);

CREATE TABLE nonces (
    value   TEXT NOT NULL PRIMARY KEY,
    made_at BIGINT NOT NULL
);

-- Proofs that were used, until their nonce has ended.
CREATE TABLE proofs (
    hash       BYTEA NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX proofs_by_expiry ON proofs (expires_at);

-- A role on a scope. It begins at a place in the project's log and ends at one; a repair crew's also ends by the clock.
-- A role on the whole server has project and scope of sixteen zero bytes.
CREATE TABLE grants (
    id         BYTEA NOT NULL PRIMARY KEY,
    project    BYTEA NOT NULL,
    user_id    BYTEA NOT NULL REFERENCES users (id),
    role       TEXT NOT NULL,
    scope      BYTEA NOT NULL,
    access     TEXT NOT NULL,
    since_seq  BIGINT NOT NULL,
    until_seq  BIGINT,
    made_at    BIGINT NOT NULL,
    ended_at   BIGINT,
    expires_at BIGINT
);
CREATE INDEX grants_by_user ON grants (user_id, project, scope);
CREATE INDEX grants_by_scope ON grants (project, scope);

-- Append-only; each row's chain is the hash of the one before and of its own content.
CREATE TABLE audit (
    seq     BIGINT NOT NULL PRIMARY KEY,
    at      BIGINT NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL,
    chain   BYTEA NOT NULL
);
