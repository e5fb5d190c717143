WITH
-- effectifs: state kept for each year or month
s1 AS (
  SELECT etablissement,
         sum(internes) AS s1_1
  FROM effectifs__annee
  WHERE annee = ?::SMALLINT
    AND etablissement NOT IN (SELECT etablissement FROM etablissements__fiche WHERE internat = ?::VARCHAR AND entree <= ?::INTEGER AND sortie > ?::INTEGER)
    AND entree <= ?::INTEGER AND sortie > ?::INTEGER
  GROUP BY 1
)
SELECT 0 AS ensemble,
       (sum(s1_1))::DOUBLE AS v1,
       count(CASE WHEN s1_1 IS NOT NULL THEN 1 END) AS n1
FROM s1
-- [2025 non 12 12 12 12]
