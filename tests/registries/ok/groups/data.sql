INSERT INTO item VALUES
  (1, 0.49999999999999994, 0, 'book'),
  (2, 0.5, 1, 'book'),
  (3, 9.999999999999998, 2, 'tool'),
  (4, 10, 9, 'toy'),
  (5, NULL, 10, 'toy'),
  (6, 100, NULL, 'car'),   -- not declared
  (7, -1, -3, NULL);
