-- The codes of each registry that the store was shown. A payload of a registry without a code sent
-- nothing of it because the code came later, and not because it is switched off.
CREATE TABLE fingerprint_codes (
  registry TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  code TEXT NOT NULL,
  PRIMARY KEY (registry, fingerprint, code)
) WITHOUT ROWID;
