-- The week begins at 1611532800, 2021-01-25T00:00:00Z, and ends at 1612137600.
INSERT INTO "user" VALUES
  (1, 1611532799, TRUE, 1000000000),  -- a second too early
  (2, 1611532800, TRUE, 3000000000),  -- the first instant
  (3, 1612137599, FALSE, NULL),       -- the last second
  (4, 1612137600, NULL, NULL),        -- the first instant after
  (5, NULL, NULL, NULL);              -- nobody knows
INSERT INTO build VALUES
  (1, 1, 1611532799999),
  (2, 1, 1611532800000),
  (3, 2, 1612137599999),
  (4, 2, 1612137600000);
