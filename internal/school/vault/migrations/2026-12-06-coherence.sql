-- ---------------------------------------------------------------------- 12. coherence (coherence/)

-- What modelling rules found in a year, with its life. No name is written: a finding about a person
-- has the number of that person, and goes with her.
CREATE TABLE coherence_constat (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  annee    INTEGER NOT NULL,
  regle    TEXT NOT NULL,
  cle      TEXT NOT NULL,                  -- what it is about, the same at each run
  individu INTEGER REFERENCES dossier_personne ON DELETE CASCADE,
  objet    TEXT NOT NULL,                  -- étape or element
  message  TEXT NOT NULL,
  valeur   TEXT NOT NULL,                  -- what it rests on: one that changes brings an accepted finding back
  etat     TEXT NOT NULL,                  -- nouveau, accepte, regle
  vu       INTEGER NOT NULL,               -- first found
  revu     INTEGER NOT NULL,               -- last found
  UNIQUE (annee, regle, cle)
) STRICT;
CREATE INDEX coherence_constat_individu ON coherence_constat (individu);

CREATE TABLE coherence_pas (
  constat INTEGER NOT NULL REFERENCES coherence_constat ON DELETE CASCADE,
  rang    INTEGER NOT NULL,
  etat    TEXT NOT NULL,
  motif   TEXT NOT NULL,
  par     TEXT NOT NULL,
  le      INTEGER NOT NULL,
  PRIMARY KEY (constat, rang)
) STRICT, WITHOUT ROWID;

-- When each rule ran last, and what it lacked.
CREATE TABLE coherence_controle (
  annee  INTEGER NOT NULL,
  regle  TEXT NOT NULL,
  le     INTEGER NOT NULL,
  manque TEXT NOT NULL,                    -- kinds of files that it needs and the vault has not, ''
  PRIMARY KEY (annee, regle)
) STRICT, WITHOUT ROWID;
