WITH
-- effectifs: state kept for each year or month
s1 AS (
  SELECT etablissement,
         sum(eleves) AS s1_1
  FROM effectifs__annee
  WHERE annee = ?::SMALLINT
    AND etablissement IN (SELECT etablissement FROM etablissements__fiche WHERE type = ?::VARCHAR AND entree <= ?::INTEGER AND sortie > ?::INTEGER)
    AND entree <= ?::INTEGER AND sortie > ?::INTEGER
  GROUP BY 1
)
SELECT coalesce(fiche.commune, '') AS commune,
       0 AS ensemble,
       (sum(s1_1))::DOUBLE AS v1,
       count(CASE WHEN s1_1 IS NOT NULL THEN 1 END) AS n1
FROM s1
LEFT JOIN (SELECT etablissement, type, secteur, commune, departement, academie FROM etablissements__fiche WHERE entree <= ?::INTEGER AND sortie > ?::INTEGER) AS fiche USING (etablissement)
GROUP BY coalesce(fiche.commune, '')
UNION ALL
SELECT NULL,
       1,
       (sum(s1_1))::DOUBLE AS v1,
       count(CASE WHEN s1_1 IS NOT NULL THEN 1 END) AS n1
FROM s1
-- [2025 college 12 12 12 12 12 12]
