-- Each change of a switch: its value, since when, what decided it, and for which registry.
-- The last change of a switch is in force.
CREATE TABLE pings_consent (
  switch text NOT NULL,
  -- From 1.
  change bigint NOT NULL,
  is_on bigint NOT NULL CHECK (is_on IN (0, 1)),
  -- Empty where it is since before anything was logged.
  since text NOT NULL,
  -- A file and its line, a variable of the environment, default, or the program.
  decided_by text NOT NULL,
  fingerprint text NOT NULL,
  PRIMARY KEY (switch, change)
);

-- The metrics that were agreed to, with what they may carry.
CREATE TABLE pings_consent_metrics (
  -- The switch of the sensitivity that the metric had then.
  switch text NOT NULL,
  code text NOT NULL,
  -- A JSON list of dimensions and measures.
  carries text NOT NULL,
  since text NOT NULL,
  agreed_by text NOT NULL,
  fingerprint text NOT NULL,
  PRIMARY KEY (switch, code)
);

-- From when on changes are recorded; empty where nothing had been logged before.
CREATE TABLE pings_consent_start (
  singleton bigint PRIMARY KEY CHECK (singleton = 1),
  at text NOT NULL
);

INSERT INTO pings_consent_start (singleton, at)
SELECT 1, CASE WHEN EXISTS (SELECT 1 FROM event_logs)
  THEN to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') ELSE '' END;
