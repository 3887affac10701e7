-- How many instances have trusted numbers of each code in each week, and how many have others.
SELECT
  code,
  week,
  count(DISTINCT CASE WHEN trust = 'trusted' THEN instance END) AS trusted,
  count(DISTINCT CASE WHEN trust <> 'trusted' THEN instance END) AS untrusted
FROM {{ source('pings', 'measurements_labelled') }}
WHERE registry = '{{ var("pings_registry") }}'
GROUP BY code, week
