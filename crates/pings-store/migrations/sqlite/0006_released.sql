-- Whether to trust what an origin says of a code, decided at every version that its week saw.
-- `ranges` has the versions after the newest release of a registry that names it, for each code.
-- They overlap no other range.
DROP VIEW trusts;
CREATE VIEW trusts AS
SELECT
  judged.code,
  judged.origin,
  judged.trust,
  CASE WHEN judged.trust IN ('absent', 'broken', 'partly_absent', 'partly_broken', 'unreleased')
  THEN (
    SELECT ranges.reason
    FROM origin_versions
    JOIN ranges ON ranges.first_key <= origin_versions.key
      AND (ranges.end_key IS NULL OR origin_versions.key < ranges.end_key)
    WHERE origin_versions.origin = judged.origin
      AND ranges.registry = judged.registry AND ranges.code = judged.name
      AND (ranges.trust = 'unreleased') = (judged.trust = 'unreleased')
    ORDER BY ranges.trust DESC, ranges.first_key LIMIT 1
  ) END AS reason,
  CASE WHEN judged.trust IN ('broken', 'partly_broken') THEN (
    SELECT ranges.fix
    FROM origin_versions
    JOIN ranges ON ranges.first_key <= origin_versions.key
      AND (ranges.end_key IS NULL OR origin_versions.key < ranges.end_key)
    WHERE origin_versions.origin = judged.origin
      AND ranges.registry = judged.registry AND ranges.code = judged.name
      AND (ranges.trust = 'unreleased') = (judged.trust = 'unreleased')
    ORDER BY ranges.trust DESC, ranges.first_key LIMIT 1
  ) END AS fix
FROM (
  SELECT
    codes.id AS code,
    origins.id AS origin,
    codes.registry,
    codes.code AS name,
    CASE
      WHEN origins.versions = '-' THEN 'not_running'
      WHEN NOT EXISTS (
        SELECT 1 FROM fingerprints
        WHERE fingerprints.registry = origins.registry
          AND fingerprints.fingerprint = origins.fingerprint
      ) THEN 'unknown_registry'
      WHEN NOT EXISTS (
        SELECT 1 FROM ranges WHERE ranges.registry = codes.registry AND ranges.code = codes.code
      ) THEN 'unknown_code'
      WHEN EXISTS (
        SELECT 1 FROM fingerprint_codes
        WHERE fingerprint_codes.registry = origins.registry
          AND fingerprint_codes.fingerprint = origins.fingerprint
      ) AND NOT EXISTS (
        SELECT 1 FROM fingerprint_codes
        WHERE fingerprint_codes.registry = origins.registry
          AND fingerprint_codes.fingerprint = origins.fingerprint
          AND fingerprint_codes.code = codes.code
      ) THEN 'absent'
      ELSE (
        SELECT CASE
          WHEN sum(seen.absent) = count(*) THEN 'absent'
          WHEN sum(seen.broken) > 0 AND sum(seen.broken) + sum(seen.absent) = count(*) THEN 'broken'
          WHEN sum(seen.broken) > 0 THEN 'partly_broken'
          WHEN sum(seen.unreleased) > 0 THEN 'unreleased'
          WHEN sum(seen.unknown) > 0 THEN 'unknown_version'
          WHEN sum(seen.absent) > 0 THEN 'partly_absent'
          ELSE 'trusted'
        END
        FROM (
          SELECT
            CASE WHEN origin_versions.key IS NULL THEN 1 ELSE 0 END AS unknown,
            CASE WHEN EXISTS (
              SELECT 1 FROM ranges
              WHERE ranges.registry = codes.registry AND ranges.code = codes.code
                AND ranges.trust = 'absent' AND ranges.first_key <= origin_versions.key
                AND (ranges.end_key IS NULL OR origin_versions.key < ranges.end_key)
            ) THEN 1 ELSE 0 END AS absent,
            CASE WHEN EXISTS (
              SELECT 1 FROM ranges
              WHERE ranges.registry = codes.registry AND ranges.code = codes.code
                AND ranges.trust = 'broken' AND ranges.first_key <= origin_versions.key
                AND (ranges.end_key IS NULL OR origin_versions.key < ranges.end_key)
            ) THEN 1 ELSE 0 END AS broken,
            CASE WHEN EXISTS (
              SELECT 1 FROM ranges
              WHERE ranges.registry = codes.registry AND ranges.code = codes.code
                AND ranges.trust = 'unreleased' AND ranges.first_key <= origin_versions.key
            ) THEN 1 ELSE 0 END AS unreleased
          FROM origin_versions
          WHERE origin_versions.origin = origins.id
        ) AS seen
      )
    END AS trust
  FROM codes
  JOIN origins ON origins.registry = codes.registry
) AS judged;
