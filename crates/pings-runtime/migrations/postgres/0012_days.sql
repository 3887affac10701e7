-- Which version logged rows with which name on which day, for the rows of event_logs up to an id.
-- is_plain is 0 where a name or a version is too long to be kept.
CREATE TABLE pings_days (
  day date NOT NULL,
  name text NOT NULL,
  version text NOT NULL,
  is_plain bigint NOT NULL,
  PRIMARY KEY (day, name, version, is_plain)
);

CREATE TABLE pings_days_read (
  read_to bigint NOT NULL
);

INSERT INTO pings_days_read (read_to) VALUES (0);
