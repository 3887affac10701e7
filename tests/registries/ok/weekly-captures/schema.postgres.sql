CREATE TABLE ticket (id serial PRIMARY KEY, priority varchar(10) NOT NULL, opened_at timestamp NOT NULL, closed_at timestamptz, replies smallint);
CREATE INDEX ON ticket (opened_at);
CREATE INDEX ON ticket (closed_at);
CREATE TABLE agent_shift (id serial PRIMARY KEY, began_at timestamptz NOT NULL, ended_at timestamp(3) NOT NULL);
