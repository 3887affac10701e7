-- What PostgreSQL has as NaN and infinite times is missing here; the second document was written as bytes.
INSERT INTO run VALUES
  (1, 'ad-hoc',    'a', 100, 1.5,   'abc',  't',    '{"k":1.50}',               '2021-01-01 00:00:00.123456', '2021-01-01 00:00:01.123457+00:00'),
  (2, 'dashboard', 'a', 500, NULL,  'ABC',  'f',    x'7b226b223a22676f6f64227d', '2021-01-01 00:00:00',        '2021-01-01 01:00:00.9999996+01:00'),
  (3, 'public',    'b', 700, 9e999, 'Abd',  2,      '{"k":"x","k":"y"}',        NULL,                         '2021-01-01T00:00:00Z'),
  (4, 'Dashboard', 'c', 900, -2.5,  'abc ', 'TRUE', '{"k":"\ud83d\ude00"}',     NULL,                         NULL),
  (5, NULL,        'c', 300, NULL,  NULL,   NULL,   '{"k":"\\ud83d"}',          NULL,                         NULL);
