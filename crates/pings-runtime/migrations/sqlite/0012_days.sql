-- Which version logged rows with which name on which day, for the rows of event_logs up to an id.
-- is_plain is 0 where times do not compare like texts; the day is then the first ten characters.
CREATE TABLE pings_days (
  day TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  is_plain INTEGER NOT NULL,
  PRIMARY KEY (day, name, version, is_plain)
) WITHOUT ROWID;

CREATE TABLE pings_days_read (
  read_to INTEGER NOT NULL
);

INSERT INTO pings_days_read (read_to) VALUES (0);
