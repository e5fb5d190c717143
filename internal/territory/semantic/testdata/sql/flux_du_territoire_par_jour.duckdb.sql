WITH
-- connexions: roll-up by jour
s1 AS (
  SELECT jour,
         sum(connexions) AS s1_1
  FROM connexions__jour__territoire
  WHERE annee = ?::SMALLINT
    AND jour >= ?::DATE
    AND jour < ?::DATE
    AND entree <= ?::INTEGER AND sortie > ?::INTEGER
  GROUP BY 1
)
SELECT jour,
       0 AS ensemble,
       (s1_1)::DOUBLE AS v1,
       (s1_1 IS NOT NULL)::INTEGER AS n1
FROM s1
-- [2025 2025-11-01 2025-12-01 12 12]
