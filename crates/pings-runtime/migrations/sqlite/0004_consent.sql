-- Each change of a switch: its value, since when, what decided it, and for which registry.
-- The last change of a switch is in force.
CREATE TABLE pings_consent (
  switch TEXT NOT NULL,
  -- From 1.
  change INTEGER NOT NULL,
  is_on INTEGER NOT NULL CHECK (is_on IN (0, 1)),
  -- Empty where it is since before anything was logged.
  since TEXT NOT NULL,
  -- A file and its line, a variable of the environment, default, or the program.
  decided_by TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  PRIMARY KEY (switch, change)
) WITHOUT ROWID;

-- The metrics that were agreed to, with what they may carry.
CREATE TABLE pings_consent_metrics (
  -- The switch of the sensitivity that the metric had then.
  switch TEXT NOT NULL,
  code TEXT NOT NULL,
  -- A JSON list of dimensions and measures.
  carries TEXT NOT NULL,
  since TEXT NOT NULL,
  agreed_by TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  PRIMARY KEY (switch, code)
) WITHOUT ROWID;

-- From when on changes are recorded; empty where nothing had been logged before.
CREATE TABLE pings_consent_start (
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  at TEXT NOT NULL
);

INSERT INTO pings_consent_start (singleton, at)
SELECT 1, CASE WHEN EXISTS (SELECT 1 FROM event_logs)
  THEN strftime('%Y-%m-%dT%H:%M:%SZ', 'now') ELSE '' END;
