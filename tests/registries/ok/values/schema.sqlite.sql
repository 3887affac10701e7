CREATE TABLE run (id integer, kind text COLLATE NOCASE, team text, ms integer, cost real, name text COLLATE NOCASE, live boolean, doc text, began_at text, ended_at text);
CREATE INDEX run_name ON run (name);
