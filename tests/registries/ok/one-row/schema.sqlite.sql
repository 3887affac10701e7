CREATE TABLE settings (
  id INTEGER PRIMARY KEY,
  sso_enabled BOOLEAN,
  seats INTEGER,
  retention_days REAL,
  sign_in TEXT,
  ldap_version TEXT,
  expires_at TEXT,
  options TEXT
);
CREATE TABLE instance (id INTEGER PRIMARY KEY, settings_id INTEGER, name TEXT);
