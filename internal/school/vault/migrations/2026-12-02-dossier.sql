-- ---------------------------------------------------------------------- 11. person files (dossier/)

-- Rows of students, staff and users of platforms lie in tables dos_<kind>, which imports make as the
-- kind is declared: the key of the person as a number of dossier_personne, the declared columns, _import
-- and _ligne, where the row was read.

-- Kinds that have a table.
CREATE TABLE dossier_genre (
  nom       TEXT PRIMARY KEY,
  colonnes  TEXT NOT NULL,                 -- JSON: [{"nom": …, "classe": …}], in the order of the table
  cle       TEXT NOT NULL,                 -- column of the person, '' for rows of nobody
  temps     TEXT NOT NULL,                 -- column that places a row in time
  annees    INTEGER NOT NULL               -- for how many years rows are kept
) STRICT, WITHOUT ROWID;

-- People, each by the key of a space: etudiant, agent, usager.
CREATE TABLE dossier_personne (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  espace TEXT NOT NULL,
  cle    TEXT NOT NULL,
  cree   INTEGER NOT NULL,
  UNIQUE (espace, cle)
) STRICT;

CREATE TABLE dossier_import (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  fichier        TEXT NOT NULL,            -- name, or how many files and the first of them
  sha256         TEXT NOT NULL,
  correspondance TEXT NOT NULL,            -- how it was read
  bilan          TEXT NOT NULL,            -- JSON: rows read, kept and faulty of each kind
  le             INTEGER NOT NULL,
  par            TEXT NOT NULL,
  efface         INTEGER                   -- instant at which its file was let go: a person was erased, or nothing of it is left
) STRICT;
CREATE INDEX dossier_import_sha ON dossier_import (sha256);

-- The files as received, compressed, in pieces.
CREATE TABLE dossier_morceau (
  import  INTEGER NOT NULL REFERENCES dossier_import ON DELETE CASCADE,
  rang    INTEGER NOT NULL,                -- of the file
  nom     TEXT NOT NULL,
  suite   INTEGER NOT NULL,
  contenu BLOB NOT NULL,
  PRIMARY KEY (import, rang, suite)
) STRICT, WITHOUT ROWID;

-- What each import replaced, and which one replaced it since.
CREATE TABLE dossier_tranche (
  genre    TEXT NOT NULL,
  tranche  TEXT NOT NULL,                  -- values of the columns of the slice, separated by " / "
  import   INTEGER NOT NULL REFERENCES dossier_import ON DELETE CASCADE,
  remplace INTEGER,                        -- import that replaced it
  PRIMARY KEY (genre, tranche, import)
) STRICT, WITHOUT ROWID;
CREATE INDEX dossier_tranche_import ON dossier_tranche (import);

CREATE TABLE dossier_defaut (
  import   INTEGER NOT NULL REFERENCES dossier_import ON DELETE CASCADE,
  rang     INTEGER NOT NULL,
  fichier  TEXT NOT NULL,
  ligne    INTEGER NOT NULL,
  champ    TEXT NOT NULL,
  regle    TEXT NOT NULL,
  message  TEXT NOT NULL,                  -- French; never the value of a column that names someone
  PRIMARY KEY (import, rang)
) STRICT, WITHOUT ROWID;

-- Members of open lists that files brought: what leaves as a dimension is the text of this table.
CREATE TABLE dossier_code (
  genre   TEXT NOT NULL,
  colonne TEXT NOT NULL,
  code    TEXT NOT NULL,
  import  INTEGER NOT NULL,
  PRIMARY KEY (genre, colonne, code)
) STRICT, WITHOUT ROWID;

-- Mappings made by the institution: which column of a file is which column of a kind.
CREATE TABLE dossier_correspondance (
  nom     TEXT PRIMARY KEY,
  libelle TEXT NOT NULL,
  genre   TEXT NOT NULL,
  contenu TEXT NOT NULL,                   -- JSON
  le      INTEGER NOT NULL,
  par     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
