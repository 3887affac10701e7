-- The session's zone is Asia/Tokyo, and nothing may depend on it.
INSERT INTO ticket (id, priority, opened_at, closed_at, replies) VALUES
  (1, 'low',  '2021-01-24 23:59:59.999999', '2021-01-25 09:00:00+09', 3),      -- opened just before the week, closed in its first instant
  (2, 'low',  '2021-01-25 00:00:00', '2021-01-25 00:00:10Z', 0),               -- opened in the first instant
  (3, 'high', '2021-01-26 00:00:00', '2021-01-25 20:00:40-04', 5),             -- closed 40 seconds later
  (4, 'high', '2021-01-30 00:00:00', '2021-01-30 00:00:20Z', NULL),            -- on Saturday
  (5, 'low',  '2021-01-31 23:59:59.999999', '2021-02-01 00:00:00Z', 1),        -- opened in the last instant, closed after it
  (6, 'low',  '2021-02-01 00:00:00', NULL, 7),                                 -- opened in the first instant after
  (7, 'high', '2021-01-31 20:00:00', '2021-02-01 08:59:59.999+09', 2),         -- closed in the last millisecond
  (8, 'high', '2021-01-10 00:00:00', NULL, 100),                               -- open for weeks
  (9, 'low',  '2021-01-11 00:00:00', '2021-01-31 23:59:59.999999Z', NULL);     -- closed in the last instant

INSERT INTO agent_shift (id, began_at, ended_at) VALUES
  (1, '2021-01-24 20:00:00Z', '2021-01-25 00:00:00'),          -- ends as the week begins
  (2, '2021-01-24 20:00:00+00', '2021-01-25 00:00:00.001'),    -- a millisecond later
  (3, '2021-01-25 09:00:00+09', '2021-01-25 08:00:00'),        -- begins as the week begins
  (4, '2021-01-31 23:59:59.999Z', '2021-02-01 08:00:00'),      -- the last millisecond
  (5, '2021-02-01 00:00:00Z', '2021-02-01 08:00:00'),          -- the week after
  (6, '2021-01-31 12:00:00Z', '2021-01-31 12:30:00.5');
