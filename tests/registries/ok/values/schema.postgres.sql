CREATE EXTENSION citext;
CREATE TABLE run (id integer, kind text, team varchar(9), ms integer, cost double precision, name citext, live boolean, doc json, began_at timestamp, ended_at timestamptz);
