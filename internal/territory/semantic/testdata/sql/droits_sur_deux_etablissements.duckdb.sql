WITH
-- connexions: roll-up by jour
s1 AS (
  SELECT etablissement,
         jour,
         sum(connexions) AS s1_1
  FROM connexions__jour
  WHERE annee = ?::SMALLINT
    AND jour >= ?::DATE
    AND jour < ?::DATE
    AND etablissement IN (?::INTEGER, ?::INTEGER)
    AND entree <= ?::INTEGER AND sortie > ?::INTEGER
  GROUP BY 1, 2
)
SELECT jour,
       0 AS ensemble,
       (sum(s1_1))::DOUBLE AS v1,
       count(CASE WHEN s1_1 IS NOT NULL THEN 1 END) AS n1
FROM s1
GROUP BY jour
-- [2025 2025-11-01 2025-12-01 350017 350707 12 12]
