CREATE TABLE buyer (id INTEGER PRIMARY KEY, app TEXT, country TEXT, joined_at TEXT NOT NULL, left_at TEXT, settings TEXT);
CREATE TABLE purchase (id INTEGER PRIMARY KEY, buyer_id INTEGER NOT NULL, price REAL NOT NULL);

INSERT INTO buyer VALUES
  (1, 'v5.2.0-rc.1', 'at', '2021-01-25 00:00:00', '2021-01-28 12:00:00', '{"limit": 10.5, "language": "de-AT"}'),
  (2, '5.1', 'fr', '2020-12-26 09:00:00', NULL, '{"limit": 3, "language": "fr"}'),
  (3, NULL, 'de', '2021-02-01 00:00:00', '2021-03-27 10:00:00', NULL);

INSERT INTO purchase VALUES (10, 1, 9.5), (11, 1, 20), (12, 2, 5);
