-- The store on ClickHouse. Rows are in tables named `kept_…`: each table replaces rows by their key,
-- and a row with a higher version replaces one with a lower version. Readers use the views, which have
-- the names and columns of the tables of the other databases.
--
-- `{local}`, `{replacing}` and the lines `{distributed TABLE KEY}` depend on the address of the store,
-- as `pings store ddl` shows them.

-- Who sent. The id is a digest of the UUID, so that servers need not agree on numbers.
CREATE TABLE IF NOT EXISTS kept_instances{local} (
  id Int64,
  uuid String,
  key Nullable(String),
  left_out Nullable(String),
  version UInt64,
  is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(version, is_deleted) ORDER BY id {settings};
{distributed kept_instances cityHash64(id)}

-- What values come from, with its versions. An unknown version has an empty key.
CREATE TABLE IF NOT EXISTS kept_origins{local} (
  id Int64,
  registry LowCardinality(String),
  fingerprint LowCardinality(String),
  versions String,
  exact_versions String,
  version_names Array(String),
  version_keys Array(String)
) ENGINE = {replacing}() ORDER BY id {settings};
{distributed kept_origins cityHash64(id)}

CREATE TABLE IF NOT EXISTS kept_codes{local} (
  id Int64,
  registry LowCardinality(String),
  code String
) ENGINE = {replacing}() ORDER BY (registry, code) {settings};
{distributed kept_codes cityHash64(id)}

CREATE TABLE IF NOT EXISTS kept_series{local} (
  id Int64,
  code Int64,
  dimensions String,
  measure LowCardinality(String)
) ENGINE = {replacing}() ORDER BY (code, measure, id) {settings};
{distributed kept_series cityHash64(id)}

-- What instances sent, as they sent it. Contents of one revision that differ are all kept: the first is
-- the payload, and the others are its conflicts.
CREATE TABLE IF NOT EXISTS kept_payloads{local} (
  registry LowCardinality(String),
  instance Int64,
  week LowCardinality(String),
  revision UInt32,
  digest String,
  id Int64,
  is_conflict UInt8,
  origin Int64,
  received_at String,
  version_names Array(LowCardinality(String)),
  version_keys Array(LowCardinality(String)),
  version_events Array(Int64),
  body String CODEC(ZSTD(3)),
  version UInt64
) ENGINE = {replacing}(version)
PARTITION BY (substring(week, 1, 4), intDiv(toUInt8(substring(week, 7)) - 1, 13))
ORDER BY (registry, instance, week, revision, digest) {settings};
{distributed kept_payloads cityHash64(instance)}

-- The newest revision of each week, with the codes of its outcomes. It is written after the outcomes, so
-- that a payload without its row here was interrupted, and is written again when it comes again.
CREATE TABLE IF NOT EXISTS kept_weeks{local} (
  registry LowCardinality(String),
  week LowCardinality(String),
  instance Int64,
  id Int64,
  revision UInt32,
  origin Int64,
  received_at String,
  version_names Array(LowCardinality(String)),
  version_keys Array(LowCardinality(String)),
  version_events Array(Int64),
  codes Array(Int64),
  version UInt64,
  is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(version, is_deleted)
PARTITION BY substring(week, 1, 4)
ORDER BY (registry, week, instance) {settings};
{distributed kept_weeks cityHash64(instance)}

-- What an instance said of a code in a week, by its newest revision: numbers, or why there are none. A
-- higher revision replaces it as a whole, and deletes the codes that it does not have.
CREATE TABLE IF NOT EXISTS kept_outcomes{local} (
  code Int64,
  week LowCardinality(String),
  instance Int64,
  origin Int64,
  is_grouped UInt8,
  failure LowCardinality(String),
  series Array(Int64),
  numbers Array(Nullable(Float64)),
  version UInt64,
  is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(version, is_deleted)
PARTITION BY (substring(week, 1, 4), intDiv(toUInt8(substring(week, 7)) - 1, 13))
ORDER BY (code, instance, week) {settings};
{distributed kept_outcomes cityHash64(instance)}

-- What the registries declare. An empty text or -1 stands for nothing.
CREATE TABLE IF NOT EXISTS kept_fingerprints{local} (
  registry LowCardinality(String),
  fingerprint String,
  known_since String,
  declared String,
  declared_digest String,
  codes Array(String),
  version UInt64
) ENGINE = {replacing}(version) ORDER BY (registry, fingerprint) {settings};
{distributed kept_fingerprints cityHash64(registry)}

-- All ranges of a registry are one row, so that a newer registry replaces them at once.
CREATE TABLE IF NOT EXISTS kept_registries{local} (
  registry LowCardinality(String),
  codes Array(String),
  trusts Array(String),
  first_keys Array(String),
  end_keys Array(String),
  reasons Array(String),
  fixes Array(Int64),
  version UInt64
) ENGINE = {replacing}(version) ORDER BY registry {settings};
{distributed kept_registries cityHash64(registry)}

CREATE TABLE IF NOT EXISTS kept_declared{local} (
  registry LowCardinality(String),
  code String,
  measure LowCardinality(String)
) ENGINE = {replacing}() ORDER BY (registry, code, measure) {settings};
{distributed kept_declared cityHash64(registry)}

-- What the vendor knows beside the payloads.
CREATE TABLE IF NOT EXISTS kept_attributes{local} (
  instance String,
  name LowCardinality(String),
  value String,
  version UInt64,
  is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(version, is_deleted) ORDER BY (name, instance) {settings};
{distributed kept_attributes cityHash64(instance)}

CREATE TABLE IF NOT EXISTS kept_notes{local} (
  id Int64,
  week String,
  note String,
  written_at String,
  version UInt64,
  is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(version, is_deleted) ORDER BY id {settings};
{distributed kept_notes cityHash64(id)}

-- One row. `generation` changes when names are removed, so that no process goes on to use them.
CREATE TABLE IF NOT EXISTS kept_state{local} (
  id Int64,
  generation Int64,
  confirmed_after Int64,
  version UInt64
) ENGINE = {replacing}(version) ORDER BY id {settings};
{distributed kept_state cityHash64(id)}

-- One row, which is written to show that the database can be written to.
CREATE TABLE IF NOT EXISTS kept_checks{local} (
  id Int64,
  checked_at String
) ENGINE = {replacing}() ORDER BY id {settings};
{distributed kept_checks cityHash64(id)}

CREATE VIEW IF NOT EXISTS instances AS
SELECT id, uuid, key, left_out FROM kept_instances FINAL;

CREATE VIEW IF NOT EXISTS origins AS
SELECT id, registry, fingerprint, versions, exact_versions FROM kept_origins FINAL;

CREATE VIEW IF NOT EXISTS origin_versions AS
SELECT id AS origin, name AS version, nullIf(sort_key, '') AS key
FROM kept_origins FINAL
ARRAY JOIN version_names AS name, version_keys AS sort_key;

CREATE VIEW IF NOT EXISTS codes AS
SELECT id, registry, code FROM kept_codes FINAL;

CREATE VIEW IF NOT EXISTS series AS
SELECT id, code, dimensions, measure FROM kept_series FINAL;

CREATE VIEW IF NOT EXISTS payloads AS
SELECT
  id, registry, instance, week, revision, origin, digest, received_at,
  toInt64(revision = max(revision) OVER (PARTITION BY registry, instance, week)) AS is_newest,
  body
FROM (
  SELECT
    id, registry, instance, week, revision, origin, digest, received_at, body,
    row_number() OVER (
      PARTITION BY registry, instance, week, revision ORDER BY is_conflict, received_at, digest
    ) AS place
  FROM kept_payloads FINAL
)
WHERE place = 1;

CREATE VIEW IF NOT EXISTS conflicts AS
SELECT payload, digest, received_at, body, registry, instance, week
FROM (
  SELECT
    registry, instance, week, digest, received_at, body,
    first_value(id) OVER revisions AS payload,
    row_number() OVER revisions AS place
  FROM kept_payloads FINAL
  WINDOW revisions AS (
    PARTITION BY registry, instance, week, revision ORDER BY is_conflict, received_at, digest
  )
)
WHERE place > 1;

-- The weeks that count: the newest revisions of the instances that are not left out.
CREATE VIEW IF NOT EXISTS counted_payloads AS
SELECT id, registry, instance, week, revision, origin, received_at
FROM kept_weeks FINAL
WHERE instance NOT IN (SELECT id FROM kept_instances FINAL WHERE left_out IS NOT NULL);

-- The versions of the newest revisions.
CREATE VIEW IF NOT EXISTS payload_versions AS
SELECT id AS payload, name AS version, nullIf(sort_key, '') AS key, seen AS events
FROM kept_weeks FINAL
ARRAY JOIN version_names AS name, version_keys AS sort_key, version_events AS seen;

CREATE VIEW IF NOT EXISTS weeks_left_out AS
SELECT kept.registry AS registry, kept.week AS week, instances.uuid AS instance,
  instances.left_out AS reason
FROM (SELECT registry, week, instance FROM kept_weeks FINAL) AS kept
JOIN instances ON instances.id = kept.instance
WHERE instances.left_out IS NOT NULL;

CREATE VIEW IF NOT EXISTS measurements AS
SELECT of_series AS series, week, origin, instance, number AS value, code AS of_code
FROM kept_outcomes FINAL
ARRAY JOIN series AS of_series, numbers AS number
WHERE instance NOT IN (SELECT id FROM kept_instances FINAL WHERE left_out IS NOT NULL);

CREATE VIEW IF NOT EXISTS measured AS
SELECT code, week, origin, instance
FROM kept_outcomes FINAL
WHERE is_grouped = 1
  AND instance NOT IN (SELECT id FROM kept_instances FINAL WHERE left_out IS NOT NULL);

CREATE VIEW IF NOT EXISTS failures AS
SELECT code, week, origin, instance, failure AS kind
FROM kept_outcomes FINAL
WHERE failure <> ''
  AND instance NOT IN (SELECT id FROM kept_instances FINAL WHERE left_out IS NOT NULL);

CREATE VIEW IF NOT EXISTS reports AS
SELECT registry, week, origin, toInt64(count()) AS instances
FROM counted_payloads GROUP BY registry, week, origin;

CREATE VIEW IF NOT EXISTS instance_spans AS
SELECT registry, instance, min(week) AS first_week, max(week) AS last_week
FROM kept_weeks FINAL GROUP BY registry, instance;

CREATE VIEW IF NOT EXISTS fingerprints AS
SELECT registry, fingerprint, known_since, declared, declared_digest FROM kept_fingerprints FINAL;

CREATE VIEW IF NOT EXISTS fingerprint_codes AS
SELECT registry, fingerprint, of_registry AS code
FROM kept_fingerprints FINAL ARRAY JOIN codes AS of_registry;

CREATE VIEW IF NOT EXISTS ranges AS
SELECT registry, of_registry AS code, of_trust AS trust, first AS first_key,
  nullIf(last, '') AS end_key, nullIf(why, '') AS reason, nullIf(fixed, -1) AS fix
FROM kept_registries FINAL
ARRAY JOIN codes AS of_registry, trusts AS of_trust, first_keys AS first, end_keys AS last,
  reasons AS why, fixes AS fixed;

CREATE VIEW IF NOT EXISTS declared AS
SELECT registry, code, measure FROM kept_declared FINAL;

CREATE VIEW IF NOT EXISTS attributes AS
SELECT instance, name, value FROM kept_attributes FINAL;

CREATE VIEW IF NOT EXISTS notes AS
SELECT id, week, note, written_at FROM kept_notes FINAL;

CREATE VIEW IF NOT EXISTS store_state AS
SELECT id, generation, confirmed_after FROM kept_state FINAL;

-- Whether to trust what an origin says of a code, decided at every version that its week saw. A range is
-- (trust, first key, end key, reason, fix); in `hit` are those that contain one of the versions.
CREATE VIEW IF NOT EXISTS trusts AS
SELECT
  code, origin, trust,
  if(trust IN ('absent', 'broken', 'partly_absent', 'partly_broken', 'unreleased'),
    nullIf(tupleElement(decisive, 4), ''), NULL) AS reason,
  if(trust IN ('broken', 'partly_broken'), nullIf(tupleElement(decisive, 5), -1), NULL) AS fix
FROM (
  SELECT
    code, origin, trust,
    arrayElement(arraySort(range -> (tupleElement(range, 1) <> 'broken', tupleElement(range, 2)),
      arrayFilter(range -> (tupleElement(range, 1) = 'unreleased') = (trust = 'unreleased')
        AND arrayExists(key -> key <> '' AND tupleElement(range, 2) <= key
          AND (tupleElement(range, 3) = '' OR key < tupleElement(range, 3)), keys),
        ranges)), 1) AS decisive
  FROM (
    SELECT
      code, origin, keys, ranges,
      length(keys) AS seen,
      arrayCount(key -> key = '', keys) AS unknown,
      arrayCount(key -> key <> '' AND arrayExists(range -> tupleElement(range, 1) = 'absent'
        AND tupleElement(range, 2) <= key
        AND (tupleElement(range, 3) = '' OR key < tupleElement(range, 3)), ranges), keys) AS absent,
      arrayCount(key -> key <> '' AND arrayExists(range -> tupleElement(range, 1) = 'broken'
        AND tupleElement(range, 2) <= key
        AND (tupleElement(range, 3) = '' OR key < tupleElement(range, 3)), ranges), keys) AS broken,
      arrayCount(key -> key <> '' AND arrayExists(range -> tupleElement(range, 1) = 'unreleased'
        AND tupleElement(range, 2) <= key, ranges), keys) AS unreleased,
      multiIf(
        versions = '-', 'not_running',
        is_known = 0, 'unknown_registry',
        empty(ranges), 'unknown_code',
        notEmpty(of_registry) AND NOT has(of_registry, name), 'absent',
        absent = seen, 'absent',
        broken > 0 AND broken + absent = seen, 'broken',
        broken > 0, 'partly_broken',
        unreleased > 0, 'unreleased',
        unknown > 0, 'unknown_version',
        absent > 0, 'partly_absent',
        'trusted') AS trust
    FROM (
      SELECT
        codes.id AS code, codes.code AS name, told.id AS origin, told.versions AS versions,
        told.version_keys AS keys, told.is_known AS is_known, told.codes AS of_registry,
        declared.ranges AS ranges
      FROM codes
      JOIN (
        SELECT origins.id AS id, origins.registry AS registry, origins.versions AS versions,
          origins.version_keys AS version_keys, fingerprints.codes AS codes,
          ifNull(fingerprints.is_known, 0) AS is_known
        FROM (SELECT id, registry, fingerprint, versions, version_keys FROM kept_origins FINAL) AS origins
        LEFT JOIN (
          SELECT registry, fingerprint, codes, 1 AS is_known FROM kept_fingerprints FINAL
        ) AS fingerprints
          ON fingerprints.registry = origins.registry
          AND fingerprints.fingerprint = origins.fingerprint
      ) AS told ON told.registry = codes.registry
      LEFT JOIN (
        SELECT registry, of_registry AS code, groupArray((of_trust, first, last, why, fixed)) AS ranges
        FROM kept_registries FINAL
        ARRAY JOIN codes AS of_registry, trusts AS of_trust, first_keys AS first, end_keys AS last,
          reasons AS why, fixes AS fixed
        GROUP BY registry, of_registry
      ) AS declared ON declared.registry = codes.registry AND declared.code = codes.code
    )
  )
);

-- Every number, and whether to trust it.
CREATE VIEW IF NOT EXISTS measurements_labelled AS
SELECT
  codes.registry AS registry,
  codes.code AS code,
  measurements.week AS week,
  instances.uuid AS instance,
  origins.exact_versions AS versions,
  series.dimensions AS dimensions,
  series.measure AS measure,
  measurements.value AS value,
  if(trusts.trust = 'trusted' AND has(measures.codes, codes.id) AND measures_of.measure IS NULL,
    'unknown_measure', trusts.trust) AS trust,
  trusts.reason AS reason,
  trusts.fix AS fix
FROM measurements
JOIN series ON series.id = measurements.series
JOIN codes ON codes.id = series.code
JOIN instances ON instances.id = measurements.instance
JOIN origins ON origins.id = measurements.origin
JOIN trusts ON trusts.code = series.code AND trusts.origin = measurements.origin
LEFT JOIN (SELECT registry, code, toNullable(measure) AS measure FROM declared) AS measures_of
  ON measures_of.registry = codes.registry AND measures_of.code = codes.code
  AND measures_of.measure = series.measure
CROSS JOIN (
  SELECT groupArray(codes.id) AS codes FROM codes
  WHERE (codes.registry, codes.code) IN (SELECT registry, code FROM declared)
) AS measures;

-- The numbers to trust.
CREATE VIEW IF NOT EXISTS measurements_trusted AS
SELECT registry, code, week, instance, versions, dimensions, measure, value
FROM measurements_labelled
WHERE trust = 'trusted';

-- The instances whose numbers of a code are trusted, also those without any row.
CREATE VIEW IF NOT EXISTS measured_trusted AS
SELECT codes.registry AS registry, codes.code AS code, told.week AS week, instances.uuid AS instance
FROM (
  SELECT code, week, origin, instance FROM kept_outcomes FINAL
  WHERE failure = '' AND (is_grouped = 1 OR notEmpty(series))
    AND instance NOT IN (SELECT id FROM kept_instances FINAL WHERE left_out IS NOT NULL)
) AS told
JOIN codes ON codes.id = told.code
JOIN instances ON instances.id = told.instance
JOIN trusts ON trusts.code = told.code AND trusts.origin = told.origin
WHERE trusts.trust = 'trusted';

-- The instances that reported a code and whose value is missing or not trusted: those whose values an
-- estimate adds to the trusted ones.
CREATE VIEW IF NOT EXISTS measured_untrusted AS
SELECT codes.registry AS registry, codes.code AS code, told.week AS week, instances.uuid AS instance
FROM (
  SELECT code, week, instance
  FROM (
    SELECT trusts.code AS code, counted_payloads.week AS week, counted_payloads.instance AS instance,
      1 AS is_untrusted, 0 AS is_trusted
    FROM counted_payloads
    JOIN trusts ON trusts.origin = counted_payloads.origin
    WHERE trusts.trust IN ('broken', 'partly_broken', 'unreleased', 'unknown_version', 'unknown_registry')
    UNION ALL
    SELECT outcomes.code AS code, outcomes.week AS week, outcomes.instance AS instance,
      toUInt8(trusts.trust IN ('broken', 'partly_broken', 'unreleased', 'unknown_version', 'unknown_registry')
          AND (outcomes.failure = '' OR outcomes.failure NOT IN ('absent', 'not_agreed', 'not_running', 'unsupported', 'withdrawn'))
        OR trusts.trust = 'trusted' AND outcomes.failure NOT IN ('', 'absent', 'not_agreed', 'not_running', 'unsupported', 'withdrawn'))
        AS is_untrusted,
      toUInt8(trusts.trust = 'trusted' AND outcomes.failure = ''
        AND (outcomes.is_grouped = 1 OR notEmpty(outcomes.series))) AS is_trusted
    FROM (
      SELECT code, week, origin, instance, failure, is_grouped, series FROM kept_outcomes FINAL
      WHERE instance NOT IN (SELECT id FROM kept_instances FINAL WHERE left_out IS NOT NULL)
    ) AS outcomes
    JOIN trusts ON trusts.code = outcomes.code AND trusts.origin = outcomes.origin
  )
  GROUP BY code, week, instance
  HAVING max(is_untrusted) = 1 AND max(is_trusted) = 0
) AS told
JOIN codes ON codes.id = told.code
JOIN instances ON instances.id = told.instance;

-- The instances that reported a week, with the number of events that they logged in it.
CREATE VIEW IF NOT EXISTS instance_weeks AS
SELECT kept.registry AS registry, kept.week AS week, instances.uuid AS instance,
  origins.exact_versions AS versions, kept.events AS events
FROM (
  SELECT registry, week, instance, origin, arraySum(version_events) AS events
  FROM kept_weeks FINAL
  WHERE instance NOT IN (SELECT id FROM kept_instances FINAL WHERE left_out IS NOT NULL)
) AS kept
JOIN instances ON instances.id = kept.instance
JOIN origins ON origins.id = kept.origin;
