CREATE TABLE photo (id integer, camera text, bytes bigint, taken_at timestamp);
