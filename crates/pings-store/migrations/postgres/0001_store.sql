-- What instances sent, as they sent it.

-- Who sent. The key is that of their bundles, trusted on first use.
CREATE TABLE instances (
  id bigint PRIMARY KEY,
  uuid text NOT NULL UNIQUE,
  key text
);

-- What numbers come from: the registry, by its fingerprint, and the versions that the week saw,
-- sorted, with a space between them; `?` at the end where some events had none.
CREATE TABLE origins (
  id bigint PRIMARY KEY,
  registry text NOT NULL,
  fingerprint text NOT NULL,
  versions text COLLATE "C" NOT NULL,
  UNIQUE (registry, fingerprint, versions)
);

-- The versions of an origin, and a key by which they compare; `?` has none.
CREATE TABLE origin_versions (
  origin bigint NOT NULL REFERENCES origins (id),
  version text NOT NULL,
  key text COLLATE "C",
  PRIMARY KEY (origin, version)
);

CREATE TABLE payloads (
  id bigint PRIMARY KEY,
  registry text NOT NULL,
  instance bigint NOT NULL REFERENCES instances (id),
  week text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  origin bigint NOT NULL REFERENCES origins (id),
  digest text NOT NULL,
  received_at text NOT NULL,
  is_newest bigint NOT NULL,
  body text NOT NULL,
  UNIQUE (registry, instance, week, revision)
);

CREATE INDEX payloads_by_week ON payloads (registry, is_newest, week, origin, instance);

-- How many events of a payload each version logged; `?` has no key.
CREATE TABLE payload_versions (
  payload bigint NOT NULL REFERENCES payloads (id),
  version text NOT NULL,
  key text COLLATE "C",
  events bigint NOT NULL,
  PRIMARY KEY (payload, version)
);

-- Another content under the instance, week and revision of a payload that was there.
CREATE TABLE conflicts (
  payload bigint NOT NULL REFERENCES payloads (id),
  digest text NOT NULL,
  received_at text NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (payload, digest)
);

-- The numbers, of the newest revisions only. All of it can be made anew from the payloads.

CREATE TABLE codes (
  id bigint PRIMARY KEY,
  registry text NOT NULL,
  code text NOT NULL,
  UNIQUE (registry, code)
);

-- What a number is of: a code, its dimensions as JSON, and a measure.
CREATE TABLE series (
  id bigint PRIMARY KEY,
  code bigint NOT NULL REFERENCES codes (id),
  dimensions text COLLATE "C" NOT NULL,
  measure text COLLATE "C" NOT NULL,
  UNIQUE (code, dimensions, measure)
);

-- A value that is null was measured, and there was nothing. Rows lie by origin, so that whether
-- to believe them is decided once for many; an instance has one of a series and week.
CREATE TABLE measurements (
  series bigint NOT NULL,
  week text COLLATE "C" NOT NULL,
  origin bigint NOT NULL,
  instance bigint NOT NULL,
  value double precision,
  PRIMARY KEY (series, week, origin, instance) INCLUDE (value)
);

-- Who measured a code by dimensions, of which there may have been none.
CREATE TABLE measured (
  code bigint NOT NULL,
  week text COLLATE "C" NOT NULL,
  origin bigint NOT NULL,
  instance bigint NOT NULL,
  PRIMARY KEY (code, week, origin, instance)
);

-- Who failed to measure a code.
CREATE TABLE failures (
  code bigint NOT NULL,
  week text COLLATE "C" NOT NULL,
  origin bigint NOT NULL,
  instance bigint NOT NULL,
  kind text NOT NULL,
  PRIMARY KEY (code, week, origin, instance)
);

-- How many instances reported a week from an origin, by their newest revisions.
CREATE TABLE reports (
  registry text NOT NULL,
  week text COLLATE "C" NOT NULL,
  origin bigint NOT NULL,
  instances bigint NOT NULL,
  PRIMARY KEY (registry, week, origin)
);

-- The first week and the last that an instance ever reported.
CREATE TABLE instance_spans (
  registry text NOT NULL,
  instance bigint NOT NULL,
  first_week text COLLATE "C" NOT NULL,
  last_week text COLLATE "C" NOT NULL,
  PRIMARY KEY (registry, instance)
);

-- What the registries say, as they were shown.

CREATE TABLE fingerprints (
  registry text NOT NULL,
  fingerprint text NOT NULL,
  known_since text NOT NULL,
  PRIMARY KEY (registry, fingerprint)
);

-- Where the newest registry does not believe a code: keys of versions from the first up to the
-- end, which is not in it, or without end. Every code has at least one, if empty.
CREATE TABLE ranges (
  registry text NOT NULL,
  code text NOT NULL,
  trust text NOT NULL,
  first_key text COLLATE "C" NOT NULL,
  end_key text COLLATE "C",
  reason text,
  fix bigint,
  PRIMARY KEY (registry, code, first_key, trust)
);

-- Whether to believe what an origin says of a code, decided at every version that its week saw.
CREATE VIEW trusts AS
SELECT
  judged.code,
  judged.origin,
  judged.trust,
  CASE WHEN judged.trust IN ('absent', 'broken', 'partly_absent', 'partly_broken') THEN (
    SELECT ranges.reason
    FROM origin_versions
    JOIN ranges ON ranges.first_key <= origin_versions.key
      AND (ranges.end_key IS NULL OR origin_versions.key < ranges.end_key)
    WHERE origin_versions.origin = judged.origin
      AND ranges.registry = judged.registry AND ranges.code = judged.name
    ORDER BY ranges.trust DESC, ranges.first_key LIMIT 1
  ) END AS reason,
  CASE WHEN judged.trust IN ('broken', 'partly_broken') THEN (
    SELECT ranges.fix
    FROM origin_versions
    JOIN ranges ON ranges.first_key <= origin_versions.key
      AND (ranges.end_key IS NULL OR origin_versions.key < ranges.end_key)
    WHERE origin_versions.origin = judged.origin
      AND ranges.registry = judged.registry AND ranges.code = judged.name
    ORDER BY ranges.trust DESC, ranges.first_key LIMIT 1
  ) END AS fix
FROM (
  SELECT
    codes.id AS code,
    origins.id AS origin,
    codes.registry,
    codes.code AS name,
    CASE
      WHEN NOT EXISTS (
        SELECT 1 FROM fingerprints
        WHERE fingerprints.registry = origins.registry
          AND fingerprints.fingerprint = origins.fingerprint
      ) THEN 'unknown_registry'
      WHEN NOT EXISTS (
        SELECT 1 FROM ranges WHERE ranges.registry = codes.registry AND ranges.code = codes.code
      ) THEN 'unknown_code'
      ELSE (
        SELECT CASE
          WHEN sum(seen.absent) = count(*) THEN 'absent'
          WHEN sum(seen.broken) > 0 AND sum(seen.broken) + sum(seen.absent) = count(*) THEN 'broken'
          WHEN sum(seen.broken) > 0 THEN 'partly_broken'
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
            ) THEN 1 ELSE 0 END AS broken
          FROM origin_versions
          WHERE origin_versions.origin = origins.id
        ) AS seen
      )
    END AS trust
  FROM codes
  JOIN origins ON origins.registry = codes.registry
) AS judged;

-- Every number, and whether to believe it.
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
  trusts.trust,
  trusts.reason,
  trusts.fix
FROM measurements
JOIN series ON series.id = measurements.series
JOIN codes ON codes.id = series.code
JOIN instances ON instances.id = measurements.instance
JOIN origins ON origins.id = measurements.origin
JOIN trusts ON trusts.code = series.code AND trusts.origin = measurements.origin;

-- The numbers to believe.
CREATE VIEW measurements_trusted AS
SELECT registry, code, week, instance, versions, dimensions, measure, value
FROM measurements_labelled
WHERE trust = 'trusted';
