INSERT INTO person (id, plan) VALUES (1, 'free'), (2, 'free'), (3, 'free'), (4, NULL), (5, 'trial');
INSERT INTO search (id, person_id, at, hits) VALUES
  (1, 1, '2020-12-31T23:59:59Z', 1),
  (2, 1, '2021-01-01T00:00:00Z', 7.5),
  (3, 1, '2021-02-01T00:00:00Z', NULL),
  (4, 2, NULL, NULL),
  (5, 5, '2021-01-10T00:00:00Z', 2.5),
  (6, 5, '2020-12-01T00:00:00Z', 0),
  (7, 5, NULL, 1),
  (8, 5, '2021-01-11T00:00:00Z', -3),
  (9, NULL, '2021-01-05T00:00:00Z', 7.5);
