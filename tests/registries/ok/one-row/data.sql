INSERT INTO settings (id, sso_enabled, seats, retention_days, sign_in, ldap_version, expires_at, options) VALUES
  (1, TRUE, 250, 10.5, 'saml', 'v2.6-rc1', '2021-01-31T22:00:00Z', '{"theme":"dark"}');
INSERT INTO instance (id, settings_id, name) VALUES (1, 1, 'main'), (2, 1, 'other');
