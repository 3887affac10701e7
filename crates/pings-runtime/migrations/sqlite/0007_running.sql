-- The weeks in which the product was seen running, and at which versions: `''` where the version is
-- unknown. A week without a row and without events is a week in which it did not run.
CREATE TABLE pings_running (
  week TEXT NOT NULL,
  version TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  PRIMARY KEY (week, version)
) WITHOUT ROWID;

-- The version of the product at which each code of the registry appeared on this instance: `''`
-- for the codes of the first registry, and where the version was unknown.
CREATE TABLE pings_codes (
  code TEXT PRIMARY KEY,
  version TEXT NOT NULL
) WITHOUT ROWID;
