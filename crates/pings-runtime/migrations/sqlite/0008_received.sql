-- The ids of the events that clients sent: none is logged twice. UUIDv7, so that old ids are first.
CREATE TABLE pings_received (
  id TEXT PRIMARY KEY,
  received_on TEXT NOT NULL
) WITHOUT ROWID;
