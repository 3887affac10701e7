-- Before December; December before the four weeks; the first instant of the four weeks up to 2020-W53.
INSERT INTO orders (id, paid_at, amount, kind) VALUES
  (1, '2020-11-30T23:59:59.999Z', 1, 'book'),
  (2, '2020-12-01T00:00:00.000Z', 2, 'book'),
  (3, '2020-12-07T00:00:00.000Z', 4, 'pen'),
-- The last instant of the year, and the first of the next.
  (4, '2020-12-31T23:59:59.999Z', 8, 'book'),
  (5, '2021-01-01T00:00:00.000Z', 16, 'pen'),
-- The first instant of the four weeks up to 2021-W04, and of the week; its last instant, and the one after.
  (6, '2021-01-04T00:00:00.000Z', 32, 'pen'),
  (7, '2021-01-25T00:00:00.000Z', 64, 'pen'),
  (8, '2021-01-31T23:59:59.999Z', 128, 'book'),
  (9, '2021-02-01T00:00:00.000Z', 256, 'book'),
-- Around the leap day.
  (10, '2024-02-05T00:00:00.000Z', 512, 'pen'),
  (11, '2024-02-29T23:59:59.999Z', 1024, 'pen'),
  (12, '2024-03-01T00:00:00.000Z', 2048, 'book');
