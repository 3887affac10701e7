
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE public.codes (
    id bigint NOT NULL,
    registry text NOT NULL,
    code text NOT NULL
);

CREATE TABLE public.conflicts (
    payload bigint NOT NULL,
    digest text NOT NULL,
    received_at text NOT NULL,
    body text NOT NULL
);

CREATE TABLE public.declared (
    registry text NOT NULL,
    code text NOT NULL,
    measure text NOT NULL COLLATE pg_catalog."C"
);

CREATE TABLE public.failures (
    code bigint NOT NULL,
    week text NOT NULL COLLATE pg_catalog."C",
    origin bigint NOT NULL,
    instance bigint NOT NULL,
    kind text NOT NULL
);

CREATE TABLE public.fingerprint_codes (
    registry text NOT NULL,
    fingerprint text NOT NULL,
    code text NOT NULL
);

CREATE TABLE public.fingerprints (
    registry text NOT NULL,
    fingerprint text NOT NULL,
    known_since text NOT NULL,
    declared text,
    declared_digest text
);

CREATE TABLE public.instance_spans (
    registry text NOT NULL,
    instance bigint NOT NULL,
    first_week text NOT NULL COLLATE pg_catalog."C",
    last_week text NOT NULL COLLATE pg_catalog."C"
);

CREATE TABLE public.instances (
    id bigint NOT NULL,
    uuid text NOT NULL,
    key text
);

CREATE TABLE public.measured (
    code bigint NOT NULL,
    week text NOT NULL COLLATE pg_catalog."C",
    origin bigint NOT NULL,
    instance bigint NOT NULL
);

CREATE TABLE public.measurements (
    series bigint NOT NULL,
    week text NOT NULL COLLATE pg_catalog."C",
    origin bigint NOT NULL,
    instance bigint NOT NULL,
    value double precision
);

CREATE TABLE public.origin_versions (
    origin bigint NOT NULL,
    version text NOT NULL,
    key text COLLATE pg_catalog."C"
);

CREATE TABLE public.origins (
    id bigint NOT NULL,
    registry text NOT NULL,
    fingerprint text NOT NULL,
    versions text NOT NULL COLLATE pg_catalog."C"
);

CREATE TABLE public.ranges (
    registry text NOT NULL,
    code text NOT NULL,
    trust text NOT NULL,
    first_key text NOT NULL COLLATE pg_catalog."C",
    end_key text COLLATE pg_catalog."C",
    reason text,
    fix bigint
);

CREATE TABLE public.series (
    id bigint NOT NULL,
    code bigint NOT NULL,
    dimensions text NOT NULL COLLATE pg_catalog."C",
    measure text NOT NULL COLLATE pg_catalog."C"
);

CREATE VIEW public.trusts AS
 SELECT judged.code,
    judged.origin,
    judged.trust,
        CASE
            WHEN (judged.trust = ANY (ARRAY['absent'::text, 'broken'::text, 'partly_absent'::text, 'partly_broken'::text, 'unreleased'::text])) THEN ( SELECT ranges.reason
               FROM (public.origin_versions
                 JOIN public.ranges ON (((ranges.first_key <= origin_versions.key) AND ((ranges.end_key IS NULL) OR (origin_versions.key < ranges.end_key)))))
              WHERE ((origin_versions.origin = judged.origin) AND (ranges.registry = judged.registry) AND (ranges.code = judged.name) AND ((ranges.trust = 'unreleased'::text) = (judged.trust = 'unreleased'::text)))
              ORDER BY ranges.trust DESC, ranges.first_key
             LIMIT 1)
            ELSE NULL::text
        END AS reason,
        CASE
            WHEN (judged.trust = ANY (ARRAY['broken'::text, 'partly_broken'::text])) THEN ( SELECT ranges.fix
               FROM (public.origin_versions
                 JOIN public.ranges ON (((ranges.first_key <= origin_versions.key) AND ((ranges.end_key IS NULL) OR (origin_versions.key < ranges.end_key)))))
              WHERE ((origin_versions.origin = judged.origin) AND (ranges.registry = judged.registry) AND (ranges.code = judged.name) AND ((ranges.trust = 'unreleased'::text) = (judged.trust = 'unreleased'::text)))
              ORDER BY ranges.trust DESC, ranges.first_key
             LIMIT 1)
            ELSE NULL::bigint
        END AS fix
   FROM ( SELECT codes.id AS code,
            origins.id AS origin,
            codes.registry,
            codes.code AS name,
                CASE
                    WHEN (origins.versions = '-'::text) THEN 'not_running'::text
                    WHEN (NOT (EXISTS ( SELECT 1
                       FROM public.fingerprints
                      WHERE ((fingerprints.registry = origins.registry) AND (fingerprints.fingerprint = origins.fingerprint))))) THEN 'unknown_registry'::text
                    WHEN (NOT (EXISTS ( SELECT 1
                       FROM public.ranges
                      WHERE ((ranges.registry = codes.registry) AND (ranges.code = codes.code))))) THEN 'unknown_code'::text
                    WHEN ((EXISTS ( SELECT 1
                       FROM public.fingerprint_codes
                      WHERE ((fingerprint_codes.registry = origins.registry) AND (fingerprint_codes.fingerprint = origins.fingerprint)))) AND (NOT (EXISTS ( SELECT 1
                       FROM public.fingerprint_codes
                      WHERE ((fingerprint_codes.registry = origins.registry) AND (fingerprint_codes.fingerprint = origins.fingerprint) AND (fingerprint_codes.code = codes.code)))))) THEN 'absent'::text
                    ELSE ( SELECT
                            CASE
                                WHEN (sum(seen.absent) = count(*)) THEN 'absent'::text
                                WHEN ((sum(seen.broken) > 0) AND ((sum(seen.broken) + sum(seen.absent)) = count(*))) THEN 'broken'::text
                                WHEN (sum(seen.broken) > 0) THEN 'partly_broken'::text
                                WHEN (sum(seen.unreleased) > 0) THEN 'unreleased'::text
                                WHEN (sum(seen.unknown) > 0) THEN 'unknown_version'::text
                                WHEN (sum(seen.absent) > 0) THEN 'partly_absent'::text
                                ELSE 'trusted'::text
                            END AS "case"
                       FROM ( SELECT
                                    CASE
WHEN (origin_versions.key IS NULL) THEN 1
ELSE 0
                                    END AS unknown,
                                    CASE
WHEN (EXISTS ( SELECT 1
   FROM public.ranges
  WHERE ((ranges.registry = codes.registry) AND (ranges.code = codes.code) AND (ranges.trust = 'absent'::text) AND (ranges.first_key <= origin_versions.key) AND ((ranges.end_key IS NULL) OR (origin_versions.key < ranges.end_key))))) THEN 1
ELSE 0
                                    END AS absent,
                                    CASE
WHEN (EXISTS ( SELECT 1
   FROM public.ranges
  WHERE ((ranges.registry = codes.registry) AND (ranges.code = codes.code) AND (ranges.trust = 'broken'::text) AND (ranges.first_key <= origin_versions.key) AND ((ranges.end_key IS NULL) OR (origin_versions.key < ranges.end_key))))) THEN 1
ELSE 0
                                    END AS broken,
                                    CASE
WHEN (EXISTS ( SELECT 1
   FROM public.ranges
  WHERE ((ranges.registry = codes.registry) AND (ranges.code = codes.code) AND (ranges.trust = 'unreleased'::text) AND (ranges.first_key <= origin_versions.key)))) THEN 1
ELSE 0
                                    END AS unreleased
                               FROM public.origin_versions
                              WHERE (origin_versions.origin = origins.id)) seen)
                END AS trust
           FROM (public.codes
             JOIN public.origins ON ((origins.registry = codes.registry)))) judged;

CREATE VIEW public.measured_trusted AS
 SELECT codes.registry,
    codes.code,
    told.week,
    instances.uuid AS instance
   FROM (((( SELECT measured.code,
            measured.week,
            measured.origin,
            measured.instance
           FROM public.measured
        UNION
         SELECT series.code,
            measurements.week,
            measurements.origin,
            measurements.instance
           FROM (public.measurements
             JOIN public.series ON ((series.id = measurements.series)))) told
     JOIN public.codes ON ((codes.id = told.code)))
     JOIN public.instances ON ((instances.id = told.instance)))
     JOIN public.trusts ON (((trusts.code = told.code) AND (trusts.origin = told.origin))))
  WHERE (trusts.trust = 'trusted'::text);

CREATE VIEW public.measurements_labelled AS
 SELECT codes.registry,
    codes.code,
    measurements.week,
    instances.uuid AS instance,
    origins.versions,
    series.dimensions,
    series.measure,
    measurements.value,
        CASE
            WHEN ((trusts.trust = 'trusted'::text) AND (EXISTS ( SELECT 1
               FROM public.declared
              WHERE ((declared.registry = codes.registry) AND (declared.code = codes.code)))) AND (NOT (EXISTS ( SELECT 1
               FROM public.declared
              WHERE ((declared.registry = codes.registry) AND (declared.code = codes.code) AND (declared.measure = series.measure)))))) THEN 'unknown_measure'::text
            ELSE trusts.trust
        END AS trust,
    trusts.reason,
    trusts.fix
   FROM (((((public.measurements
     JOIN public.series ON ((series.id = measurements.series)))
     JOIN public.codes ON ((codes.id = series.code)))
     JOIN public.instances ON ((instances.id = measurements.instance)))
     JOIN public.origins ON ((origins.id = measurements.origin)))
     JOIN public.trusts ON (((trusts.code = series.code) AND (trusts.origin = measurements.origin))));

CREATE VIEW public.measurements_trusted AS
 SELECT measurements_labelled.registry,
    measurements_labelled.code,
    measurements_labelled.week,
    measurements_labelled.instance,
    measurements_labelled.versions,
    measurements_labelled.dimensions,
    measurements_labelled.measure,
    measurements_labelled.value
   FROM public.measurements_labelled
  WHERE (measurements_labelled.trust = 'trusted'::text);

CREATE TABLE public.payload_versions (
    payload bigint NOT NULL,
    version text NOT NULL,
    key text COLLATE pg_catalog."C",
    events bigint NOT NULL
);

CREATE TABLE public.payloads (
    id bigint NOT NULL,
    registry text NOT NULL,
    instance bigint NOT NULL,
    week text NOT NULL COLLATE pg_catalog."C",
    revision bigint NOT NULL,
    origin bigint NOT NULL,
    digest text NOT NULL,
    received_at text NOT NULL,
    is_newest bigint NOT NULL,
    body text NOT NULL
);

CREATE TABLE public.reports (
    registry text NOT NULL,
    week text NOT NULL COLLATE pg_catalog."C",
    origin bigint NOT NULL,
    instances bigint NOT NULL
);

CREATE TABLE public.store_migrations (
    step bigint NOT NULL
);

CREATE TABLE public.store_state (
    id bigint NOT NULL,
    generation bigint NOT NULL,
    checked_at text
);

INSERT INTO public.codes VALUES (1, 'desk', 'TicketOpened');

INSERT INTO public.declared VALUES ('desk', 'TicketOpened', 'count');
INSERT INTO public.declared VALUES ('desk', 'TicketOpened', 'unique_users');

INSERT INTO public.fingerprint_codes VALUES ('desk', 'sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1', 'TicketOpened');

INSERT INTO public.fingerprints VALUES ('desk', 'sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1', '2026-11-30T20:01:39Z', '{"codes":{"TicketOpened":{"is_of_events":true,"form":"Rows","measures":["count","unique_users"],"vocabulary":{"dimensions":[["channel",{"Declared":["chat","mail"]}]]}}}}', '5a810e12a835db51a22989ccd0e6d6c66c567e5bd924b17a64f4d7ea0fe8c612');

INSERT INTO public.instance_spans VALUES ('desk', 1, '2026-W44', '2026-W48');

INSERT INTO public.instances VALUES (1, 'c146eddd-4e2c-46ee-8323-48e7e72ed982', '05da03a7da640b1f947973393d10756e8fb8f830504cf2e519418c2e764ecc9d');

INSERT INTO public.measured VALUES (1, '2026-W47', 1, 1);
INSERT INTO public.measured VALUES (1, '2026-W44', 2, 1);
INSERT INTO public.measured VALUES (1, '2026-W45', 2, 1);
INSERT INTO public.measured VALUES (1, '2026-W46', 1, 1);

INSERT INTO public.measurements VALUES (1, '2026-W47', 1, 1, 1);
INSERT INTO public.measurements VALUES (2, '2026-W47', 1, 1, 1);
INSERT INTO public.measurements VALUES (3, '2026-W44', 2, 1, 1);
INSERT INTO public.measurements VALUES (4, '2026-W44', 2, 1, 1);
INSERT INTO public.measurements VALUES (3, '2026-W45', 2, 1, 5);
INSERT INTO public.measurements VALUES (4, '2026-W45', 2, 1, 3);
INSERT INTO public.measurements VALUES (1, '2026-W46', 1, 1, 1);
INSERT INTO public.measurements VALUES (2, '2026-W46', 1, 1, 1);

INSERT INTO public.origin_versions VALUES (1, '1.2', '0000000001.0000000002.0000000000.0000000000');
INSERT INTO public.origin_versions VALUES (2, '1.0', '0000000001.0000000000.0000000000.0000000000');
INSERT INTO public.origin_versions VALUES (3, '-', NULL);

INSERT INTO public.origins VALUES (1, 'desk', 'sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1', '1.2');
INSERT INTO public.origins VALUES (2, 'desk', 'sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1', '1.0');
INSERT INTO public.origins VALUES (3, 'desk', 'sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1', '-');

INSERT INTO public.payload_versions VALUES (1, '1.2', '0000000001.0000000002.0000000000.0000000000', 1);
INSERT INTO public.payload_versions VALUES (2, '1.0', '0000000001.0000000000.0000000000.0000000000', 1);
INSERT INTO public.payload_versions VALUES (3, '1.0', '0000000001.0000000000.0000000000.0000000000', 5);
INSERT INTO public.payload_versions VALUES (4, '1.2', '0000000001.0000000002.0000000000.0000000000', 1);
INSERT INTO public.payload_versions VALUES (5, '-', NULL, 0);

INSERT INTO public.payloads VALUES (1, 'desk', 1, '2026-W47', 2, 1, '2b4f82544c19fc7ad95a33f2b45ff644b72a6b8490413137aae3c9329266e332', '2026-11-30T20:01:42Z', 1, '{"format":1,"registry":"desk","fingerprint":"sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1","instance":"c146eddd-4e2c-46ee-8323-48e7e72ed982","version":"1.2.0","week":"2026-W47","start":"2026-11-16T00:00:00Z","end":"2026-11-23T00:00:00Z","revision":2,"reasons":["late_events"],"versions":{"1.2.0":1},"metrics":{"TicketOpened":{"by":["channel"],"rows":[{"channel":"chat","count":1,"unique_users":1}]}},"took_ms":{"TicketOpened":1},"runtime":{"damaged":0,"dropped":0,"rejected":0,"spilled":0,"write_errors":0}}');
INSERT INTO public.payloads VALUES (2, 'desk', 1, '2026-W44', 1, 2, 'f9d3dbfce02fa013ddcc11aebbff7ed6db936ced89e066e08f248e4bb577f4c6', '2026-11-30T20:01:42Z', 1, '{"format":1,"registry":"desk","fingerprint":"sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1","instance":"c146eddd-4e2c-46ee-8323-48e7e72ed982","version":"1.0.0","week":"2026-W44","start":"2026-10-26T00:00:00Z","end":"2026-11-02T00:00:00Z","revision":1,"versions":{"1.0.0":1},"metrics":{"TicketOpened":{"by":["channel"],"rows":[{"channel":"mail","count":1,"unique_users":1}]}},"took_ms":{"TicketOpened":1},"runtime":{"damaged":0,"dropped":0,"rejected":0,"spilled":0,"write_errors":0}}');
INSERT INTO public.payloads VALUES (3, 'desk', 1, '2026-W45', 1, 2, '3f5865a0f28608747696737e87416b3ccd520c890f9a1c408edd3585fbeeca91', '2026-11-30T20:01:42Z', 1, '{"format":1,"registry":"desk","fingerprint":"sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1","instance":"c146eddd-4e2c-46ee-8323-48e7e72ed982","version":"1.0.0","week":"2026-W45","start":"2026-11-02T00:00:00Z","end":"2026-11-09T00:00:00Z","revision":1,"versions":{"1.0.0":5},"metrics":{"TicketOpened":{"by":["channel"],"rows":[{"channel":"mail","count":5,"unique_users":3}]}},"took_ms":{"TicketOpened":1},"runtime":{"damaged":0,"dropped":0,"rejected":0,"spilled":0,"write_errors":0}}');
INSERT INTO public.payloads VALUES (4, 'desk', 1, '2026-W46', 1, 1, 'e20d0cab6a263cebd72b168e7a6245f428d771c557d9c002352ed7db6286655a', '2026-11-30T20:01:42Z', 1, '{"format":1,"registry":"desk","fingerprint":"sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1","instance":"c146eddd-4e2c-46ee-8323-48e7e72ed982","version":"1.2.0","week":"2026-W46","start":"2026-11-09T00:00:00Z","end":"2026-11-16T00:00:00Z","revision":1,"versions":{"1.2.0":1},"metrics":{"TicketOpened":{"by":["channel"],"rows":[{"channel":"chat","count":1,"unique_users":1}]}},"took_ms":{"TicketOpened":1},"runtime":{"damaged":0,"dropped":0,"rejected":0,"spilled":0,"write_errors":0}}');
INSERT INTO public.payloads VALUES (5, 'desk', 1, '2026-W48', 1, 3, 'dcf670895ed6c38310887042cdb218c808eabd36740482a766925a856153f8b3', '2026-11-30T20:01:42Z', 1, '{"format":1,"registry":"desk","fingerprint":"sha256:bfb0226e4fdd2c8bb7efd060d9be0eb1","instance":"c146eddd-4e2c-46ee-8323-48e7e72ed982","week":"2026-W48","start":"2026-11-23T00:00:00Z","end":"2026-11-30T00:00:00Z","revision":1,"not_running":true,"versions":{},"metrics":{},"took_ms":{},"runtime":{"damaged":0,"dropped":0,"rejected":0,"spilled":0,"write_errors":0}}');

INSERT INTO public.ranges VALUES ('desk', 'TicketOpened', 'absent', '0000000000.0000000000.0000000000.0000000000', '0000000001.0000000000.0000000000.0000000000', 'added in 1.0', NULL);
INSERT INTO public.ranges VALUES ('desk', 'TicketOpened', 'broken', '0000000001.0000000002.0000000000.0000000000', '0000000001.0000000003.0000000000.0000000000', 'too low', 7);

INSERT INTO public.reports VALUES ('desk', '2026-W47', 1, 1);
INSERT INTO public.reports VALUES ('desk', '2026-W44', 2, 1);
INSERT INTO public.reports VALUES ('desk', '2026-W45', 2, 1);
INSERT INTO public.reports VALUES ('desk', '2026-W46', 1, 1);
INSERT INTO public.reports VALUES ('desk', '2026-W48', 3, 1);

INSERT INTO public.series VALUES (1, 1, '{"channel":"chat"}', 'count');
INSERT INTO public.series VALUES (2, 1, '{"channel":"chat"}', 'unique_users');
INSERT INTO public.series VALUES (3, 1, '{"channel":"mail"}', 'count');
INSERT INTO public.series VALUES (4, 1, '{"channel":"mail"}', 'unique_users');

INSERT INTO public.store_migrations VALUES (1);
INSERT INTO public.store_migrations VALUES (2);
INSERT INTO public.store_migrations VALUES (3);
INSERT INTO public.store_migrations VALUES (4);
INSERT INTO public.store_migrations VALUES (5);
INSERT INTO public.store_migrations VALUES (6);

INSERT INTO public.store_state VALUES (1, 0, NULL);

ALTER TABLE ONLY public.codes
    ADD CONSTRAINT codes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.codes
    ADD CONSTRAINT codes_registry_code_key UNIQUE (registry, code);

ALTER TABLE ONLY public.conflicts
    ADD CONSTRAINT conflicts_pkey PRIMARY KEY (payload, digest);

ALTER TABLE ONLY public.declared
    ADD CONSTRAINT declared_pkey PRIMARY KEY (registry, code, measure);

ALTER TABLE ONLY public.failures
    ADD CONSTRAINT failures_pkey PRIMARY KEY (code, week, origin, instance);

ALTER TABLE ONLY public.fingerprint_codes
    ADD CONSTRAINT fingerprint_codes_pkey PRIMARY KEY (registry, fingerprint, code);

ALTER TABLE ONLY public.fingerprints
    ADD CONSTRAINT fingerprints_pkey PRIMARY KEY (registry, fingerprint);

ALTER TABLE ONLY public.instance_spans
    ADD CONSTRAINT instance_spans_pkey PRIMARY KEY (registry, instance);

ALTER TABLE ONLY public.instances
    ADD CONSTRAINT instances_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.instances
    ADD CONSTRAINT instances_uuid_key UNIQUE (uuid);

ALTER TABLE ONLY public.measured
    ADD CONSTRAINT measured_pkey PRIMARY KEY (code, week, origin, instance);

ALTER TABLE ONLY public.measurements
    ADD CONSTRAINT measurements_pkey PRIMARY KEY (series, week, origin, instance) INCLUDE (value);

ALTER TABLE ONLY public.origin_versions
    ADD CONSTRAINT origin_versions_pkey PRIMARY KEY (origin, version);

ALTER TABLE ONLY public.origins
    ADD CONSTRAINT origins_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.origins
    ADD CONSTRAINT origins_registry_fingerprint_versions_key UNIQUE (registry, fingerprint, versions);

ALTER TABLE ONLY public.payload_versions
    ADD CONSTRAINT payload_versions_pkey PRIMARY KEY (payload, version);

ALTER TABLE ONLY public.payloads
    ADD CONSTRAINT payloads_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payloads
    ADD CONSTRAINT payloads_registry_instance_week_revision_key UNIQUE (registry, instance, week, revision);

ALTER TABLE ONLY public.ranges
    ADD CONSTRAINT ranges_pkey PRIMARY KEY (registry, code, first_key, trust);

ALTER TABLE ONLY public.reports
    ADD CONSTRAINT reports_pkey PRIMARY KEY (registry, week, origin);

ALTER TABLE ONLY public.series
    ADD CONSTRAINT series_code_dimensions_measure_key UNIQUE (code, dimensions, measure);

ALTER TABLE ONLY public.series
    ADD CONSTRAINT series_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.store_migrations
    ADD CONSTRAINT store_migrations_pkey PRIMARY KEY (step);

ALTER TABLE ONLY public.store_state
    ADD CONSTRAINT store_state_pkey PRIMARY KEY (id);

CREATE INDEX failures_by_week ON public.failures USING btree (week, instance);

CREATE INDEX measured_by_week ON public.measured USING btree (week, instance);

CREATE INDEX measurements_by_week ON public.measurements USING btree (week, instance);

CREATE INDEX payloads_by_week ON public.payloads USING btree (registry, is_newest, week, origin, instance);

ALTER TABLE ONLY public.conflicts
    ADD CONSTRAINT conflicts_payload_fkey FOREIGN KEY (payload) REFERENCES public.payloads(id);

ALTER TABLE ONLY public.origin_versions
    ADD CONSTRAINT origin_versions_origin_fkey FOREIGN KEY (origin) REFERENCES public.origins(id);

ALTER TABLE ONLY public.payload_versions
    ADD CONSTRAINT payload_versions_payload_fkey FOREIGN KEY (payload) REFERENCES public.payloads(id);

ALTER TABLE ONLY public.payloads
    ADD CONSTRAINT payloads_instance_fkey FOREIGN KEY (instance) REFERENCES public.instances(id);

ALTER TABLE ONLY public.payloads
    ADD CONSTRAINT payloads_origin_fkey FOREIGN KEY (origin) REFERENCES public.origins(id);

ALTER TABLE ONLY public.series
    ADD CONSTRAINT series_code_fkey FOREIGN KEY (code) REFERENCES public.codes(id);

