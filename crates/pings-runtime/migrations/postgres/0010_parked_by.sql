-- The address and the token of the store that refused a payload, as a digest. The payload is sent
-- again once they change.
ALTER TABLE pings_outbox ADD COLUMN parked_by text;
