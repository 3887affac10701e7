-- What the vendor knows beside the payloads.

-- Attributes of instances, such as the plan, which the vendor imports. An instance may have attributes
-- before it sends its first payload.
CREATE TABLE attributes (
  instance text NOT NULL,
  name text COLLATE "C" NOT NULL,
  value text NOT NULL,
  PRIMARY KEY (instance, name)
);

-- The instances that reported a week, with the number of events that they logged in it.
CREATE VIEW instance_weeks AS
SELECT
  payloads.registry,
  payloads.week,
  instances.uuid AS instance,
  origins.versions,
  CAST((
    SELECT coalesce(sum(payload_versions.events), 0)
    FROM payload_versions WHERE payload_versions.payload = payloads.id
  ) AS bigint) AS events
FROM payloads
JOIN instances ON instances.id = payloads.instance
JOIN origins ON origins.id = payloads.origin
WHERE payloads.is_newest = 1;
