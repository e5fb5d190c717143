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
       0 AS ensemble,
       (s1_1)::DOUBLE AS v1,
       (s1_1 IS NOT NULL)::INTEGER AS n1,
       (s2_1)::DOUBLE AS v2,
       (s2_1 IS NOT NULL)::INTEGER AS n2,
       ((s1_1) / nullif((s2_1), 0))::DOUBLE AS v3,
       (s1_1 IS NOT NULL AND s2_1 IS NOT NULL)::INTEGER AS n3
FROM grain
UNION ALL
SELECT NULL,
       1,
       (sum(s1_1))::DOUBLE AS v1,
       count(CASE WHEN s1_1 IS NOT NULL THEN 1 END) AS n1,
       (sum(s2_1))::DOUBLE AS v2,
       count(CASE WHEN s2_1 IS NOT NULL THEN 1 END) AS n2,
       (sum(CASE WHEN s1_1 IS NOT NULL AND s2_1 IS NOT NULL THEN s1_1 END) / nullif(sum(CASE WHEN s1_1 IS NOT NULL AND s2_1 IS NOT NULL THEN s2_1 END), 0))::DOUBLE AS v3,
       count(CASE WHEN s1_1 IS NOT NULL AND s2_1 IS NOT NULL THEN 1 END) AS n3
FROM grain
-- [2025 12 12 2025 12 12]
