CREATE TABLE session (id integer PRIMARY KEY, user_id integer, at timestamptz, local_at timestamp, score float8, settings text, name text);
