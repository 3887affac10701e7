CREATE TABLE person (id integer PRIMARY KEY, plan text); CREATE TABLE search (id integer PRIMARY KEY, person_id integer, at timestamptz, hits float8);
