-- Times of first sightings in one form, in UTC, so that they compare as texts. Where a
-- time had an offset or could not be read, the event log is read again.
UPDATE pings_sighted SET read_to = 0 WHERE sighting IN (
  SELECT sighting FROM pings_sightings
  WHERE first_at NOT GLOB '????-??-??T??:??:??.???Z'
    AND (first_at < '0001-01-01' OR strftime('%s', first_at) IS NULL OR substr(first_at, 11) GLOB '*[-+]*')
);
DELETE FROM pings_sightings WHERE first_at < '0001-01-01' OR strftime('%s', first_at) IS NULL;
UPDATE pings_sightings SET first_at = strftime('%Y-%m-%dT%H:%M:%fZ', first_at)
WHERE first_at NOT GLOB '????-??-??T??:??:??.???Z';
