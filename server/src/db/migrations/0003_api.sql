-- What other systems need: what phones last said of themselves, what a token may, which writes were answered how.

-- A phone is heard often and written down seldom: give or take some minutes.
CREATE TABLE device_contacts (
    device_id BYTEA NOT NULL PRIMARY KEY,
    app       TEXT NOT NULL,
    protocol  BIGINT NOT NULL,
    unsent    BIGINT,
    synced_at BIGINT NOT NULL
);

-- A write of the API by the key that its caller gave it: the same request is answered the same way again.
CREATE TABLE api_requests (
    token_id   BYTEA NOT NULL,
    name       TEXT NOT NULL,
    request    BYTEA NOT NULL,
    status     BIGINT NOT NULL,
    kind       TEXT NOT NULL,
    body       BYTEA NOT NULL,
    tag        TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (token_id, name)
);
CREATE INDEX api_requests_by_expiry ON api_requests (expires_at);

-- What a token may, words apart: `read`, `write`. Earlier ones read.
ALTER TABLE tokens ADD COLUMN may TEXT NOT NULL DEFAULT 'read';
