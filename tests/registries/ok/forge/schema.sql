CREATE TABLE "user" (id bigint PRIMARY KEY, created_unix bigint, is_active boolean, stars bigint);
CREATE TABLE build (id bigint PRIMARY KEY, user_id bigint, finished_ms bigint);
