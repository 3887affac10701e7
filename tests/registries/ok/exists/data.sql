INSERT INTO users VALUES
  (1, 'red'),
  (2, 'red'),
  (3, 'blue'),
  (4, 'blue'),   -- never posted, and reacted
  (5, NULL);     -- of no team, never did anything
INSERT INTO posts VALUES
  (10, 1, '2021-01-26 10:00:00', NULL),
  (11, 1, '2021-01-27 10:00:00', NULL),
  (12, 1, '2021-01-20 10:00:00', '2021-01-21 10:00:00'),
  (20, 2, '2021-01-25 00:00:00', '2021-01-25 10:00:00'),  -- the first instant
  (30, 3, '2021-02-01 00:00:00', NULL),                   -- the first instant after
  (90, 9, '2021-01-26 10:00:00', NULL),                   -- of a user who has left
  (91, NULL, '2021-01-26 10:00:00', NULL);
INSERT INTO reaction VALUES
  (10, 1), (10, 2), (10, 3),  -- the author's own, and two others
  (12, 1),
  (20, 2),                    -- only the author's own
  (30, 4);
