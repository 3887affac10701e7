INSERT INTO "order" VALUES
  (1, 'a', 10, 1.5, 2.5, TRUE, 'it''s'),
  (2, 'B', 20, 2, 0.5, FALSE, 'C:\temp'),
  (3, 'a', 10, NULL, 1, NULL, 'a"b'),
  (4, NULL, 30, 4, 1, TRUE, '--x'),
  (5, 'B', 20, 1, 1, TRUE, 'it''s');
INSERT INTO "Customer Table" VALUES
  (1, 1, 'XL', 'Zoë'),
  (2, 1, 'S', 'O''Hara'),
  (3, 4, 'XL', 'Robert''); DROP TABLE "order"; --'),
  (4, NULL, 'M', NULL);
INSERT INTO measured VALUES (1, 10, 1, 'a', 'p'), (2, 20, 9, 'a', 'p'), (3, 30, 9, 'a', 'p');
