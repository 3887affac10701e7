BEGIN TRANSACTION;
CREATE TABLE codes (
  id INTEGER PRIMARY KEY,
  registry TEXT NOT NULL,
  code TEXT NOT NULL,
  UNIQUE (registry, code)
);
INSERT INTO "codes" VALUES(1,'desk','TicketOpened');
CREATE TABLE conflicts (
  payload INTEGER NOT NULL REFERENCES payloads (id),
  digest TEXT NOT NULL,
  received_at TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (payload, digest)
);
CREATE TABLE declared (
  registry text NOT NULL,
  code text NOT NULL,
  measure text NOT NULL,
  PRIMARY KEY (registry, code, measure)
);
INSERT INTO "declared" VALUES('desk','TicketOpened','count');
INSERT INTO "declared" VALUES('desk','TicketOpened','unique_users');
CREATE TABLE failures (
  code INTEGER NOT NULL,
  week TEXT NOT NULL,
  origin INTEGER NOT NULL,
  instance INTEGER NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (code, week, origin, instance)
) WITHOUT ROWID;
CREATE TABLE fingerprint_codes (
  registry TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  code TEXT NOT NULL,
  PRIMARY KEY (registry, fingerprint, code)
) WITHOUT ROWID;
INSERT INTO "fingerprint_codes" VALUES('desk','sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1','TicketOpened');
CREATE TABLE fingerprints (
  registry TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  known_since TEXT NOT NULL, declared TEXT, declared_digest TEXT,
  PRIMARY KEY (registry, fingerprint)
);
INSERT INTO "fingerprints" VALUES('desk','sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1','2026-11-30T20:01:18Z','{"codes":{"TicketOpened":{"is_of_events":true,"form":"Rows","measures":["count","unique_users"],"vocabulary":{"dimensions":[["channel",{"Declared":["chat","mail"]}]]}}}}','5a810e12a835db51a22989ccd0e6d6c66c567e5bd924b17a64f4d7ea0fe8c612');
CREATE TABLE instance_spans (
  registry TEXT NOT NULL,
  instance INTEGER NOT NULL,
  first_week TEXT NOT NULL,
  last_week TEXT NOT NULL,
  PRIMARY KEY (registry, instance)
) WITHOUT ROWID;
INSERT INTO "instance_spans" VALUES('desk',1,'2026-W44','2026-W48');
CREATE TABLE instances (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  key TEXT
);
INSERT INTO "instances" VALUES(1,'4c1704cd-e54b-4d23-988e-6cb2422c1baf','fb8768d70fc029d9f763b3e71dbdd18d55f8fd8123cbdfb86a261022d6efb32e');
CREATE TABLE measured (
  code INTEGER NOT NULL,
  week TEXT NOT NULL,
  origin INTEGER NOT NULL,
  instance INTEGER NOT NULL,
  PRIMARY KEY (code, week, origin, instance)
) WITHOUT ROWID;
INSERT INTO "measured" VALUES(1,'2026-W44',2,1);
INSERT INTO "measured" VALUES(1,'2026-W45',2,1);
INSERT INTO "measured" VALUES(1,'2026-W46',1,1);
INSERT INTO "measured" VALUES(1,'2026-W47',1,1);
CREATE TABLE measurements (
  series INTEGER NOT NULL,
  week TEXT NOT NULL,
  origin INTEGER NOT NULL,
  instance INTEGER NOT NULL,
  value REAL,
  PRIMARY KEY (series, week, origin, instance)
) WITHOUT ROWID;
INSERT INTO "measurements" VALUES(1,'2026-W46',1,1,1.0);
INSERT INTO "measurements" VALUES(1,'2026-W47',1,1,1.0);
INSERT INTO "measurements" VALUES(2,'2026-W46',1,1,1.0);
INSERT INTO "measurements" VALUES(2,'2026-W47',1,1,1.0);
INSERT INTO "measurements" VALUES(3,'2026-W44',2,1,1.0);
INSERT INTO "measurements" VALUES(3,'2026-W45',2,1,5.0);
INSERT INTO "measurements" VALUES(4,'2026-W44',2,1,1.0);
INSERT INTO "measurements" VALUES(4,'2026-W45',2,1,3.0);
CREATE TABLE origin_versions (
  origin INTEGER NOT NULL REFERENCES origins (id),
  version TEXT NOT NULL,
  key TEXT,
  PRIMARY KEY (origin, version)
) WITHOUT ROWID;
INSERT INTO "origin_versions" VALUES(1,'1.2','0000000001.0000000002.0000000000.0000000000');
INSERT INTO "origin_versions" VALUES(2,'1.0','0000000001.0000000000.0000000000.0000000000');
INSERT INTO "origin_versions" VALUES(3,'-',NULL);
CREATE TABLE origins (
  id INTEGER PRIMARY KEY,
  registry TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  versions TEXT NOT NULL,
  UNIQUE (registry, fingerprint, versions)
);
INSERT INTO "origins" VALUES(1,'desk','sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1','1.2');
INSERT INTO "origins" VALUES(2,'desk','sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1','1.0');
INSERT INTO "origins" VALUES(3,'desk','sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1','-');
CREATE TABLE payload_versions (
  payload INTEGER NOT NULL REFERENCES payloads (id),
  version TEXT NOT NULL,
  key TEXT,
  events INTEGER NOT NULL,
  PRIMARY KEY (payload, version)
) WITHOUT ROWID;
INSERT INTO "payload_versions" VALUES(1,'1.2','0000000001.0000000002.0000000000.0000000000',1);
INSERT INTO "payload_versions" VALUES(2,'1.0','0000000001.0000000000.0000000000.0000000000',1);
INSERT INTO "payload_versions" VALUES(3,'1.0','0000000001.0000000000.0000000000.0000000000',5);
INSERT INTO "payload_versions" VALUES(4,'1.2','0000000001.0000000002.0000000000.0000000000',1);
INSERT INTO "payload_versions" VALUES(5,'-',NULL,0);
CREATE TABLE payloads (
  id INTEGER PRIMARY KEY,
  registry TEXT NOT NULL,
  instance INTEGER NOT NULL REFERENCES instances (id),
  week TEXT NOT NULL,
  revision INTEGER NOT NULL,
  origin INTEGER NOT NULL REFERENCES origins (id),
  digest TEXT NOT NULL,
  received_at TEXT NOT NULL,
  is_newest INTEGER NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (registry, instance, week, revision)
);
INSERT INTO "payloads" VALUES(1,'desk',1,'2026-W47',2,1,'2a81c2b839dc637fcaa9077d2af444272128a4233f06e571e1945641c0b9a641','2026-11-30T20:01:22Z',1,'{"format":1,"registry":"desk","fingerprint":"sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1","instance":"4c1704cd-e54b-4d23-988e-6cb2422c1baf","version":"1.2.0","week":"2026-W47","start":"2026-11-16T00:00:00Z","end":"2026-11-23T00:00:00Z","revision":2,"reasons":["late_events"],"versions":{"1.2.0":1},"metrics":{"TicketOpened":{"by":["channel"],"rows":[{"channel":"chat","count":1,"unique_users":1}]}},"took_ms":{"TicketOpened":1},"runtime":{"damaged":0,"dropped":0,"rejected":0,"spilled":0,"write_errors":0}}');
INSERT INTO "payloads" VALUES(2,'desk',1,'2026-W44',1,2,'a76b1dfda6fb7a4577f49584922558f3e15b9a6a494d7a01341ebf8dfee0ec2f','2026-11-30T20:01:22Z',1,'{"format":1,"registry":"desk","fingerprint":"sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1","instance":"4c1704cd-e54b-4d23-988e-6cb2422c1baf","version":"1.0.0","week":"2026-W44","start":"2026-10-26T00:00:00Z","end":"2026-11-02T00:00:00Z","revision":1,"versions":{"1.0.0":1},"metrics":{"TicketOpened":{"by":["channel"],"rows":[{"channel":"mail","count":1,"unique_users":1}]}},"took_ms":{"TicketOpened":1},"runtime":{"damaged":0,"dropped":0,"rejected":0,"spilled":0,"write_errors":0}}');
INSERT INTO "payloads" VALUES(3,'desk',1,'2026-W45',1,2,'3eda5c4266da72c06ea6444c8e8ff7cb94380e41ddc6d1d8dc0513f1349b42c8','2026-11-30T20:01:22Z',1,'{"format":1,"registry":"desk","fingerprint":"sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1","instance":"4c1704cd-e54b-4d23-988e-6cb2422c1baf","version":"1.0.0","week":"2026-W45","start":"2026-11-02T00:00:00Z","end":"2026-11-09T00:00:00Z","revision":1,"versions":{"1.0.0":5},"metrics":{"TicketOpened":{"by":["channel"],"rows":[{"channel":"mail","count":5,"unique_users":3}]}},"took_ms":{"TicketOpened":0},"runtime":{"damaged":0,"dropped":0,"rejected":0,"spilled":0,"write_errors":0}}');
INSERT INTO "payloads" VALUES(4,'desk',1,'2026-W46',1,1,'7cc79881a2ecf91b41e25d2e8c79398eda3b7c75e4dee2cdbabc86b677105b05','2026-11-30T20:01:22Z',1,'{"format":1,"registry":"desk","fingerprint":"sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1","instance":"4c1704cd-e54b-4d23-988e-6cb2422c1baf","version":"1.2.0","week":"2026-W46","start":"2026-11-09T00:00:00Z","end":"2026-11-16T00:00:00Z","revision":1,"versions":{"1.2.0":1},"metrics":{"TicketOpened":{"by":["channel"],"rows":[{"channel":"chat","count":1,"unique_users":1}]}},"took_ms":{"TicketOpened":0},"runtime":{"damaged":0,"dropped":0,"rejected":0,"spilled":0,"write_errors":0}}');
INSERT INTO "payloads" VALUES(5,'desk',1,'2026-W48',1,3,'1cc809729a3760cf422a3e3b7df59a9bea5e388c9f6b07777d1c815421f0df5b','2026-11-30T20:01:22Z',1,'{"format":1,"registry":"desk","fingerprint":"sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1","instance":"4c1704cd-e54b-4d23-988e-6cb2422c1baf","week":"2026-W48","start":"2026-11-23T00:00:00Z","end":"2026-11-30T00:00:00Z","revision":1,"not_running":true,"versions":{},"metrics":{},"took_ms":{},"runtime":{"damaged":0,"dropped":0,"rejected":0,"spilled":0,"write_errors":0}}');
CREATE TABLE ranges (
  registry TEXT NOT NULL,
  code TEXT NOT NULL,
  trust TEXT NOT NULL,
  first_key TEXT NOT NULL,
  end_key TEXT,
  reason TEXT,
  fix INTEGER,
  PRIMARY KEY (registry, code, first_key, trust)
) WITHOUT ROWID;
INSERT INTO "ranges" VALUES('desk','TicketOpened','absent','0000000000.0000000000.0000000000.0000000000','0000000001.0000000000.0000000000.0000000000','added in 1.0',NULL);
INSERT INTO "ranges" VALUES('desk','TicketOpened','broken','0000000001.0000000002.0000000000.0000000000','0000000001.0000000003.0000000000.0000000000','too low',7);
CREATE TABLE reports (
  registry TEXT NOT NULL,
  week TEXT NOT NULL,
  origin INTEGER NOT NULL,
  instances INTEGER NOT NULL,
  PRIMARY KEY (registry, week, origin)
) WITHOUT ROWID;
INSERT INTO "reports" VALUES('desk','2026-W44',2,1);
INSERT INTO "reports" VALUES('desk','2026-W45',2,1);
INSERT INTO "reports" VALUES('desk','2026-W46',1,1);
INSERT INTO "reports" VALUES('desk','2026-W47',1,1);
INSERT INTO "reports" VALUES('desk','2026-W48',3,1);
CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  code INTEGER NOT NULL REFERENCES codes (id),
  dimensions TEXT NOT NULL,
  measure TEXT NOT NULL,
  UNIQUE (code, dimensions, measure)
);
INSERT INTO "series" VALUES(1,1,'{"channel":"chat"}','count');
INSERT INTO "series" VALUES(2,1,'{"channel":"chat"}','unique_users');
INSERT INTO "series" VALUES(3,1,'{"channel":"mail"}','count');
INSERT INTO "series" VALUES(4,1,'{"channel":"mail"}','unique_users');
CREATE TABLE store_migrations (step bigint PRIMARY KEY);
INSERT INTO "store_migrations" VALUES(1);
INSERT INTO "store_migrations" VALUES(2);
INSERT INTO "store_migrations" VALUES(3);
INSERT INTO "store_migrations" VALUES(4);
INSERT INTO "store_migrations" VALUES(5);
INSERT INTO "store_migrations" VALUES(6);
CREATE TABLE store_state (
  id INTEGER PRIMARY KEY,
  generation INTEGER NOT NULL,
  checked_at TEXT
);
INSERT INTO "store_state" VALUES(1,0,NULL);
CREATE INDEX payloads_by_week ON payloads (registry, is_newest, week, origin, instance);
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
CREATE VIEW measurements_trusted AS
SELECT registry, code, week, instance, versions, dimensions, measure, value
FROM measurements_labelled
WHERE trust = 'trusted';
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
CREATE INDEX measurements_by_week ON measurements (week, instance);
CREATE INDEX measured_by_week ON measured (week, instance);
CREATE INDEX failures_by_week ON failures (week, instance);
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
COMMIT;
