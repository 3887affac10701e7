-- Which measures codes have, and who measured a code.

-- The measures that any registry of a name ever declared of a code.
CREATE TABLE declared (
  registry text NOT NULL,
  code text NOT NULL,
  measure text NOT NULL,
  PRIMARY KEY (registry, code, measure)
);

-- Every number, and whether to trust it. A measure that no registry declared is not trusted; a
-- code that was shown to the store before it kept its measures is trusted as before.
DROP VIEW measurements_trusted;
DROP VIEW measurements_labelled;
CREATE VIEW measurements_labelled AS
SELECT
  codes.registry,
  codes.code,
  measurements.week,
  instances.uuid AS instance,
  origins.versions,
  series.dimensions,
  series.measure,
  measurements.value,
  CASE
    WHEN trusts.trust = 'trusted'
      AND EXISTS (
        SELECT 1 FROM declared
        WHERE declared.registry = codes.registry AND declared.code = codes.code
      )
      AND NOT EXISTS (
        SELECT 1 FROM declared
        WHERE declared.registry = codes.registry AND declared.code = codes.code
          AND declared.measure = series.measure
      )
    THEN 'unknown_measure'
    ELSE trusts.trust
  END AS trust,
  trusts.reason,
  trusts.fix
FROM measurements
JOIN series ON series.id = measurements.series
JOIN codes ON codes.id = series.code
JOIN instances ON instances.id = measurements.instance
JOIN origins ON origins.id = measurements.origin
JOIN trusts ON trusts.code = series.code AND trusts.origin = measurements.origin;

-- The numbers to trust.
CREATE VIEW measurements_trusted AS
SELECT registry, code, week, instance, versions, dimensions, measure, value
FROM measurements_labelled
WHERE trust = 'trusted';

-- The instances whose numbers of a code are trusted, also those that found no group of it and so
-- have no number: what a mean per instance divides by.
CREATE VIEW measured_trusted AS
SELECT codes.registry, codes.code, told.week, instances.uuid AS instance
FROM (
  SELECT code, week, origin, instance FROM measured
  UNION
  SELECT series.code, measurements.week, measurements.origin, measurements.instance
  FROM measurements JOIN series ON series.id = measurements.series
) AS told
JOIN codes ON codes.id = told.code
JOIN instances ON instances.id = told.instance
JOIN trusts ON trusts.code = told.code AND trusts.origin = told.origin
WHERE trusts.trust = 'trusted';
