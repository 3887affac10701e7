CREATE TABLE users (id integer PRIMARY KEY, team varchar(10));
CREATE TABLE posts (id integer, user_id integer, created_at timestamp, deleted_at timestamp);
CREATE TABLE reaction (post_id integer, user_id integer);
