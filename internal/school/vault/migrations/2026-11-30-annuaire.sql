-- ---------------------------------------------------------------------- 9. accounts and letters (directory/), continued

-- A letter to a household has one row for each adult: rows of one envelope bear its number.
ALTER TABLE lettre ADD COLUMN pli INTEGER NOT NULL DEFAULT 0;

-- Directories written for another ENT, so that the next ones can give changes alone.
CREATE TABLE annuaire (
  id    INTEGER PRIMARY KEY AUTOINCREMENT,
  annee INTEGER NOT NULL,
  depuis INTEGER REFERENCES annuaire ON DELETE SET NULL, -- the one that it gives changes since; NULL: whole
  le    INTEGER NOT NULL,
  par   TEXT NOT NULL
) STRICT;
CREATE INDEX annuaire_annee ON annuaire (annee, le);

-- What each of them said, without saying it: an empreinte that differs is a change, a jointure
-- that is gone a deletion. qui_id is NULL for structures, and for people erased since: the number
-- alone is kept, for the other ENT to be told that it goes.
CREATE TABLE annuaire_fiche (
  annuaire  INTEGER NOT NULL REFERENCES annuaire ON DELETE CASCADE,
  categorie TEXT NOT NULL,                 -- Eleve, PersRelEleve, PersEducNat, EtabEducNat, MatiereEducNat, MefEducNat
  jointure  TEXT NOT NULL,
  qui       TEXT NOT NULL,                 -- '' for structures, subjects and formations
  qui_id    INTEGER,
  empreinte TEXT NOT NULL,
  PRIMARY KEY (annuaire, categorie, jointure)
) STRICT, WITHOUT ROWID;
CREATE INDEX annuaire_fiche_qui ON annuaire_fiche (qui, qui_id) WHERE qui_id IS NOT NULL;
