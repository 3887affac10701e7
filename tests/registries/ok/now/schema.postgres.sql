CREATE TABLE loan (id integer PRIMARY KEY, due_at timestamptz, due_unix bigint);
