-- In how many different weeks an instance must have reported before its numbers count.
ALTER TABLE store_state ADD COLUMN confirmed_after bigint NOT NULL DEFAULT 1;

-- Why the numbers of an instance do not count: unconfirmed, or a reason that an operator gave. Such an
-- instance has payloads, but no rows of numbers and reports.
ALTER TABLE instances ADD COLUMN left_out text;

CREATE INDEX payloads_by_instance ON payloads (instance, week);
