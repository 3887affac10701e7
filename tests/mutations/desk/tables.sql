CREATE TABLE ticket (id INTEGER PRIMARY KEY, state TEXT NOT NULL, score INTEGER NOT NULL, note TEXT, opened_at TEXT NOT NULL, deleted_at TEXT);
CREATE TABLE reply (id INTEGER PRIMARY KEY, ticket_id INTEGER NOT NULL);
CREATE TABLE agent (id INTEGER PRIMARY KEY, rank INTEGER NOT NULL);

INSERT INTO ticket VALUES
  (1, 'open', 5, 'this is urgent', '2021-01-25 00:00:00', NULL),
  (2, 'open', 4, 'no hurry', '2021-01-26 09:00:00', NULL),
  (3, 'solved', 9, NULL, '2021-01-27 10:00:00', NULL),
  (4, 'solved', 3, 'urgent', '2021-01-31 23:59:59', NULL),                    -- a score that is just too low
  (5, 'open', 8, 'urgent, again', '2021-02-01 00:00:00', '2021-02-02 08:00:00');  -- deleted

INSERT INTO reply VALUES (10, 1), (11, 1), (12, 1), (13, 2), (14, 2), (15, 4);

INSERT INTO agent VALUES (1, 3), (2, 7);
