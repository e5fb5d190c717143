WITH
-- effectifs: state kept for each year or month
t1 AS (
  SELECT etablissement,
         sum(eleves) AS t1_1
  FROM effectifs__annee
  WHERE annee = ?::SMALLINT
    AND entree <= ?::INTEGER AND sortie > ?::INTEGER
  GROUP BY 1
),
-- structures: state kept for each year or month
t2 AS (
  SELECT etablissement,
         sum(classes) AS t2_1
  FROM structures__annee
  WHERE annee = ?::SMALLINT
    AND entree <= ?::INTEGER AND sortie > ?::INTEGER
  GROUP BY 1
),
-- one row per school and line, where both sides of a ratio meet
grain_ensemble AS (
  SELECT etablissement, any_value(t1_1) AS t1_1, any_value(t2_1) AS t2_1
  FROM (
    SELECT etablissement, t1_1, NULL AS t2_1 FROM t1
    UNION ALL
    SELECT etablissement, NULL AS t1_1, t2_1 FROM t2
  ) GROUP BY etablissement
),
-- effectifs: state kept for each year or month
s1 AS (
  SELECT etablissement,
         niveau,
         sum(eleves) AS s1_1
  FROM effectifs__annee
  WHERE annee = ?::SMALLINT
    AND entree <= ?::INTEGER AND sortie > ?::INTEGER
  GROUP BY 1, 2
),
-- structures: state kept for each year or month
s2 AS (
  SELECT etablissement,
         niveau,
         sum(classes) AS s2_1
  FROM structures__annee
  WHERE annee = ?::SMALLINT
    AND entree <= ?::INTEGER AND sortie > ?::INTEGER
  GROUP BY 1, 2
),
-- one row per school and line, where both sides of a ratio meet
grain AS (
  SELECT etablissement, niveau, any_value(s1_1) AS s1_1, any_value(s2_1) AS s2_1
  FROM (
    SELECT etablissement, niveau, s1_1, NULL AS s2_1 FROM s1
    UNION ALL
    SELECT etablissement, niveau, NULL AS s1_1, s2_1 FROM s2
  ) GROUP BY etablissement, niveau
)
SELECT niveau,
       0 AS ensemble,
       (sum(CASE WHEN s1_1 IS NOT NULL AND s2_1 IS NOT NULL THEN s1_1 END) / nullif(sum(CASE WHEN s1_1 IS NOT NULL AND s2_1 IS NOT NULL THEN s2_1 END), 0))::DOUBLE AS v1,
       count(CASE WHEN s1_1 IS NOT NULL AND s2_1 IS NOT NULL THEN 1 END) AS n1
FROM grain
GROUP BY niveau
UNION ALL
SELECT NULL,
       1,
       (sum(CASE WHEN t1_1 IS NOT NULL AND t2_1 IS NOT NULL THEN t1_1 END) / nullif(sum(CASE WHEN t1_1 IS NOT NULL AND t2_1 IS NOT NULL THEN t2_1 END), 0))::DOUBLE AS v1,
       count(CASE WHEN t1_1 IS NOT NULL AND t2_1 IS NOT NULL THEN 1 END) AS n1
FROM grain_ensemble
-- [2025 12 12 2025 12 12 2025 12 12 2025 12 12]
