-- How instances use each code in each week.
SELECT
  code,
  measure,
  week,
  count(*) AS instances,
  sum(CASE WHEN value > 0 THEN 1 ELSE 0 END) AS using_it,
  sum(value) AS total
FROM {{ ref('pings_instance_values') }}
GROUP BY code, measure, week
