CREATE TABLE job (id serial PRIMARY KEY, state text, hours float8, cost integer, made_at timestamptz NOT NULL);
