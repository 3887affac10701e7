-- The instance: its id and the seed of its key, both random, made on first use.
CREATE TABLE pings_instance (
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  id TEXT NOT NULL,
  seed TEXT NOT NULL
);

-- What is sent: for each week its revisions, with what was answered.
CREATE TABLE pings_outbox (
  week TEXT NOT NULL,
  revision INTEGER NOT NULL,
  -- waiting, sent, parked (refused, kept), replaced (by a newer revision before it was sent).
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  made_at TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  -- When it may be tried (again); while somebody sends it, until when it is theirs.
  due_at TEXT NOT NULL,
  tried_at TEXT,
  status INTEGER,
  answer TEXT,
  PRIMARY KEY (week, revision)
);

-- How far event_logs was read for late events.
CREATE TABLE pings_outbox_read (
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  read_to INTEGER NOT NULL
);

-- What is done on schedule, and when next: whoever moves the time on does it.
CREATE TABLE pings_tasks (
  task TEXT PRIMARY KEY,
  due_at TEXT NOT NULL
) WITHOUT ROWID;
