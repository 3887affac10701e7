-- The trusted value of each instance: the sum over the groups of a code. An instance that measured the
-- code and found no group has the value 0. Measures that do not add up are left out.
SELECT
  measured.code,
  measured.week,
  measured.instance,
  declared.measure,
  coalesce(sum(numbers.value), 0) AS value
FROM {{ source('pings', 'measured_trusted') }} AS measured
JOIN (
  SELECT DISTINCT code, measure FROM {{ source('pings', 'measurements_trusted') }}
  WHERE registry = '{{ var("pings_registry") }}'
    AND measure IN ('count', 'unique_users', 'first_time_users', 'distinct', 'sum', 'reached')
) AS declared ON declared.code = measured.code
LEFT JOIN {{ source('pings', 'measurements_trusted') }} AS numbers
  ON numbers.registry = measured.registry AND numbers.code = measured.code
  AND numbers.week = measured.week AND numbers.instance = measured.instance
  AND numbers.measure = declared.measure
WHERE measured.registry = '{{ var("pings_registry") }}'
GROUP BY measured.code, measured.week, measured.instance, declared.measure
