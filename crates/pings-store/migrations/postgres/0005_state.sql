-- What processes that share a store must know of it, in one row. `generation` changes when numbers of
-- names are removed, so that no process goes on to use them. `checked_at` is written to show that
-- the database can be written to.
CREATE TABLE store_state (
  id bigint PRIMARY KEY,
  generation bigint NOT NULL,
  checked_at text
);

INSERT INTO store_state (id, generation) VALUES (1, 0);
