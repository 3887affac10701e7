-- Notes of the vendor about weeks, which the commands show beside the numbers.
CREATE TABLE notes (
  id INTEGER PRIMARY KEY,
  week text NOT NULL,
  note text NOT NULL,
  written_at text NOT NULL
);
