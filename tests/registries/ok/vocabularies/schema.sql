CREATE TABLE document (id integer, language varchar(30));
