CREATE TABLE buyer (id INTEGER PRIMARY KEY, app TEXT, country TEXT, joined_at TEXT NOT NULL, left_at TEXT, settings TEXT);
CREATE TABLE visit (id INTEGER PRIMARY KEY, buyer_id INTEGER NOT NULL, seen_at TEXT NOT NULL);
CREATE TABLE purchase (id INTEGER PRIMARY KEY, invoice_id INTEGER NOT NULL, price REAL NOT NULL);
CREATE TABLE invoice (id INTEGER PRIMARY KEY, number INTEGER NOT NULL);
CREATE TABLE shop (id INTEGER PRIMARY KEY, plan TEXT NOT NULL);

INSERT INTO buyer VALUES
  (1, 'v5.2.0-rc.1', 'at', '2021-01-25 00:00:00', '2021-01-28 12:00:00', '{"limit": 10.5, "language": "de-AT"}'),
  (2, '5.1', 'fr', '2020-12-26 09:00:00', NULL, '{"limit": 3, "language": "fr"}'),
  (3, NULL, 'de', '2021-02-01 00:00:00', '2021-03-27 10:00:00', NULL);

INSERT INTO visit VALUES (1, 1, '2021-01-25 08:00:00'), (2, 1, '2021-01-26 08:00:00'), (3, 2, '2021-01-27 08:00:00');

INSERT INTO purchase VALUES (10, 1, 9.5), (11, 1, 20), (12, 2, 5);

INSERT INTO invoice VALUES (1, 100), (2, 101);

INSERT INTO shop VALUES (1, 'paid');
