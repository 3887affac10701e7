INSERT INTO mail (id, folder, size, subject, spam, sent_at) VALUES
  (1, 'inbox', 100, 'it''s :week_start', FALSE, '2021-01-25T00:00:00Z'),  -- the first instant of the week
  (2, 'inbox', 300, 'a;b', TRUE, '2021-01-31T23:59:59.999999Z'),          -- the last one
  (3, 'sent', 50, '100 $1 ?1 {x}', FALSE, '2021-02-01T00:00:00Z'),        -- the first one after
  (4, 'sent', NULL, NULL, NULL, '2021-01-24T23:59:59.999999Z'),           -- the last one before
  (5, NULL, 25, 'x', FALSE, '2021-01-27T12:00:00Z');
