-- In how many different weeks an instance must have reported before its numbers count.
ALTER TABLE store_state ADD COLUMN confirmed_after INTEGER NOT NULL DEFAULT 1;

-- Why the numbers of an instance do not count: unconfirmed, or a reason that an operator gave. Such an
-- instance has payloads, but no rows of numbers and reports.
ALTER TABLE instances ADD COLUMN left_out TEXT;

CREATE INDEX instances_left_out ON instances (id) WHERE left_out IS NOT NULL;

CREATE INDEX payloads_by_instance ON payloads (instance, week);

-- The weeks that count: the newest revisions of the instances that are not left out. Every answer that
-- is not about payloads themselves reads this view.
CREATE VIEW counted_payloads AS
SELECT id, registry, instance, week, revision, origin, received_at
FROM payloads
WHERE is_newest = 1 AND instance NOT IN (SELECT id FROM instances WHERE left_out IS NOT NULL);

-- The weeks that do not count, with the reason.
CREATE VIEW weeks_left_out AS
SELECT payloads.registry, payloads.week, instances.uuid AS instance, instances.left_out AS reason
FROM payloads
JOIN instances ON instances.id = payloads.instance
WHERE payloads.is_newest = 1 AND instances.left_out IS NOT NULL;

-- The instances that reported a week, with the number of events that they logged in it.
DROP VIEW instance_weeks;
CREATE VIEW instance_weeks AS
SELECT
  counted_payloads.registry,
  counted_payloads.week,
  instances.uuid AS instance,
  origins.versions,
  CAST((
    SELECT coalesce(sum(payload_versions.events), 0)
    FROM payload_versions WHERE payload_versions.payload = counted_payloads.id
  ) AS bigint) AS events
FROM counted_payloads
JOIN instances ON instances.id = counted_payloads.instance
JOIN origins ON origins.id = counted_payloads.origin;
