WITH
-- effectifs: state kept for each year or month
s1 AS (
  SELECT etablissement,
         sum(eleves) AS s1_1
  FROM effectifs__annee
  WHERE annee = ?::SMALLINT
    AND entree <= ?::INTEGER AND sortie > ?::INTEGER
  GROUP BY 1
),
-- structures: state kept for each year or month
s2 AS (
  SELECT etablissement,
         sum(classes) AS s2_1
  FROM structures__annee
  WHERE annee = ?::SMALLINT
    AND entree <= ?::INTEGER AND sortie > ?::INTEGER
  GROUP BY 1
),
-- one row per school and line, where both sides of a ratio meet
grain AS (
  SELECT etablissement, any_value(s1_1) AS s1_1, any_value(s2_1) AS s2_1
  FROM (
    SELECT etablissement, s1_1, NULL AS s2_1 FROM s1
    UNION ALL
    SELECT etablissement, NULL AS s1_1, s2_1 FROM s2
  ) GROUP BY etablissement
)
SELECT etablissement,
       grouping(etablissement) AS ensemble,
       (sum(s1_1))::DOUBLE AS v1,
       count(CASE WHEN s1_1 IS NOT NULL THEN 1 END) AS n1,
       (sum(s2_1))::DOUBLE AS v2,
       count(CASE WHEN s2_1 IS NOT NULL THEN 1 END) AS n2,
       (sum(CASE WHEN s1_1 IS NOT NULL AND s2_1 IS NOT NULL THEN s1_1 END) / nullif(sum(CASE WHEN s1_1 IS NOT NULL AND s2_1 IS NOT NULL THEN s2_1 END), 0))::DOUBLE AS v3,
       count(CASE WHEN s1_1 IS NOT NULL AND s2_1 IS NOT NULL THEN 1 END) AS n3
FROM grain
GROUP BY GROUPING SETS ((etablissement), ())
-- [2025 12 12 2025 12 12]
