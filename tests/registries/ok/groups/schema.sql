CREATE TABLE item (id integer, price double precision, pieces integer, kind varchar(10));
