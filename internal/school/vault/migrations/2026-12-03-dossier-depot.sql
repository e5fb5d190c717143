-- ---------------------------------------------------------------------- 11. person files (dossier/), continued

-- Files that wait until someone says which column is which; their bytes go once they are imported or left.
CREATE TABLE dossier_depot (
  id    INTEGER PRIMARY KEY AUTOINCREMENT,
  choix TEXT NOT NULL,                     -- mapping or kind that was chosen, '' to recognise
  le    INTEGER NOT NULL,
  par   TEXT NOT NULL
) STRICT;

CREATE TABLE dossier_depot_morceau (
  depot   INTEGER NOT NULL REFERENCES dossier_depot ON DELETE CASCADE,
  rang    INTEGER NOT NULL,
  nom     TEXT NOT NULL,
  suite   INTEGER NOT NULL,
  contenu BLOB NOT NULL,
  PRIMARY KEY (depot, rang, suite)
) STRICT, WITHOUT ROWID;
