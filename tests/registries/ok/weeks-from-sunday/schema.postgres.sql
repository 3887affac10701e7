CREATE TABLE orders (id serial PRIMARY KEY, paid_at timestamptz NOT NULL, amount integer NOT NULL);
