-- The ids of the events that clients sent: none is logged twice. UUIDv7, so that old ids are first.
CREATE TABLE pings_received (
  id uuid PRIMARY KEY,
  received_on date NOT NULL
);
