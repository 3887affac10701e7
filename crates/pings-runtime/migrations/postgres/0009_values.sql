-- The values that the product set, with the time from which each applies.
CREATE TABLE pings_values (
  code text NOT NULL,
  set_at timestamptz NOT NULL,
  value text NOT NULL,
  PRIMARY KEY (code, set_at)
);
