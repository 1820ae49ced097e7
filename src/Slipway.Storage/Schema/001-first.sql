-- Times are Unix milliseconds of the store's clock.
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE process (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  state TEXT,
  state_version INTEGER NOT NULL DEFAULT 0,
  sequence INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER,
  -- When it is worth claiming: at once while its inbox holds events, else when it is due; NULL: never by itself.
  wake_at INTEGER,
  lease_id INTEGER NOT NULL DEFAULT 0,
  lease_until INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  ended INTEGER NOT NULL DEFAULT 0,
  quarantined TEXT
);
CREATE INDEX process_wake ON process (wake_at) WHERE wake_at IS NOT NULL AND quarantined IS NULL;
CREATE INDEX process_kind ON process (kind, created_at);

CREATE TABLE inbox (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  process TEXT NOT NULL,
  event TEXT NOT NULL
);
CREATE INDEX inbox_process ON inbox (process, number);

-- Keys of events that have arrived, so that none arrives twice.
CREATE TABLE seen_key (
  process TEXT NOT NULL,
  key TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (process, key)
) WITHOUT ROWID;
CREATE INDEX seen_key_at ON seen_key (at);

CREATE TABLE outbox (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  process TEXT NOT NULL,
  type TEXT NOT NULL,
  class TEXT NOT NULL,
  payload TEXT NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  started INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER NOT NULL DEFAULT 0,
  lease_id INTEGER NOT NULL DEFAULT 0,
  lease_until INTEGER NOT NULL DEFAULT 0,
  why TEXT
);
CREATE INDEX outbox_process ON outbox (process, number);

CREATE TABLE wanted (
  agent TEXT NOT NULL,
  resource TEXT NOT NULL,
  body TEXT NOT NULL,
  generation INTEGER NOT NULL,
  counter INTEGER NOT NULL,
  owner TEXT NOT NULL,
  PRIMARY KEY (agent, resource)
) WITHOUT ROWID;

CREATE TABLE ledger_entry (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  -- Given by the sequencer: dense, from 1.
  idx INTEGER,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  service TEXT,
  environment TEXT,
  version TEXT,
  promotion TEXT,
  actor TEXT NOT NULL,
  header TEXT NOT NULL,
  body TEXT,
  salt BLOB NOT NULL,
  leaf BLOB
);
CREATE UNIQUE INDEX ledger_idx ON ledger_entry (idx) WHERE idx IS NOT NULL;
CREATE INDEX ledger_unsequenced ON ledger_entry (number) WHERE idx IS NULL;
CREATE INDEX ledger_promotion ON ledger_entry (promotion, idx) WHERE promotion IS NOT NULL;
CREATE INDEX ledger_service ON ledger_entry (service, idx) WHERE service IS NOT NULL;

-- Hashes of the complete subtrees: (0, n) is the leaf n, (k, n) covers leaves n·2^k up to (n+1)·2^k − 1, counted from 0.
CREATE TABLE ledger_tree (
  level INTEGER NOT NULL,
  position INTEGER NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (level, position)
) WITHOUT ROWID;

CREATE TABLE document (
  collection TEXT NOT NULL,
  key TEXT NOT NULL,
  body TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (collection, key)
) WITHOUT ROWID;
CREATE INDEX document_number ON document (collection, number);

CREATE TABLE idempotency (
  key TEXT PRIMARY KEY,
  answer TEXT,
  at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE bin (
  rollout TEXT NOT NULL,
  source TEXT NOT NULL,
  key TEXT NOT NULL,
  second INTEGER NOT NULL,
  payload TEXT NOT NULL,
  PRIMARY KEY (rollout, source, key)
) WITHOUT ROWID;
CREATE INDEX bin_second ON bin (rollout, second);
