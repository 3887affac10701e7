INSERT INTO order_line (id, order_id, product, quantity, price, gift, shipped_at, state) VALUES
  (1, 1, 'pen', 3, 0.1, FALSE, '2021-01-01 00:00:00', 'sent'),
  (2, 1, 'pen', 2, 0.2, TRUE, '2021-01-01T00:00:00Z', 'sent'),  -- the same time in another spelling
  (3, 2, 'Pen', NULL, 1.5, NULL, NULL, 'sent'),
  (4, 2, NULL, 5, NULL, FALSE, '2021-01-02 00:00:00', 'lost'),
  (5, 3, 'ink', 2000000000, 0.5, TRUE, NULL, 'kept'),           -- together more than 32 bits hold
  (6, 3, 'ink', 2000000000, 0.5, NULL, NULL, 'kept'),
  (7, 4, NULL, NULL, NULL, NULL, NULL, 'lost');                 -- all NULL
