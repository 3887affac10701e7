-- What is kept for the window of all time: of which metric, what it counts, and how far event_logs
-- has been added to it. The code is empty for the versions of all events.
CREATE TABLE pings_totals (
  total bigint PRIMARY KEY,
  code text NOT NULL,
  -- The first day that may be counted, and empty where that is every day.
  asked_from text NOT NULL,
  -- The first day that is counted: later where earlier events had been pruned.
  since text NOT NULL,
  meaning text NOT NULL,
  names text NOT NULL,
  read_to bigint NOT NULL,
  UNIQUE (code, asked_from)
);

-- The events of each day, whatever was pruned since.
CREATE TABLE pings_total_days (
  total bigint NOT NULL,
  day text NOT NULL,
  grp text NOT NULL,
  events bigint NOT NULL,
  sum_integer bigint NOT NULL,
  sum_number double precision NOT NULL,
  PRIMARY KEY (total, day, grp)
);
