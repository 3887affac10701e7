-- How many instances are active in each week.
SELECT week, count(*) AS active
FROM {{ source('pings', 'instance_weeks') }}
WHERE registry = '{{ var("pings_registry") }}' AND events > 0
GROUP BY week
