CREATE TABLE order_line (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, product TEXT, quantity INTEGER, price NUMERIC, gift BOOLEAN, shipped_at DATETIME, state TEXT NOT NULL);
