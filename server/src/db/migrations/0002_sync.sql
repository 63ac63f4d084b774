-- The log of each project, and what its entries point to.
-- Sequence numbers begin at 1 and have no gap; heads are 32 bytes each, sorted, one after the other.

-- Lives of this database; the one with the highest n runs. A restore begins the next one.
CREATE TABLE epochs (
    id         BYTEA NOT NULL PRIMARY KEY,
    n          BIGINT NOT NULL UNIQUE,
    parent     BYTEA,
    started_at BIGINT NOT NULL
);

-- The highest entry of each project that was there when the epoch began.
CREATE TABLE forks (
    epoch   BYTEA NOT NULL REFERENCES epochs (id),
    project BYTEA NOT NULL,
    seq     BIGINT NOT NULL,
    PRIMARY KEY (epoch, project)
);

-- seq and chain are those of the newest entry; sum is that of all scopes.
CREATE TABLE projects (
    id         BYTEA NOT NULL PRIMARY KEY,
    code       TEXT NOT NULL UNIQUE,
    made_at    BIGINT NOT NULL,
    backup_seq BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    chain      BYTEA NOT NULL,
    sum        BYTEA NOT NULL
);

-- The closing sum over the documents of a scope. A scope in which nothing was recorded has no row.
CREATE TABLE scopes (
    project BYTEA NOT NULL REFERENCES projects (id),
    id      BYTEA NOT NULL,
    sum     BYTEA NOT NULL,
    PRIMARY KEY (project, id)
);

-- Where records may be made, and which scope they are then in.
CREATE TABLE places (
    id       BYTEA NOT NULL PRIMARY KEY,
    project  BYTEA NOT NULL REFERENCES projects (id),
    scope    BYTEA NOT NULL,
    building BYTEA
);
CREATE INDEX places_by_project ON places (project, id);

-- who: of a change the device that sent it, of a grant or revoke the person concerned; else empty.
CREATE TABLE log (
    project BYTEA NOT NULL,
    seq     BIGINT NOT NULL,
    kind    TEXT NOT NULL,
    id      BYTEA NOT NULL,
    scope   BYTEA NOT NULL,
    hash    BYTEA NOT NULL,
    who     BYTEA NOT NULL,
    chain   BYTEA NOT NULL,
    PRIMARY KEY (project, seq)
);

-- Rows in their present state; body is NULL when the row is gone.
CREATE TABLE facts (
    project BYTEA NOT NULL,
    id      BYTEA NOT NULL,
    kind    TEXT NOT NULL,
    scope   BYTEA NOT NULL,
    seq     BIGINT NOT NULL,
    body    BYTEA,
    PRIMARY KEY (project, id)
);
CREATE INDEX facts_by_scope ON facts (project, scope, id);
CREATE INDEX facts_by_kind ON facts (project, kind, id);

-- snapshot and projection are caches of the changes. version counts commits: who judged an older one judges again.
CREATE TABLE documents (
    id         BYTEA NOT NULL PRIMARY KEY,
    project    BYTEA NOT NULL REFERENCES projects (id),
    place      BYTEA NOT NULL,
    scope      BYTEA NOT NULL,
    kind       TEXT NOT NULL,
    version    BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    marked     BIGINT NOT NULL,
    made_at    BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    purged_at  BIGINT,
    state      TEXT NOT NULL,
    contested  BIGINT NOT NULL,
    heads      BYTEA NOT NULL,
    projection BYTEA NOT NULL,
    snapshot   BYTEA NOT NULL
);
CREATE INDEX documents_by_scope ON documents (project, scope, id);
CREATE INDEX documents_by_place ON documents (place, id);

-- The truth: every change as it came. user_id and device_id made it; relayed_by brought it for them.
CREATE TABLE changes (
    document    BYTEA NOT NULL REFERENCES documents (id),
    hash        BYTEA NOT NULL,
    seq         BIGINT NOT NULL,
    user_id     BYTEA NOT NULL,
    device_id   BYTEA NOT NULL,
    received_at BIGINT NOT NULL,
    relayed_by  BYTEA,
    mark        TEXT,
    bytes       BYTEA NOT NULL,
    PRIMARY KEY (document, hash)
);

-- Who an actor of a document is: the login that sent its first change.
CREATE TABLE actors (
    document  BYTEA NOT NULL,
    actor     BYTEA NOT NULL,
    user_id   BYTEA NOT NULL,
    device_id BYTEA NOT NULL,
    PRIMARY KEY (document, actor)
);

-- What was refused, once, with its bytes and the reason.
CREATE TABLE quarantine (
    document    BYTEA NOT NULL,
    hash        BYTEA NOT NULL,
    code        TEXT NOT NULL,
    user_id     BYTEA NOT NULL,
    device_id   BYTEA NOT NULL,
    received_at BIGINT NOT NULL,
    size        BIGINT NOT NULL,
    bytes       BYTEA NOT NULL,
    PRIMARY KEY (document, hash)
);
CREATE INDEX quarantine_by_device ON quarantine (device_id, size);

-- What a device was asked for: only then it may bring other people's changes.
CREATE TABLE wants (
    device_id BYTEA NOT NULL,
    document  BYTEA NOT NULL,
    asked_at  BIGINT NOT NULL,
    PRIMARY KEY (device_id, document)
);

-- Commands that phones made about rows; refused is empty when it was done.
CREATE TABLE intents (
    id          BYTEA NOT NULL PRIMARY KEY,
    project     BYTEA NOT NULL,
    user_id     BYTEA NOT NULL,
    device_id   BYTEA NOT NULL,
    kind        TEXT NOT NULL,
    refused     TEXT NOT NULL,
    received_at BIGINT NOT NULL
);
