INSERT INTO photo VALUES
  (1, 'phone', 3000000000, '2021-01-24 23:59:59'),  -- before the week
  (2, 'phone', 2000000000, '2021-01-25 00:00:00'),
  (3, NULL, NULL, '2021-01-31 23:59:59.999999'),
  (4, 'Camera', 5, '2021-02-01 00:00:00'),          -- after it
  (5, 'Camera', NULL, NULL);                        -- nobody knows when
