-- The tables of the real product, as far as its captures read them, with their real types.
CREATE TYPE presentation_type_enum AS ENUM ('LINE', 'PIE');
CREATE TYPE time_unit AS ENUM ('HOUR', 'DAY', 'WEEK', 'MONTH', 'YEAR');

CREATE TABLE insight_view (
  id serial PRIMARY KEY,
  title text,
  unique_id text NOT NULL,
  presentation_type presentation_type_enum NOT NULL DEFAULT 'LINE',
  is_frozen boolean NOT NULL DEFAULT false
);
CREATE TABLE insight_view_grants (
  id serial PRIMARY KEY,
  insight_view_id integer NOT NULL REFERENCES insight_view (id),
  user_id integer,
  org_id integer,
  global boolean
);
CREATE TABLE insight_series (
  id serial PRIMARY KEY,
  series_id text NOT NULL,
  created_at timestamp NOT NULL DEFAULT current_timestamp,
  deleted_at timestamp,
  generation_method text NOT NULL,
  generated_from_capture_groups boolean,
  repositories text[],
  repository_criteria text,
  just_in_time boolean NOT NULL DEFAULT false,
  sample_interval_unit time_unit NOT NULL DEFAULT 'MONTH',
  sample_interval_value integer NOT NULL DEFAULT 1
);
CREATE TABLE insight_view_series (
  insight_view_id integer NOT NULL REFERENCES insight_view (id),
  insight_series_id integer NOT NULL REFERENCES insight_series (id),
  label text,
  PRIMARY KEY (insight_view_id, insight_series_id)
);
CREATE TABLE dashboard (
  id serial PRIMARY KEY,
  title text,
  created_at timestamp NOT NULL DEFAULT current_timestamp,
  deleted_at timestamp
);
CREATE TABLE dashboard_grants (
  id serial PRIMARY KEY,
  dashboard_id integer NOT NULL REFERENCES dashboard (id),
  user_id integer,
  org_id integer,
  global boolean
);
CREATE TABLE dashboard_insight_view (
  id serial PRIMARY KEY,
  dashboard_id integer NOT NULL REFERENCES dashboard (id),
  insight_view_id integer NOT NULL REFERENCES insight_view (id)
);
