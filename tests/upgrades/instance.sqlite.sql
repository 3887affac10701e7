BEGIN TRANSACTION;
CREATE TABLE event_logs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  url TEXT NOT NULL DEFAULT '',
  user_id INTEGER NOT NULL DEFAULT 0,
  anonymous_user_id TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL,
  argument TEXT NOT NULL DEFAULT '{}',
  version TEXT NOT NULL,
  timestamp TEXT NOT NULL
);
INSERT INTO "event_logs" VALUES(1,'TicketOpened','',2,'','WEB','{"channel":"mail"}','1.0.0','2026-11-01T10:00:00.000Z');
INSERT INTO "event_logs" VALUES(2,'TicketOpened','',3,'','WEB','{"channel":"mail"}','1.0.0','2026-11-02T10:00:00.000Z');
INSERT INTO "event_logs" VALUES(3,'TicketOpened','',1,'','WEB','{"channel":"mail"}','1.0.0','2026-11-03T10:00:00.000Z');
INSERT INTO "event_logs" VALUES(4,'TicketOpened','',2,'','WEB','{"channel":"mail"}','1.0.0','2026-11-04T10:00:00.000Z');
INSERT INTO "event_logs" VALUES(5,'TicketOpened','',3,'','WEB','{"channel":"mail"}','1.0.0','2026-11-05T10:00:00.000Z');
INSERT INTO "event_logs" VALUES(6,'TicketOpened','',1,'','WEB','{"channel":"mail"}','1.0.0','2026-11-06T10:00:00.000Z');
INSERT INTO "event_logs" VALUES(7,'TicketOpened','',9,'','WEB','{"channel":"chat"}','1.2.0','2026-11-12T10:00:00.000Z');
INSERT INTO "event_logs" VALUES(8,'TicketOpened','',9,'','WEB','{"channel":"chat"}','1.2.0','2026-11-19T10:00:00.000Z');
INSERT INTO "event_logs" VALUES(9,'TicketOpened','',5,'','WEB','{"channel":"chat"}','1.2.0','2026-11-25T10:00:00.000Z');
CREATE TABLE pings_codes (
  code TEXT PRIMARY KEY,
  version TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "pings_codes" VALUES('TicketOpened','');
CREATE TABLE pings_consent (
  switch TEXT NOT NULL,
  -- From 1.
  change INTEGER NOT NULL,
  is_on INTEGER NOT NULL CHECK (is_on IN (0, 1)),
  -- Empty where it is since before anything was logged.
  since TEXT NOT NULL,
  -- A file and its line, a variable of the environment, default, or the program.
  decided_by TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  PRIMARY KEY (switch, change)
) WITHOUT ROWID;
INSERT INTO "pings_consent" VALUES('gather',1,1,'','default','sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1');
INSERT INTO "pings_consent" VALUES('new_metrics',1,0,'2026-11-30T20:01:18Z','default','sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1');
INSERT INTO "pings_consent" VALUES('send',1,1,'','PINGS_SEND','sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1');
INSERT INTO "pings_consent" VALUES('sensitivity.identifying',1,0,'2026-11-30T20:01:18Z','default','sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1');
INSERT INTO "pings_consent" VALUES('sensitivity.operational',1,1,'','default','sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1');
INSERT INTO "pings_consent" VALUES('sensitivity.usage',1,1,'','default','sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1');
CREATE TABLE pings_consent_metrics (
  -- The switch of the sensitivity that the metric had then.
  switch TEXT NOT NULL,
  code TEXT NOT NULL,
  -- A JSON list of dimensions and measures.
  carries TEXT NOT NULL,
  since TEXT NOT NULL,
  agreed_by TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  PRIMARY KEY (switch, code)
) WITHOUT ROWID;
INSERT INTO "pings_consent_metrics" VALUES('sensitivity.usage','TicketOpened','["by channel","count","unique_users"]','','default','sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1');
CREATE TABLE pings_consent_start (
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  at TEXT NOT NULL
);
INSERT INTO "pings_consent_start" VALUES(1,'');
CREATE TABLE pings_counters (
  week TEXT NOT NULL,
  name TEXT NOT NULL,
  value INTEGER NOT NULL,
  PRIMARY KEY (week, name)
) WITHOUT ROWID;
CREATE TABLE pings_imports (
  id TEXT PRIMARY KEY,
  digest TEXT NOT NULL,
  logged_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE pings_instance (
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  id TEXT NOT NULL,
  seed TEXT NOT NULL
, first_week TEXT, moved_to TEXT);
INSERT INTO "pings_instance" VALUES(1,'4c1704cd-e54b-4d23-988e-6cb2422c1baf','f40dab698b499bc63b25747b0343cee52d1e118ebadf9e4aeac413b937660329',NULL,NULL);
CREATE TABLE pings_migrated (
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  -- The instance that is migrated, and the source without its password.
  instance TEXT NOT NULL,
  source TEXT NOT NULL,
  -- The last row of event_logs that was copied.
  read_to INTEGER NOT NULL,
  is_complete INTEGER NOT NULL
);
CREATE TABLE pings_migrations (step bigint PRIMARY KEY);
INSERT INTO "pings_migrations" VALUES(1);
INSERT INTO "pings_migrations" VALUES(2);
INSERT INTO "pings_migrations" VALUES(3);
INSERT INTO "pings_migrations" VALUES(4);
INSERT INTO "pings_migrations" VALUES(5);
INSERT INTO "pings_migrations" VALUES(6);
INSERT INTO "pings_migrations" VALUES(7);
INSERT INTO "pings_migrations" VALUES(8);
INSERT INTO "pings_migrations" VALUES(9);
CREATE TABLE pings_outbox (
  week TEXT NOT NULL,
  revision INTEGER NOT NULL,
  -- waiting, sent, parked (refused, kept), replaced (by a newer revision before it was sent).
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  made_at TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  -- When it may be tried (again); while somebody sends it, until when it is theirs.
  due_at TEXT NOT NULL,
  tried_at TEXT,
  status INTEGER,
  answer TEXT, again INTEGER NOT NULL DEFAULT 0, asked_at TEXT, is_stale INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (week, revision)
);
INSERT INTO "pings_outbox" VALUES('2026-W44',1,'sent','{"format":1,"registry":"desk","fingerprint":"sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1","instance":"4c1704cd-e54b-4d23-988e-6cb2422c1baf","version":"1.0.0","week":"2026-W44","start":"2026-10-26T00:00:00Z","end":"2026-11-02T00:00:00Z","revision":1,"versions":{"1.0.0":1},"metrics":{"TicketOpened":{"by":["channel"],"rows":[{"channel":"mail","count":1,"unique_users":1}]}},"took_ms":{"TicketOpened":1},"runtime":{"damaged":0,"dropped":0,"rejected":0,"spilled":0,"write_errors":0}}','2026-11-30T20:01:20Z',2,'2026-11-30T20:01:22Z','2026-11-30T20:01:22Z',200,'{"ok":true,"instance":"4c1704cd-e54b-4d23-988e-6cb2422c1baf","week":"2026-W44","revision":1,"received_at":"2026-11-30T20:01:22Z","known":true}',0,NULL,0);
INSERT INTO "pings_outbox" VALUES('2026-W45',1,'sent','{"format":1,"registry":"desk","fingerprint":"sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1","instance":"4c1704cd-e54b-4d23-988e-6cb2422c1baf","version":"1.0.0","week":"2026-W45","start":"2026-11-02T00:00:00Z","end":"2026-11-09T00:00:00Z","revision":1,"versions":{"1.0.0":5},"metrics":{"TicketOpened":{"by":["channel"],"rows":[{"channel":"mail","count":5,"unique_users":3}]}},"took_ms":{"TicketOpened":0},"runtime":{"damaged":0,"dropped":0,"rejected":0,"spilled":0,"write_errors":0}}','2026-11-30T20:01:20Z',2,'2026-11-30T20:01:22Z','2026-11-30T20:01:22Z',200,'{"ok":true,"instance":"4c1704cd-e54b-4d23-988e-6cb2422c1baf","week":"2026-W45","revision":1,"received_at":"2026-11-30T20:01:22Z","known":true}',0,NULL,0);
INSERT INTO "pings_outbox" VALUES('2026-W46',1,'sent','{"format":1,"registry":"desk","fingerprint":"sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1","instance":"4c1704cd-e54b-4d23-988e-6cb2422c1baf","version":"1.2.0","week":"2026-W46","start":"2026-11-09T00:00:00Z","end":"2026-11-16T00:00:00Z","revision":1,"versions":{"1.2.0":1},"metrics":{"TicketOpened":{"by":["channel"],"rows":[{"channel":"chat","count":1,"unique_users":1}]}},"took_ms":{"TicketOpened":0},"runtime":{"damaged":0,"dropped":0,"rejected":0,"spilled":0,"write_errors":0}}','2026-11-30T20:01:20Z',2,'2026-11-30T20:01:22Z','2026-11-30T20:01:22Z',200,'{"ok":true,"instance":"4c1704cd-e54b-4d23-988e-6cb2422c1baf","week":"2026-W46","revision":1,"received_at":"2026-11-30T20:01:22Z","known":true}',0,NULL,0);
INSERT INTO "pings_outbox" VALUES('2026-W47',1,'replaced','{"format":1,"registry":"desk","fingerprint":"sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1","instance":"4c1704cd-e54b-4d23-988e-6cb2422c1baf","week":"2026-W47","start":"2026-11-16T00:00:00Z","end":"2026-11-23T00:00:00Z","revision":1,"not_running":true,"versions":{},"metrics":{},"took_ms":{},"runtime":{"damaged":0,"dropped":0,"rejected":0,"spilled":0,"write_errors":0}}','2026-11-30T20:01:20Z',1,'2026-11-30T20:01:20Z','2026-11-30T20:01:20Z',404,'{"ok":false,"error":"the endpoints are POST /v1/payloads, GET /healthz and GET /metrics"}',0,NULL,0);
INSERT INTO "pings_outbox" VALUES('2026-W48',1,'sent','{"format":1,"registry":"desk","fingerprint":"sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1","instance":"4c1704cd-e54b-4d23-988e-6cb2422c1baf","week":"2026-W48","start":"2026-11-23T00:00:00Z","end":"2026-11-30T00:00:00Z","revision":1,"not_running":true,"versions":{},"metrics":{},"took_ms":{},"runtime":{"damaged":0,"dropped":0,"rejected":0,"spilled":0,"write_errors":0}}','2026-11-30T20:01:20Z',2,'2026-11-30T20:01:22Z','2026-11-30T20:01:22Z',200,'{"ok":true,"instance":"4c1704cd-e54b-4d23-988e-6cb2422c1baf","week":"2026-W48","revision":1,"received_at":"2026-11-30T20:01:22Z","known":true}',0,NULL,0);
INSERT INTO "pings_outbox" VALUES('2026-W47',2,'sent','{"format":1,"registry":"desk","fingerprint":"sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1","instance":"4c1704cd-e54b-4d23-988e-6cb2422c1baf","version":"1.2.0","week":"2026-W47","start":"2026-11-16T00:00:00Z","end":"2026-11-23T00:00:00Z","revision":2,"reasons":["late_events"],"versions":{"1.2.0":1},"metrics":{"TicketOpened":{"by":["channel"],"rows":[{"channel":"chat","count":1,"unique_users":1}]}},"took_ms":{"TicketOpened":1},"runtime":{"damaged":0,"dropped":0,"rejected":0,"spilled":0,"write_errors":0}}','2026-11-30T20:01:22Z',1,'2026-11-30T20:01:22Z','2026-11-30T20:01:22Z',200,'{"ok":true,"instance":"4c1704cd-e54b-4d23-988e-6cb2422c1baf","week":"2026-W47","revision":2,"received_at":"2026-11-30T20:01:22Z","known":true}',0,NULL,0);
INSERT INTO "pings_outbox" VALUES('2026-W48',2,'parked','{"format":1,"registry":"desk","fingerprint":"sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1","instance":"4c1704cd-e54b-4d23-988e-6cb2422c1baf","version":"1.2.0","week":"2026-W48","start":"2026-11-23T00:00:00Z","end":"2026-11-30T00:00:00Z","revision":2,"reasons":["late_events"],"versions":{"1.2.0":1},"metrics":{"TicketOpened":{"by":["channel"],"rows":[{"channel":"chat","count":1,"unique_users":1}]}},"took_ms":{"TicketOpened":1},"runtime":{"damaged":0,"dropped":0,"rejected":0,"spilled":0,"write_errors":0}}','2026-11-30T20:01:22Z',1,'2026-11-30T20:01:22Z','2026-11-30T20:01:22Z',404,'{"ok":false,"error":"the endpoints are POST /v1/payloads, GET /healthz and GET /metrics"}',0,NULL,0);
CREATE TABLE pings_outbox_read (
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  read_to INTEGER NOT NULL
, read_at TEXT);
INSERT INTO "pings_outbox_read" VALUES(1,9,'2026-11-30T20:01:22Z');
CREATE TABLE pings_pruned (
  before TEXT PRIMARY KEY
) WITHOUT ROWID;
CREATE TABLE pings_received (
  id TEXT PRIMARY KEY,
  received_on TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE pings_recorders (
  recorder TEXT PRIMARY KEY,
  batch INTEGER NOT NULL,
  written_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE pings_running (
  week TEXT NOT NULL,
  version TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  PRIMARY KEY (week, version)
) WITHOUT ROWID;
INSERT INTO "pings_running" VALUES('2026-W49','1.0.0','2026-11-30T20:01:18Z');
INSERT INTO "pings_running" VALUES('2026-W49','1.2.0','2026-11-30T20:01:22Z');
CREATE TABLE pings_sighted (
  sighting INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  meaning TEXT NOT NULL,
  names TEXT NOT NULL,
  read_to INTEGER NOT NULL
);
CREATE TABLE pings_sightings (
  sighting INTEGER NOT NULL,
  grp TEXT NOT NULL,
  person TEXT NOT NULL,
  first_at TEXT NOT NULL,
  PRIMARY KEY (sighting, grp, person)
) WITHOUT ROWID;
CREATE TABLE pings_tasks (
  task TEXT PRIMARY KEY,
  due_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE pings_values (
  code TEXT NOT NULL,
  set_at TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (code, set_at)
) WITHOUT ROWID;
CREATE INDEX pings_sightings_first_at ON pings_sightings (sighting, first_at);
CREATE INDEX event_logs_name_timestamp_user ON event_logs (name, timestamp, user_id, anonymous_user_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('event_logs',9);
COMMIT;
