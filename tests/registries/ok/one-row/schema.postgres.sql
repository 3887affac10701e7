CREATE TABLE settings (
  id integer PRIMARY KEY,
  sso_enabled boolean,
  seats smallint,
  retention_days numeric,
  sign_in text,
  ldap_version varchar(20),
  expires_at timestamptz,
  options jsonb
);
CREATE TABLE instance (id bigint PRIMARY KEY, settings_id integer, name text);
