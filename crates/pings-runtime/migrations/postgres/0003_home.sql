-- The instance: its id and the seed of its key, both random, made on first use.
CREATE TABLE pings_instance (
  singleton bigint PRIMARY KEY CHECK (singleton = 1),
  id text NOT NULL,
  seed text NOT NULL
);

-- What is sent: for each week its revisions, with what was answered.
CREATE TABLE pings_outbox (
  week text NOT NULL,
  revision bigint NOT NULL,
  -- waiting, sent, parked (refused, kept), replaced (by a newer revision before it was sent).
  state text NOT NULL,
  body text NOT NULL,
  made_at text NOT NULL,
  attempts bigint NOT NULL DEFAULT 0,
  -- When it may be tried (again); while somebody sends it, until when it is theirs.
  due_at text NOT NULL,
  tried_at text,
  status bigint,
  answer text,
  PRIMARY KEY (week, revision)
);

-- How far event_logs was read for late events.
CREATE TABLE pings_outbox_read (
  singleton bigint PRIMARY KEY CHECK (singleton = 1),
  read_to bigint NOT NULL
);

-- What is done on schedule, and when next: whoever moves the time on does it.
CREATE TABLE pings_tasks (
  task text PRIMARY KEY,
  due_at text NOT NULL
);
