CREATE EXTENSION citext;
-- In another order than that of their texts.
CREATE TYPE plan AS ENUM ('team', 'pro', 'free');
CREATE DOMAIN points AS smallint CHECK (value < 32000);
CREATE TABLE member (
  id bigserial PRIMARY KEY,
  handle citext NOT NULL,
  plan plan NOT NULL,
  country char(3),
  bio varchar(20),
  token uuid,
  tags text[],
  points points,
  rating numeric(6, 3),
  a integer,
  b smallint,
  active boolean,
  verified boolean,
  settings jsonb,
  profile json,
  notes text,
  joined_at timestamp,
  left_at timestamptz
);
