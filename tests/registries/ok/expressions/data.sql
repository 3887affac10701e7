-- Seven members of a forum; what matters of each is said at the metrics.
INSERT INTO member (id, handle, plan, country, bio, points, rating, a, b, active, verified) VALUES
  (1, 'Ada',   'pro',  'GB', 'Größe',     30000, 4.5,   7,  2, TRUE,  TRUE),
  (2, 'ada',   'free', 'DE', '100% wool', -7,    5,    -7,  2, FALSE, TRUE),
  (3, 'ADA_1', 'team', 'de', 'a_b',       0,     0.1,   7, -2, TRUE,  FALSE),
  (4, 'bob',   'free', NULL, NULL,        NULL,  NULL, NULL, 2, NULL, TRUE),
  (5, 'Zoë',   'pro',  'GB', '',          12,    -2.5,  5,  0, FALSE, NULL),
  (6, 'x%y',   'free', 'FR', 'A\B',       12,    5,    -8, -3, NULL,  NULL),
  (7, '[a]*?', 'team', 'IT', '[a]*?',     5,     2,     1,  1, FALSE, FALSE);

-- The same document as jsonb, json and text; of 4 and 7 the text is no JSON at all.
UPDATE member SET settings = '{"theme":"dark","size":12,"beta":true}', profile = '{"theme":"dark","size":12,"beta":true}', notes = '{"theme":"dark","size":12,"beta":true}' WHERE id = 1;
UPDATE member SET settings = '{"theme":"light","beta":false}', profile = '{"theme":"light","beta":false}', notes = '{"theme":"light","beta":false}' WHERE id = 2;
UPDATE member SET settings = '{"theme":null}', profile = '{"theme":null}', notes = '{"theme":null}' WHERE id = 3;
UPDATE member SET notes = 'dark' WHERE id = 4;
UPDATE member SET settings = '{"a.b c":"yes"}', profile = '{"a.b c":"yes"}', notes = '{"a.b c":"yes"}' WHERE id = 5;
UPDATE member SET settings = '{"theme":"Dark","size":1.5}', profile = '{"theme":"Dark","size":1.5}', notes = '{"theme":"Dark","size":1.5}' WHERE id = 6;
UPDATE member SET settings = '[]', profile = '"theme"', notes = '' WHERE id = 7;

UPDATE member SET token = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', tags = '{a,b}' WHERE id = 1;
UPDATE member SET tags = '{}' WHERE id = 2;

-- 1 left after 90 seconds, 2 an hour before joining, 3 never, 4 never joined.
UPDATE member SET joined_at = '2021-01-01 00:00:00', left_at = '2021-01-01 00:01:30+00:00' WHERE id = 1;
UPDATE member SET joined_at = '2021-01-02 00:00:00', left_at = '2021-01-01 23:00:00+00:00' WHERE id = 2;
UPDATE member SET joined_at = '2021-01-03 00:00:00' WHERE id = 3;
UPDATE member SET left_at = '2021-01-03 00:00:00+00:00' WHERE id = 4;
