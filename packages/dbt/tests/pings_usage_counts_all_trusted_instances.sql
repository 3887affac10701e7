-- Fails for each code and week whose usage does not cover every instance that is trusted.
SELECT usage.code, usage.week, usage.instances, measured.instances AS expected
FROM {{ ref('pings_weekly_usage') }} AS usage
JOIN (
  SELECT code, week, count(*) AS instances FROM {{ source('pings', 'measured_trusted') }}
  WHERE registry = '{{ var("pings_registry") }}' GROUP BY code, week
) AS measured ON measured.code = usage.code AND measured.week = usage.week
WHERE usage.instances <> measured.instances
