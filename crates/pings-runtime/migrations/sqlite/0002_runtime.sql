-- The last batch of each recorder that is in event_logs: none is written twice.
CREATE TABLE pings_recorders (
  recorder TEXT PRIMARY KEY,
  batch INTEGER NOT NULL,
  written_at TEXT NOT NULL
) WITHOUT ROWID;

-- What the runtime counts of itself, by week: events dropped, spilled, and so on.
CREATE TABLE pings_counters (
  week TEXT NOT NULL,
  name TEXT NOT NULL,
  value INTEGER NOT NULL,
  PRIMARY KEY (week, name)
) WITHOUT ROWID;

-- The lines that were imported, by their ids: none is imported twice.
CREATE TABLE pings_imports (
  id TEXT PRIMARY KEY,
  digest TEXT NOT NULL,
  logged_at TEXT NOT NULL
) WITHOUT ROWID;

-- The first time that each user did what a metric counts, whatever was pruned since.
CREATE TABLE pings_sightings (
  sighting INTEGER NOT NULL,
  grp TEXT NOT NULL,
  person TEXT NOT NULL,
  first_at TEXT NOT NULL,
  PRIMARY KEY (sighting, grp, person)
) WITHOUT ROWID;

CREATE INDEX pings_sightings_first_at ON pings_sightings (sighting, first_at);

-- What is sighted: of which metric, what it counts, and how far event_logs has been read for it.
CREATE TABLE pings_sighted (
  sighting INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  meaning TEXT NOT NULL,
  names TEXT NOT NULL,
  read_to INTEGER NOT NULL
);

-- Before when rows were pruned.
CREATE TABLE pings_pruned (
  before TEXT PRIMARY KEY
) WITHOUT ROWID;
