-- What the registry of a fingerprint declares of each code, as JSON, with its digest. Payloads of the
-- fingerprint are held to it when they come.
ALTER TABLE fingerprints ADD COLUMN declared text;
ALTER TABLE fingerprints ADD COLUMN declared_digest text;

-- The rows of an instance in a week. Replacing a revision costs what that revision had.
CREATE INDEX measurements_by_week ON measurements (week, instance);
CREATE INDEX measured_by_week ON measured (week, instance);
CREATE INDEX failures_by_week ON failures (week, instance);
