CREATE TABLE branch (id integer, name varchar(20));
CREATE TABLE reader (id integer, name varchar(20), branch_id integer, recruited_by integer);
CREATE TABLE book (id integer, genre varchar(20));
CREATE TABLE loan (id integer, reader_id integer, book_id integer, days smallint, fee numeric(5, 2), returned boolean);
