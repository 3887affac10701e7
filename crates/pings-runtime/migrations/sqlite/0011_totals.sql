-- What is kept for the window of all time: of which metric, what it counts, and how far event_logs
-- has been added to it. The code is empty for the versions of all events.
CREATE TABLE pings_totals (
  total INTEGER PRIMARY KEY,
  code TEXT NOT NULL,
  -- The first day that may be counted, and empty where that is every day.
  asked_from TEXT NOT NULL,
  -- The first day that is counted: later where earlier events had been pruned.
  since TEXT NOT NULL,
  meaning TEXT NOT NULL,
  names TEXT NOT NULL,
  read_to INTEGER NOT NULL,
  UNIQUE (code, asked_from)
);

-- The events of each day, whatever was pruned since.
CREATE TABLE pings_total_days (
  total INTEGER NOT NULL,
  day TEXT NOT NULL,
  grp TEXT NOT NULL,
  events INTEGER NOT NULL,
  sum_integer INTEGER NOT NULL,
  sum_number REAL NOT NULL,
  PRIMARY KEY (total, day, grp)
) WITHOUT ROWID;
