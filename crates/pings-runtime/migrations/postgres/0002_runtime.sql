-- The last batch of each recorder that is in event_logs: none is written twice.
CREATE TABLE pings_recorders (
  recorder text PRIMARY KEY,
  batch bigint NOT NULL,
  written_at timestamptz NOT NULL
);

-- What the runtime counts of itself, by week: events dropped, spilled, and so on.
CREATE TABLE pings_counters (
  week text NOT NULL,
  name text NOT NULL,
  value bigint NOT NULL,
  PRIMARY KEY (week, name)
);

-- The lines that were imported, by their ids: none is imported twice.
CREATE TABLE pings_imports (
  id text PRIMARY KEY,
  digest text NOT NULL,
  logged_at timestamptz NOT NULL
);

-- The first time that each user did what a metric counts, whatever was pruned since.
CREATE TABLE pings_sightings (
  sighting bigint NOT NULL,
  grp text NOT NULL,
  person text NOT NULL,
  first_at timestamptz NOT NULL,
  PRIMARY KEY (sighting, grp, person)
);

CREATE INDEX pings_sightings_first_at ON pings_sightings (sighting, first_at);

-- What is sighted: of which metric, what it counts, and how far event_logs has been read for it.
CREATE TABLE pings_sighted (
  sighting bigint PRIMARY KEY,
  code text NOT NULL UNIQUE,
  meaning text NOT NULL,
  names text NOT NULL,
  read_to bigint NOT NULL
);

-- Before when rows were pruned.
CREATE TABLE pings_pruned (
  before timestamptz PRIMARY KEY
);
