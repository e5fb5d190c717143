-- ---------------------------------------------------------------------- 8. the board (board/), continued

-- Files dropped on the board: what they would change is shown before it is written. The bytes
-- lie here and nowhere else, so that they are encrypted, and go once the files are imported or left.
CREATE TABLE depot (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  annee     INTEGER NOT NULL,
  etat      TEXT NOT NULL CHECK (etat IN ('attente', 'importe', 'abandonne')),
  le        INTEGER NOT NULL,
  par       TEXT NOT NULL,
  fini      INTEGER,
  fini_par  TEXT NOT NULL DEFAULT '',
  prevision TEXT NOT NULL DEFAULT '',      -- JSON: the rehearsal, with names; '' once it is over
  imports   INTEGER NOT NULL DEFAULT 0,    -- last import when it was rehearsed: later ones make it stale
  bilan     TEXT NOT NULL DEFAULT ''       -- JSON: counts alone, kept
) STRICT;
CREATE INDEX depot_etat ON depot (etat, le);

CREATE TABLE depot_fichier (
  depot  INTEGER NOT NULL REFERENCES depot ON DELETE CASCADE,
  rang   INTEGER NOT NULL,
  nom    TEXT NOT NULL,
  octets INTEGER NOT NULL,
  PRIMARY KEY (depot, rang)
) STRICT, WITHOUT ROWID;

-- Their bytes, in pieces of a megabyte.
CREATE TABLE depot_morceau (
  id      INTEGER PRIMARY KEY,
  depot   INTEGER NOT NULL REFERENCES depot ON DELETE CASCADE,
  rang    INTEGER NOT NULL,
  suite   INTEGER NOT NULL,
  contenu BLOB NOT NULL,
  UNIQUE (depot, rang, suite)
) STRICT;
