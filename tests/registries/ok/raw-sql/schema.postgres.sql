CREATE TYPE folder AS ENUM ('sent', 'inbox');
CREATE TABLE mail (id serial PRIMARY KEY, folder folder, size bigint, subject varchar(80), spam boolean, sent_at timestamptz NOT NULL);
