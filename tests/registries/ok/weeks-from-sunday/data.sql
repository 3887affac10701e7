-- The last instant before a week and its first, its last and the first of the next.
INSERT INTO orders (id, paid_at, amount) VALUES
  (1, '2020-12-26T23:59:59.999Z', 1),
  (2, '2020-12-27T00:00:00.000Z', 2),
  (3, '2021-01-02T23:59:59.999Z', 4),
  (4, '2021-01-03T00:00:00.000Z', 8),
-- The same around the leap day.
  (5, '2024-02-25T00:00:00.000Z', 16),
  (6, '2024-03-02T23:59:59.999Z', 32),
  (7, '2024-03-03T00:00:00.000Z', 64);
