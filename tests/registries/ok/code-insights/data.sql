INSERT INTO insight_view (id, title, unique_id, presentation_type, is_frozen) VALUES
  (1, 'Migration to TypeScript', 'a', 'LINE', FALSE),
  (2, 'Uses of jQuery', 'b', 'LINE', FALSE),
  (3, 'Languages', 'c', 'PIE', FALSE),
  (4, 'Versions of Go', 'd', 'LINE', TRUE),    -- frozen views are views
  (5, NULL, 'e', 'PIE', FALSE);                -- granted to nobody, without series

INSERT INTO insight_view_grants (insight_view_id, user_id, org_id, global) VALUES
  (1, NULL, 10, NULL),    -- one insight,
  (1, NULL, 11, NULL),    -- two orgs: two grants are counted
  (2, 5, NULL, NULL),     -- a user only
  (3, NULL, 10, NULL),
  (4, NULL, NULL, TRUE),  -- everybody, and no org
  (4, NULL, 11, NULL);

INSERT INTO insight_series (id, series_id, deleted_at, generation_method, generated_from_capture_groups, repositories, just_in_time, sample_interval_unit, sample_interval_value) VALUES
  (1, 's1', NULL, 'search', FALSE, NULL, FALSE, 'WEEK', 1),               -- 7 days
  (2, 's2', NULL, 'search', NULL, '{}', FALSE, 'DAY', 7),                 -- 7 days too; not known whether of capture groups
  (3, 's3', NULL, 'search-compute', TRUE, '{a/b,c/d}', FALSE, 'MONTH', 2),
  (4, 's4', NULL, 'search', TRUE, '{a/b}', TRUE, 'YEAR', 1),
  (5, 's5', NULL, 'language-stats', NULL, '{a/b}', TRUE, 'HOUR', 6),
  (6, 's6', NULL, 'mapping-compute', TRUE, NULL, FALSE, 'DAY', 14),       -- capture groups, but no search
  (7, 's7', '2021-01-20 08:00:00', 'search', FALSE, NULL, FALSE, 'WEEK', 2),  -- deleted
  (8, 's8', NULL, 'search', FALSE, NULL, FALSE, 'WEEK', 2);               -- on no view

INSERT INTO insight_view_series (insight_view_id, insight_series_id) VALUES
  (1, 1),
  (1, 2),   -- two series of 7 days are one insight of 7 days
  (2, 1),   -- a series on two views
  (2, 3),   -- a view of two step sizes
  (3, 5),
  (4, 4),
  (4, 6),
  (4, 7);   -- the deleted series

INSERT INTO dashboard (id, title, deleted_at) VALUES
  (1, 'Team', NULL),
  (2, 'Empty', NULL),
  (3, 'Gone', '2021-01-26 10:00:00'),
  (4, 'Mine', NULL);

INSERT INTO dashboard_grants (dashboard_id, user_id, org_id, global) VALUES
  (1, NULL, 10, NULL),
  (1, NULL, 11, NULL),
  (2, NULL, 10, NULL),    -- org 10 again
  (3, NULL, 12, NULL),    -- of org 12 only the deleted one
  (4, 5, NULL, NULL);

INSERT INTO dashboard_insight_view (dashboard_id, insight_view_id) VALUES
  (1, 1), (1, 2), (1, 3), (1, 4),
  (3, 1),                 -- on the deleted one
  (4, 1);
