-- Who asks for a week again that was sent: 1 the store, which does not have it, 2 a person.
ALTER TABLE pings_outbox ADD COLUMN again bigint NOT NULL DEFAULT 0;

-- When the store asked for it last.
ALTER TABLE pings_outbox ADD COLUMN asked_at text;

-- 1 where the week must be assembled again: the clock was wrong, or the week was not over.
ALTER TABLE pings_outbox ADD COLUMN is_stale bigint NOT NULL DEFAULT 0;

-- When event_logs was last read for late events.
ALTER TABLE pings_outbox_read ADD COLUMN read_at text;

-- The first week that is sent under this id, where a copy got an id of its own.
ALTER TABLE pings_instance ADD COLUMN first_week text;

-- The database that this one was migrated to: nothing is sent from here any more.
ALTER TABLE pings_instance ADD COLUMN moved_to text;

-- In the database that another one is migrated to: how far that is.
CREATE TABLE pings_migrated (
  singleton bigint PRIMARY KEY CHECK (singleton = 1),
  -- The instance that is migrated, and the source without its password.
  instance text NOT NULL,
  source text NOT NULL,
  -- The last row of event_logs that was copied.
  read_to bigint NOT NULL,
  is_complete bigint NOT NULL
);
