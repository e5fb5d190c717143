-- ---------------------------------------------------------------------- 5. school life (lesson/), continued

-- What the teacher notes of a pupil in a lesson.
ALTER TABLE appel_eleve ADD COLUMN remarque TEXT NOT NULL DEFAULT '';

-- What a roll call said of a pupil before it was corrected.
CREATE TABLE appel_correction (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  appel      INTEGER NOT NULL REFERENCES appel ON DELETE CASCADE,
  eleve      INTEGER NOT NULL REFERENCES eleve ON DELETE CASCADE,
  de         TEXT NOT NULL, de_minutes INTEGER NOT NULL,
  a          TEXT NOT NULL, a_minutes  INTEGER NOT NULL,
  le         INTEGER NOT NULL,
  par        TEXT NOT NULL
) STRICT;
CREATE INDEX appel_correction_appel ON appel_correction (appel, id);
CREATE INDEX appel_correction_eleve ON appel_correction (eleve);

-- One change of a lesson a day.
CREATE UNIQUE INDEX deplacement_cours ON deplacement (annee, cours, du);
