-- The values that the product set, with the time from which each applies, in UTC.
CREATE TABLE pings_values (
  code TEXT NOT NULL,
  set_at TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (code, set_at)
) WITHOUT ROWID;
