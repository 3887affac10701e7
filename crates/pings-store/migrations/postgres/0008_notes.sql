-- Notes of the vendor about weeks, which the commands show beside the numbers.
CREATE TABLE notes (
  id bigint PRIMARY KEY,
  week text COLLATE "C" NOT NULL,
  note text NOT NULL,
  written_at text NOT NULL
);
