WITH
-- assiduite_tranches: state kept for each year or month
s1 AS (
  SELECT etablissement,
         tranche,
         CASE WHEN count(eleves) > 0 THEN coalesce(sum(CASE WHEN evenement = ?::VARCHAR THEN eleves END), 0) END AS s1_1,
         bool_or(evenement = ?::VARCHAR) AS partie
  FROM assiduite_tranches__annee
  WHERE annee = ?::SMALLINT
    AND entree <= ?::INTEGER AND sortie > ?::INTEGER
  GROUP BY 1, 2
)
SELECT tranche,
       0 AS ensemble,
       (sum(s1_1))::DOUBLE AS v1,
       count(CASE WHEN s1_1 IS NOT NULL THEN 1 END) AS n1
FROM s1
GROUP BY tranche
HAVING bool_or(partie)
-- [absence absence 2025 12 12]
