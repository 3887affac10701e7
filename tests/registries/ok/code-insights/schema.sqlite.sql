CREATE TABLE insight_view (id INTEGER PRIMARY KEY, title TEXT, unique_id TEXT NOT NULL, presentation_type TEXT NOT NULL, is_frozen BOOLEAN NOT NULL DEFAULT 0);
CREATE TABLE insight_view_grants (id INTEGER PRIMARY KEY, insight_view_id INTEGER NOT NULL, user_id INTEGER, org_id INTEGER, global BOOLEAN);
CREATE TABLE insight_series (
  id INTEGER PRIMARY KEY,
  series_id TEXT NOT NULL,
  deleted_at TEXT,
  generation_method TEXT NOT NULL,
  generated_from_capture_groups BOOLEAN,
  repositories TEXT,
  repository_criteria TEXT,
  just_in_time BOOLEAN NOT NULL DEFAULT 0,
  sample_interval_unit TEXT NOT NULL,
  sample_interval_value INTEGER NOT NULL
);
CREATE TABLE insight_view_series (insight_view_id INTEGER NOT NULL, insight_series_id INTEGER NOT NULL, label TEXT);
CREATE TABLE dashboard (id INTEGER PRIMARY KEY, title TEXT, deleted_at TEXT);
CREATE TABLE dashboard_grants (id INTEGER PRIMARY KEY, dashboard_id INTEGER NOT NULL, user_id INTEGER, org_id INTEGER, global BOOLEAN);
CREATE TABLE dashboard_insight_view (id INTEGER PRIMARY KEY, dashboard_id INTEGER NOT NULL, insight_view_id INTEGER NOT NULL);
