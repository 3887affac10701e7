-- How many users did what a daily total counts in a window, such as 'week 2021-01-25'. Each window that
-- contains a counted day has a row for each group.
CREATE TABLE pings_span_users (
  part INTEGER PRIMARY KEY,
  total INTEGER NOT NULL,
  span TEXT NOT NULL,
  grp TEXT NOT NULL,
  users INTEGER NOT NULL,
  UNIQUE (total, span, grp)
);

-- The users themselves, so that each counts once.
CREATE TABLE pings_span_people (
  part INTEGER NOT NULL,
  person TEXT NOT NULL,
  PRIMARY KEY (part, person)
) WITHOUT ROWID;
