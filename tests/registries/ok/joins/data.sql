INSERT INTO branch VALUES
  (1, 'North'),
  (2, 'South'),
  (3, 'Closed');    -- has no readers

INSERT INTO reader VALUES
  (1, 'Ann', 1, NULL),
  (2, 'Ben', 1, 1),
  (3, 'Cem', 2, 1),
  (4, 'Dot', NULL, 2),   -- of no branch
  (5, 'Eva', 2, 99);     -- recruited by somebody who has left; has no loans

INSERT INTO book VALUES
  (1, 'novel'),
  (2, 'novel'),
  (3, 'atlas'),
  (4, 'atlas');     -- was never lent

INSERT INTO loan VALUES
  (1, 1, 1, 10, 0.5, TRUE),
  (2, 1, 3, 20, NULL, TRUE),
  (3, 1, 1, 3, 1.25, FALSE),
  (4, 2, 2, NULL, 0, TRUE),
  (5, 3, 3, 14, 2, TRUE),
  (6, 9, 2, 7, 1, TRUE),      -- of a reader who has left
  (7, 4, NULL, 1, 0.25, FALSE);  -- of a book that is not in the list
