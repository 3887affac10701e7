-- Fails for each code and week that has numbers which are not trusted.
SELECT code, week, trusted, untrusted
FROM {{ ref('pings_weekly_trust') }}
WHERE untrusted > 0 AND week >= '{{ var("pings_from_week") }}'
