-- The codes of each registry that the store was shown. A payload of a registry without a code sent
-- nothing of it because the code came later, and not because it is switched off.
CREATE TABLE fingerprint_codes (
  registry text NOT NULL,
  fingerprint text NOT NULL,
  code text NOT NULL,
  PRIMARY KEY (registry, fingerprint, code)
);
