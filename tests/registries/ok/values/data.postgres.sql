INSERT INTO run VALUES
  (1, 'ad-hoc',    'a', 100, 1.5,        'abc',  TRUE,  '{"k":1.50}',           '2021-01-01 00:00:00.123456', '2021-01-01 00:00:01.123457+00'),
  (2, 'dashboard', 'a', 500, 'NaN',      'ABC',  FALSE, '{"k":"good"}',         '2021-01-01 00:00:00',        '2021-01-01 01:00:00.9999996+01'),
  (3, 'public',    'b', 700, 'Infinity', 'Abd',  TRUE,  '{"k":"x","k":"y"}',    'infinity',                   '2021-01-01 00:00:00+00'),
  (4, 'Dashboard', 'c', 900, -2.5,       'abc ', TRUE,  '{"k":"\ud83d\ude00"}', NULL,                         '-infinity'),
  (5, NULL,        'c', 300, NULL,       NULL,   NULL,  '{"k":"\\ud83d"}',      NULL,                         NULL);
