CREATE TABLE server (id integer, version varchar(40));
