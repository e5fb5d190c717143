WITH
-- connexions
s1 AS (
  SELECT etablissement,
         jour,
         heure,
         sum(connexions) AS s1_1
  FROM connexions
  WHERE annee = ?::SMALLINT
    AND jour >= ?::DATE
    AND jour < ?::DATE
    AND etablissement = ?::INTEGER
    AND entree <= ?::INTEGER AND sortie > ?::INTEGER
  GROUP BY 1, 2, 3
)
SELECT jour,
       heure,
       0 AS ensemble,
       (sum(s1_1))::DOUBLE AS v1,
       count(CASE WHEN s1_1 IS NOT NULL THEN 1 END) AS n1
FROM s1
GROUP BY jour, heure
-- [2025 2025-11-01 2025-12-01 350017 12 12]
