WITH
-- individus: persons counted at source, never added over periods, media or profiles
s1 AS (
  SELECT etablissement,
         profil,
         CASE WHEN count(individus) > 0 THEN coalesce(sum(CASE WHEN support = ?::VARCHAR THEN individus END), 0) END AS s1_1,
         CASE WHEN count(CASE WHEN support = ?::VARCHAR THEN individus END) > 0 THEN coalesce(sum(CASE WHEN support = ?::VARCHAR THEN individus END), 0) END AS s1_2
  FROM individus
  WHERE periode = ?::VARCHAR
    AND jour >= ?::DATE
    AND jour < ?::DATE
    AND profil <> ?::VARCHAR
    AND ent = ?::VARCHAR
    AND entree <= ?::INTEGER AND sortie > ?::INTEGER
  GROUP BY 1, 2
)
SELECT profil,
       0 AS ensemble,
       (sum(s1_1))::DOUBLE AS v1,
       count(CASE WHEN s1_1 IS NOT NULL THEN 1 END) AS n1,
       (sum(s1_2))::DOUBLE AS v2,
       count(CASE WHEN s1_2 IS NOT NULL THEN 1 END) AS n2
FROM s1
GROUP BY profil
-- [net ensemble ensemble annee 2025-09-01 2026-09-01 ensemble ensemble 12 12]
