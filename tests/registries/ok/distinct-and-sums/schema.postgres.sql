CREATE TYPE line_state AS ENUM ('sent', 'lost', 'kept');
CREATE TABLE order_line (id serial PRIMARY KEY, order_id smallint NOT NULL, product varchar(40), quantity integer, price numeric(10, 2), gift boolean, shipped_at timestamp, state line_state NOT NULL);
