WITH
-- effectifs: state kept for each year or month
s1 AS (
  SELECT etablissement,
         annee,
         sum(eleves) AS s1_1
  FROM effectifs__annee
  WHERE annee >= ?::SMALLINT
    AND annee <= ?::SMALLINT
    AND entree <= ?::INTEGER AND sortie > ?::INTEGER
  GROUP BY 1, 2
)
SELECT annee,
       0 AS ensemble,
       (sum(s1_1))::DOUBLE AS v1,
       count(CASE WHEN s1_1 IS NOT NULL THEN 1 END) AS n1
FROM s1
GROUP BY annee
-- [2021 2025 12 12]
