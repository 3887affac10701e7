-- How many users did what a daily total counts in a window, such as 'week 2021-01-25'. Each window that
-- contains a counted day has a row for each group.
CREATE TABLE pings_span_users (
  part bigint PRIMARY KEY,
  total bigint NOT NULL,
  span text NOT NULL,
  grp text NOT NULL,
  users bigint NOT NULL,
  UNIQUE (total, span, grp)
);

-- The users themselves, so that each counts once.
CREATE TABLE pings_span_people (
  part bigint NOT NULL,
  person text COLLATE "C" NOT NULL,
  PRIMARY KEY (part, person)
);
