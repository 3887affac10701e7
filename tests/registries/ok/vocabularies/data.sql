INSERT INTO document VALUES (1, 'C'), (2, 'C++'), (3, 'C++'), (4, 'Rust'), (5, 'it''s "odd"'), (6, NULL);
