WITH
-- assiduite; only schools that share annex 25
s1 AS (
  SELECT etablissement,
         date_trunc('month', jour)::DATE AS mois,
         sum(demi_journees) AS s1_1,
         sum(retards) AS s1_2
  FROM assiduite
  WHERE annee = ?::SMALLINT
    AND jour >= ?::DATE
    AND jour < ?::DATE
    AND etablissement IN (?::INTEGER, ?::INTEGER)
    AND entree <= ?::INTEGER AND sortie > ?::INTEGER
  GROUP BY 1, 2
),
-- effectifs: state kept for each year or month
s2 AS (
  SELECT etablissement,
         date_trunc('month', jour)::DATE AS mois,
         sum(eleves) AS s2_1
  FROM effectifs__mois
  WHERE annee = ?::SMALLINT
    AND jour >= ?::DATE
    AND jour < ?::DATE
    AND etablissement IN (?::INTEGER, ?::INTEGER, ?::INTEGER)
    AND entree <= ?::INTEGER AND sortie > ?::INTEGER
  GROUP BY 1, 2
),
-- one row per school and line, where both sides of a ratio meet
grain AS (
  SELECT etablissement, mois, any_value(s1_1) AS s1_1, any_value(s1_2) AS s1_2, any_value(s2_1) AS s2_1
  FROM (
    SELECT etablissement, mois, s1_1, s1_2, NULL AS s2_1 FROM s1
    UNION ALL
    SELECT etablissement, mois, NULL AS s1_1, NULL AS s1_2, s2_1 FROM s2
  ) GROUP BY etablissement, mois
)
SELECT mois,
       0 AS ensemble,
       (sum(s1_1))::DOUBLE AS v1,
       count(CASE WHEN s1_1 IS NOT NULL THEN 1 END) AS n1,
       (sum(s1_2))::DOUBLE AS v2,
       count(CASE WHEN s1_2 IS NOT NULL THEN 1 END) AS n2,
       (sum(s2_1))::DOUBLE AS v3,
       count(CASE WHEN s2_1 IS NOT NULL THEN 1 END) AS n3
FROM grain
GROUP BY mois
-- [2025 2025-11-01 2025-12-01 350001 350017 12 12 2025 2025-11-01 2025-12-01 350017 350707 350001 12 12]
