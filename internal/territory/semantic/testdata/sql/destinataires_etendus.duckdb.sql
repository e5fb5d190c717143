WITH
-- discipline: roll-up by annee; only schools that share annex 31
s1 AS (
  SELECT etablissement,
         sum(sanctions) AS s1_1
  FROM discipline__annee
  WHERE annee = ?::SMALLINT
    AND etablissement = ?::INTEGER
    AND entree <= ?::INTEGER AND sortie > ?::INTEGER
  GROUP BY 1
),
-- assiduite: roll-up by annee
s2 AS (
  SELECT etablissement,
         sum(demi_journees) AS s2_1
  FROM assiduite__annee
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
       (s2_1 IS NOT NULL)::INTEGER AS n2
FROM grain
UNION ALL
SELECT NULL,
       1,
       (sum(s1_1))::DOUBLE AS v1,
       count(CASE WHEN s1_1 IS NOT NULL THEN 1 END) AS n1,
       (sum(s2_1))::DOUBLE AS v2,
       count(CASE WHEN s2_1 IS NOT NULL THEN 1 END) AS n2
FROM grain
-- [2025 350017 12 12 2025 12 12]
