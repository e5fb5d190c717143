WITH
-- effectifs: last observation of each school in the period
s1 AS (
  SELECT etablissement,
         sum(eleves) AS s1_1
  FROM effectifs
  WHERE annee = ?::SMALLINT
    AND jour < ?::DATE
    AND entree <= ?::INTEGER AND sortie > ?::INTEGER
    AND (etablissement, jour) IN (
      SELECT etablissement, max(jour) FROM effectifs WHERE annee = ?::SMALLINT AND jour < ?::DATE AND entree <= ?::INTEGER AND sortie > ?::INTEGER GROUP BY etablissement, annee)
  GROUP BY 1
)
SELECT 0 AS ensemble,
       (sum(s1_1))::DOUBLE AS v1,
       count(CASE WHEN s1_1 IS NOT NULL THEN 1 END) AS n1
FROM s1
-- [2025 2025-12-01 12 12 2025 2025-12-01 12 12]
