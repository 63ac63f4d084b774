CREATE TABLE meta (
  -- Single values: cursor, witness, epoch, session, token, counters. Written by the engine and the session.
  key TEXT PRIMARY KEY NOT NULL,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE projects (
  -- Projects that this phone was told of. What is in backup lies at or below backup_seq; the mark may fall.
  id BLOB PRIMARY KEY NOT NULL,
  backup_seq INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE witnesses (
  -- The last eight of the highest places that the server ever gave, newest with the highest n. Opaque to the phone.
  n INTEGER PRIMARY KEY NOT NULL,
  cursor BLOB NOT NULL UNIQUE
) STRICT;

CREATE TABLE grants (
  -- Scopes that the person holds, by role. writes = 0: to read only. A grant on the project's scope covers all of it.
  -- lapsed = 1: the server lost it in a restore; it ends when what it gave was offered back.
  project BLOB NOT NULL,
  scope BLOB NOT NULL,
  role TEXT NOT NULL,
  writes INTEGER NOT NULL DEFAULT 0,
  seq INTEGER NOT NULL DEFAULT 0,
  lapsed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (project, scope, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
  -- One record each: what it is, its cached snapshot, and what lists show of it.
  -- snapshot and snapshot_n: the cache holds every change up to and with changes.n = snapshot_n.
  -- checked = 0: the bytes came from the server and were not judged yet; they are, when first opened.
  -- husk = 1: the scope was lost; only own work that is not handed in yet remains.
  -- server_heads, server_seq, summand: what the server holds as far as this phone knows (closing sum).
  -- heads are 32 bytes each, sorted.
  id BLOB PRIMARY KEY NOT NULL,
  project BLOB NOT NULL,
  place BLOB NOT NULL,
  kind TEXT NOT NULL,
  scope BLOB NOT NULL,
  husk INTEGER NOT NULL DEFAULT 0,
  checked INTEGER NOT NULL DEFAULT 1,
  snapshot BLOB,
  snapshot_n INTEGER NOT NULL DEFAULT 0,
  heads BLOB NOT NULL DEFAULT x'',
  server_heads BLOB NOT NULL DEFAULT x'',
  server_seq INTEGER NOT NULL DEFAULT 0,
  summand BLOB,
  projection BLOB,
  projected_by INTEGER NOT NULL DEFAULT 0,
  task BLOB,
  state TEXT NOT NULL DEFAULT '',
  contested INTEGER NOT NULL DEFAULT 0,
  updated_ms INTEGER NOT NULL DEFAULT 0,
  -- When the next open promise in it is due; NULL: there is none.
  promise_ms INTEGER
) STRICT;
CREATE INDEX documents_by_place ON documents (place, kind);
CREATE INDEX documents_by_scope ON documents (scope);
CREATE INDEX documents_by_task ON documents (task) WHERE task IS NOT NULL;
CREATE INDEX documents_by_promise ON documents (promise_ms) WHERE promise_ms IS NOT NULL;

CREATE TABLE words (
  -- What search looks in, of each record: folded, a name or a remark a line.
  -- n grows with the record's time (minutes, shifted), so that a walk from the highest n meets the newest first.
  n INTEGER PRIMARY KEY NOT NULL,
  document BLOB NOT NULL UNIQUE,
  place BLOB NOT NULL,
  words TEXT NOT NULL
) STRICT;
CREATE INDEX words_by_place ON words (place);

-- rowid is words.n; the tokens are those of keyturn_domain::search.
CREATE VIRTUAL TABLE words_index USING fts5(
  chars, initials, content = '', contentless_delete = 1, tokenize = 'ascii'
);

CREATE TABLE phrases (
  -- Ready words that were used here: one row per record, so that they go with it, and a repetition counts once.
  document BLOB NOT NULL,
  phrase TEXT NOT NULL,
  part TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (document, phrase)
) STRICT, WITHOUT ROWID;

CREATE TABLE changes (
  -- Raw change bytes: the truth. n is an order in which each stands behind what it builds on.
  -- received_seq: its seat in the server's log, 0 when the server has it at a seat that was not told; NULL: not received.
  n INTEGER PRIMARY KEY NOT NULL,
  document BLOB NOT NULL,
  hash BLOB NOT NULL,
  bytes BLOB NOT NULL,
  own INTEGER NOT NULL DEFAULT 0,
  received_seq INTEGER,
  received_ms INTEGER NOT NULL DEFAULT 0,
  from_user BLOB,
  UNIQUE (document, hash)
) STRICT;
CREATE INDEX changes_above ON changes (received_seq) WHERE received_seq IS NOT NULL;

CREATE TABLE marks (
  -- Changes that a reviewer must look at, or that another phone handed in. Set by the server, beside the change.
  document BLOB NOT NULL,
  hash BLOB NOT NULL,
  mark TEXT NOT NULL DEFAULT '',
  user BLOB,
  relayed_by BLOB,
  received_ms INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (document, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
  -- Own commands, beside the change that each became, until the change is in backup.
  -- state: queued, held (waits for the server's copy of the document, then made again), stuck (code says why),
  -- received.
  -- replayed: how often the command was made again under a new actor; code: the last refusal.
  n INTEGER PRIMARY KEY NOT NULL,
  document BLOB NOT NULL,
  hash BLOB NOT NULL,
  seen BLOB NOT NULL,
  writes BLOB NOT NULL,
  at_ms INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'queued',
  code TEXT NOT NULL DEFAULT '',
  tries INTEGER NOT NULL DEFAULT 0,
  replayed INTEGER NOT NULL DEFAULT 0,
  UNIQUE (document, hash)
) STRICT;
CREATE INDEX outbox_queued ON outbox (n) WHERE state = 'queued';
CREATE INDEX outbox_open ON outbox (document, n) WHERE state <> 'received';

CREATE TABLE intents (
  -- Commands about rows, made here and idempotent. state: queued, done, refused.
  -- One that was done is kept until a backup covers its seat: a restored server is told again.
  -- subject_key: the row that holds the key of whom it is about; where that ends, the command goes, too.
  -- n: the order in which they were made; clocks jump, and one may build on the one before.
  n INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  project BLOB NOT NULL,
  kind TEXT NOT NULL,
  payload BLOB NOT NULL,
  at_ms INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'queued',
  code TEXT NOT NULL DEFAULT '',
  seq INTEGER NOT NULL DEFAULT 0,
  subject_key BLOB
) STRICT;

CREATE TABLE quarantine (
  -- Bytes that did not pass the gate of this phone, once each, with the reason.
  document BLOB NOT NULL,
  hash BLOB NOT NULL,
  bytes BLOB NOT NULL,
  reason TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (document, hash)
) STRICT;

CREATE TABLE rows (
  -- Facts that the server owns, in their present state, cut to the role. body: CBOR.
  project BLOB NOT NULL,
  kind TEXT NOT NULL,
  id BLOB NOT NULL,
  scope BLOB NOT NULL,
  seq INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (project, kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX rows_by_scope ON rows (scope, kind);

CREATE TABLE unknown_entries (
  -- Entries of a kind that this version does not know, raw: read again after an upgrade.
  n INTEGER PRIMARY KEY NOT NULL,
  project BLOB NOT NULL,
  entry BLOB NOT NULL
) STRICT;

CREATE TABLE sums (
  -- Own closing sum per scope: kept in the transaction that changes documents.server_heads.
  project BLOB NOT NULL,
  scope BLOB NOT NULL,
  sum BLOB NOT NULL,
  PRIMARY KEY (project, scope)
) STRICT, WITHOUT ROWID;

CREATE TABLE errands (
  -- What the next exchanges must carry. kind: need (ask for the document whole), audit (tell its heads),
  -- want (the server asks for it; body: the heads that it has), scope (list all documents of this scope; body: project),
  -- row (ask for its present state; body: project, scope, kind).
  kind TEXT NOT NULL,
  id BLOB NOT NULL,
  body BLOB NOT NULL DEFAULT x'',
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
