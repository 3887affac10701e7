-- The weeks in which the product was seen running, and at which versions: `''` where the version is
-- unknown. A week without a row and without events is a week in which it did not run.
CREATE TABLE pings_running (
  week text NOT NULL,
  version text NOT NULL,
  seen_at text NOT NULL,
  PRIMARY KEY (week, version)
);

-- The version of the product at which each code of the registry appeared on this instance: `''`
-- for the codes of the first registry, and where the version was unknown.
CREATE TABLE pings_codes (
  code text PRIMARY KEY,
  version text NOT NULL
);
