-- The versions of an origin with three numbers each, 3.36.0 and not 3.36, as views show them.
ALTER TABLE origins ADD COLUMN exact_versions text;

UPDATE origins SET exact_versions = (
  SELECT string_agg(CASE
      WHEN origin_versions.key IS NULL THEN origin_versions.version
      ELSE CAST(CAST(substr(origin_versions.key, 1, 10) AS bigint) AS text)
        || '.' || CAST(CAST(substr(origin_versions.key, 12, 10) AS bigint) AS text)
        || '.' || CAST(CAST(substr(origin_versions.key, 23, 10) AS bigint) AS text)
        || CASE WHEN substr(origin_versions.key, 34, 10) = '0000000000' THEN ''
          ELSE '.' || CAST(CAST(substr(origin_versions.key, 34, 10) AS bigint) AS text) END
    END, ' ' ORDER BY origin_versions.key IS NULL, origin_versions.key)
    FROM origin_versions WHERE origin_versions.origin = origins.id
);

DROP VIEW measurements_trusted;
DROP VIEW measurements_labelled;
CREATE VIEW measurements_labelled AS
SELECT
  codes.registry,
  codes.code,
  measurements.week,
  instances.uuid AS instance,
  coalesce(origins.exact_versions, origins.versions) AS versions,
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

DROP VIEW instance_weeks;
CREATE VIEW instance_weeks AS
SELECT
  counted_payloads.registry,
  counted_payloads.week,
  instances.uuid AS instance,
  coalesce(origins.exact_versions, origins.versions) AS versions,
  CAST((
    SELECT coalesce(sum(payload_versions.events), 0)
    FROM payload_versions WHERE payload_versions.payload = counted_payloads.id
  ) AS bigint) AS events
FROM counted_payloads
JOIN instances ON instances.id = counted_payloads.instance
JOIN origins ON origins.id = counted_payloads.origin;

-- The instances that reported a code and whose value is missing or not trusted: those whose values an
-- estimate adds to the trusted ones.
CREATE VIEW measured_untrusted AS
SELECT codes.registry, codes.code, reported.week, instances.uuid AS instance
FROM (
  SELECT trusts.code, counted_payloads.week, counted_payloads.instance
  FROM trusts
  JOIN counted_payloads ON counted_payloads.origin = trusts.origin
  WHERE trusts.trust IN ('broken', 'partly_broken', 'unreleased', 'unknown_version', 'unknown_registry')
  UNION
  SELECT failures.code, failures.week, failures.instance
  FROM failures
  JOIN trusts ON trusts.code = failures.code AND trusts.origin = failures.origin
  WHERE trusts.trust IN ('trusted', 'broken', 'partly_broken', 'unreleased', 'unknown_version', 'unknown_registry')
    AND failures.kind NOT IN ('absent', 'not_agreed', 'not_running', 'unsupported', 'withdrawn')
  UNION
  SELECT measured.code, measured.week, measured.instance
  FROM measured
  JOIN trusts ON trusts.code = measured.code AND trusts.origin = measured.origin
  WHERE trusts.trust IN ('broken', 'partly_broken', 'unreleased', 'unknown_version', 'unknown_registry')
  UNION
  SELECT series.code, measurements.week, measurements.instance
  FROM measurements
  JOIN series ON series.id = measurements.series
  JOIN trusts ON trusts.code = series.code AND trusts.origin = measurements.origin
  WHERE trusts.trust IN ('broken', 'partly_broken', 'unreleased', 'unknown_version', 'unknown_registry')
) AS reported
JOIN codes ON codes.id = reported.code
JOIN instances ON instances.id = reported.instance
EXCEPT
SELECT registry, code, week, instance FROM measured_trusted;
