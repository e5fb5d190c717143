WITH
-- individus: persons counted at source, never added over periods, media or profiles
s1 AS (
  SELECT jour,
         sum(individus) AS s1_1
  FROM individus__periode__territoire
  WHERE periode = ?::VARCHAR
    AND jour >= ?::DATE
    AND jour < ?::DATE
    AND profil = ?::VARCHAR
    AND support = ?::VARCHAR
    AND ent = ?::VARCHAR
    AND entree <= ?::INTEGER AND sortie > ?::INTEGER
  GROUP BY 1
)
SELECT jour,
       0 AS ensemble,
       (s1_1)::DOUBLE AS v1,
       (s1_1 IS NOT NULL)::INTEGER AS n1
FROM s1
-- [jour 2025-11-01 2025-12-01 ensemble ensemble ensemble 12 12]
