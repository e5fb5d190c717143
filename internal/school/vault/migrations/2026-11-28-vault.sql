-- The schema of a vault, table by table. Conventions (also in doc.go):
--   annee      first year of the school year: 2026 is 2026-2027
--   dates      TEXT 'YYYY-MM-DD', '' when unknown; local to the school
--   instants   INTEGER, microseconds of Unix time, UTC (columns le, cree, vu, … as said)
--   0/1        INTEGER; NULL when no source tells
--   codes      TEXT as the source writes them; cle is the form they are compared by:
--              Fold for names of people, Code for codes of structures, rooms and subjects
--   source     who owns the row: siecle, sts, edt, udt, aaf, onde, ent, or saisie (typed here)
--   qui        sort of person: 'eleve', 'personne' (guardian), 'personnel' (staff); with its local id
-- Rows of consolidated tables are written by consolidate alone (after each import); tables of
-- events, findings, accounts and so on belong to the package that is named with them.

-- ---------------------------------------------------------------------- 0. the vault itself

-- What this file is. One row.
CREATE TABLE coffre (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  uai  TEXT NOT NULL,
  cree INTEGER NOT NULL
) STRICT;

-- Settings of the school (hours of the half-days, models, thresholds…), by name.
CREATE TABLE reglage (
  nom    TEXT PRIMARY KEY,
  valeur TEXT NOT NULL,             -- text or JSON: whoever owns the name knows
  le     INTEGER NOT NULL,
  par    TEXT NOT NULL              -- account that wrote it, '' for the program
) STRICT;

-- ---------------------------------------------------------------------- 1. sources

-- Imports, also those replaced since. Rows as read lie in tables src_<kind>, made from
-- record.Kind at the first import: columns _annee, _import, _ligne, then the fields (NULL: the
-- file says nothing of it; '': said to be empty).
CREATE TABLE import (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  annee    INTEGER NOT NULL,
  format   TEXT NOT NULL,           -- record.Format.Code: siecle_eleves, sts_emp, edt_cours…
  genres   TEXT NOT NULL,           -- JSON array: kinds that the format yields, the main one first
  source   TEXT NOT NULL,
  version  TEXT NOT NULL,
  exporte  INTEGER,                 -- instant of export, NULL when the file does not say
  delta    INTEGER NOT NULL,        -- 1: changes to what that format gave before
  sha256   TEXT NOT NULL,           -- hex, of the file as received
  fichier  TEXT NOT NULL,           -- its name, for people
  le       INTEGER NOT NULL,
  par      TEXT NOT NULL,
  lignes   INTEGER NOT NULL,        -- records kept
  defauts  INTEGER NOT NULL,        -- faults of the file, listed in defaut up to a limit
  remplace INTEGER                  -- import that replaced it; NULL: its rows are there
) STRICT;
CREATE INDEX import_annee ON import (annee, format, id);

-- Defects of files that left the rest readable.
CREATE TABLE defaut (
  import   INTEGER NOT NULL REFERENCES import ON DELETE CASCADE,
  rang     INTEGER NOT NULL,
  dans     TEXT NOT NULL,           -- member of an archive, or ''
  ligne    INTEGER NOT NULL,
  colonne  INTEGER NOT NULL,
  champ    TEXT NOT NULL,
  valeur   TEXT NOT NULL,
  regle    TEXT NOT NULL,
  gravite  TEXT NOT NULL,           -- belvedere.Severity
  message  TEXT NOT NULL,           -- French
  remede   TEXT NOT NULL,           -- French: what to do
  PRIMARY KEY (import, rang)
) STRICT, WITHOUT ROWID;

-- Kinds met, so that a new version of a reader adds its columns.
CREATE TABLE source_table (
  nom    TEXT PRIMARY KEY,          -- kind: the table is src_<nom>
  champs TEXT NOT NULL,             -- JSON array, in the order of creation
  cle    TEXT NOT NULL              -- JSON array
) STRICT;

-- What the consolidation could not decide: an ambiguous match that made a new key, a name of the
-- timetable that nobody bears. Rewritten at each consolidation of the year.
CREATE TABLE note (
  id      INTEGER PRIMARY KEY,
  annee   INTEGER NOT NULL,
  sorte   TEXT NOT NULL,            -- 'eleve_ambigu', 'personne_ambigue', 'personnel_ambigu', 'division_inconnue', 'enseignant_inconnu', 'lien_orphelin', …
  qui     TEXT NOT NULL,            -- sort of person, '' when none
  qui_id  INTEGER,
  valeur  TEXT NOT NULL,            -- what the source says
  message TEXT NOT NULL             -- French
) STRICT;
CREATE INDEX note_annee ON note (annee, sorte);

-- ---------------------------------------------------------------------- 2. people

-- Pupils, whatever the year. id is local and lasts: it survives a changed INE or ELEVE_ID.
CREATE TABLE eleve (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  nom         TEXT NOT NULL,
  prenom      TEXT NOT NULL,
  prenom2     TEXT NOT NULL DEFAULT '',
  nom_usage   TEXT NOT NULL DEFAULT '',
  naissance   TEXT NOT NULL DEFAULT '',
  sexe        TEXT NOT NULL DEFAULT '',    -- M, F or ''
  ine         TEXT NOT NULL DEFAULT '',    -- RNIE, else BEA, else ID_NATIONAL
  mel         TEXT NOT NULL DEFAULT '',
  adresse1    TEXT NOT NULL DEFAULT '', adresse2 TEXT NOT NULL DEFAULT '',
  adresse3    TEXT NOT NULL DEFAULT '', adresse4 TEXT NOT NULL DEFAULT '',
  code_postal TEXT NOT NULL DEFAULT '', commune  TEXT NOT NULL DEFAULT '', pays TEXT NOT NULL DEFAULT '',
  cle         TEXT NOT NULL,               -- Fold(nom) | Fold(prenom) | naissance
  source      TEXT NOT NULL,
  cree        INTEGER NOT NULL,            -- instant of the import that brought him
  vu          INTEGER NOT NULL             -- instant of the last import that still had him
) STRICT;
CREATE INDEX eleve_cle ON eleve (cle);
CREATE INDEX eleve_ine ON eleve (ine) WHERE ine <> '';

-- A pupil in a school year.
CREATE TABLE scolarite (
  annee        INTEGER NOT NULL,
  eleve        INTEGER NOT NULL REFERENCES eleve ON DELETE CASCADE,
  eleve_id     TEXT NOT NULL DEFAULT '',   -- of SIECLE (or ENTEleveStructRattachId of AAF)
  elenoet      TEXT NOT NULL DEFAULT '',
  mef          TEXT NOT NULL DEFAULT '',
  niveau       TEXT NOT NULL DEFAULT '',   -- code of catalog/codes/niveaux.yaml, '' when unknown
  division     TEXT NOT NULL DEFAULT '',   -- code; the first by ascending code when there are several
  divisions    INTEGER NOT NULL DEFAULT 0, -- how many the source gives
  regime       TEXT NOT NULL DEFAULT '',   -- as the source says
  pension      TEXT NOT NULL DEFAULT '',   -- externe, demi_pension, internat, interne_externe, demi_pension_ailleurs, ''
  statut       TEXT NOT NULL DEFAULT '',   -- ST, AP…
  doublement   INTEGER,
  transport    INTEGER,
  hors_secteur INTEGER,                    -- no file of the ministry says it: typed or by form
  entree       TEXT NOT NULL DEFAULT '',
  sortie       TEXT NOT NULL DEFAULT '',
  motif        TEXT NOT NULL DEFAULT '',   -- code of the reason of exit
  provenance   TEXT NOT NULL DEFAULT '',
  present      INTEGER NOT NULL,           -- 1: in the last file of the source; 0: gone from it
  scolarise    INTEGER NOT NULL,           -- official rule: in the file, MEF, division, no exit date
  source       TEXT NOT NULL,
  ligne        INTEGER NOT NULL DEFAULT 0, -- in the file of the source
  import       INTEGER NOT NULL,           -- that it comes from
  PRIMARY KEY (annee, eleve)
) STRICT, WITHOUT ROWID;
CREATE INDEX scolarite_eleve ON scolarite (eleve);
CREATE INDEX scolarite_division ON scolarite (annee, division);
CREATE INDEX scolarite_id ON scolarite (annee, eleve_id);

-- Options that a pupil takes.
CREATE TABLE eleve_option (
  annee    INTEGER NOT NULL,
  eleve    INTEGER NOT NULL REFERENCES eleve ON DELETE CASCADE,
  rang     INTEGER NOT NULL,
  matiere  TEXT NOT NULL,                  -- 6-digit code
  modalite TEXT NOT NULL,                  -- O, F, N, X, L, R
  PRIMARY KEY (annee, eleve, rang)
) STRICT, WITHOUT ROWID;
CREATE INDEX eleve_option_eleve ON eleve_option (eleve);

-- Groups that a pupil belongs to.
CREATE TABLE eleve_groupe (
  annee  INTEGER NOT NULL,
  eleve  INTEGER NOT NULL REFERENCES eleve ON DELETE CASCADE,
  groupe TEXT NOT NULL,                    -- code
  source TEXT NOT NULL,
  PRIMARY KEY (annee, groupe, eleve)
) STRICT, WITHOUT ROWID;
CREATE INDEX eleve_groupe_eleve ON eleve_groupe (eleve, annee);

-- History of entries, exits and changes of division, as successive imports tell it.
CREATE TABLE passage (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  annee       INTEGER NOT NULL,
  eleve       INTEGER NOT NULL REFERENCES eleve ON DELETE CASCADE,
  sorte       TEXT NOT NULL,               -- arrivee, division, sortie, disparition (gone from the file), retour
  de_division TEXT NOT NULL,
  a_division  TEXT NOT NULL,
  le          TEXT NOT NULL,               -- date: of entry or exit when the source says it, else of the export or import
  vu          INTEGER NOT NULL,            -- instant of the import
  import      INTEGER NOT NULL
) STRICT;
CREATE INDEX passage_eleve ON passage (eleve, annee, id);
CREATE INDEX passage_annee ON passage (annee, le);

-- Identifiers that people bear and bore; jusque NULL: still.
CREATE TABLE identifiant (
  qui    TEXT NOT NULL,
  qui_id INTEGER NOT NULL,
  sorte  TEXT NOT NULL,                    -- eleve_id, ine, elenoet, personne_id, sts_epp, sts_local, aaf (ENTPersonJointure), ent (externalid)
  valeur TEXT NOT NULL,
  depuis INTEGER NOT NULL,                 -- instant of the import
  jusque INTEGER,
  PRIMARY KEY (qui, sorte, valeur, qui_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX identifiant_qui ON identifiant (qui, qui_id);

-- Guardians. id is local and lasts: it survives a changed PERSONNE_ID.
CREATE TABLE personne (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  personne_id  TEXT NOT NULL DEFAULT '',   -- current one, of SIECLE
  civilite     TEXT NOT NULL DEFAULT '',   -- M. or Mme
  nom          TEXT NOT NULL,
  nom_usage    TEXT NOT NULL DEFAULT '',
  prenom       TEXT NOT NULL,
  tel_perso    TEXT NOT NULL DEFAULT '', tel_portable TEXT NOT NULL DEFAULT '', tel_pro TEXT NOT NULL DEFAULT '',
  mel          TEXT NOT NULL DEFAULT '',
  sms          INTEGER,
  adresse_id   TEXT NOT NULL DEFAULT '',   -- ADRESSE_ID of SIECLE
  adresse1     TEXT NOT NULL DEFAULT '', adresse2 TEXT NOT NULL DEFAULT '',
  adresse3     TEXT NOT NULL DEFAULT '', adresse4 TEXT NOT NULL DEFAULT '',
  code_postal  TEXT NOT NULL DEFAULT '', commune  TEXT NOT NULL DEFAULT '', pays TEXT NOT NULL DEFAULT '',
  cle          TEXT NOT NULL,              -- Fold(nom) | Fold(prenom)
  cle_adresse  TEXT NOT NULL DEFAULT '',   -- folded address, '' without one
  source       TEXT NOT NULL,
  present      INTEGER NOT NULL,           -- 1: in the last file of the source
  cree         INTEGER NOT NULL,
  vu           INTEGER NOT NULL
) STRICT;
CREATE INDEX personne_cle ON personne (cle);

-- Who answers for whom, in a school year.
CREATE TABLE lien (
  annee    INTEGER NOT NULL,
  eleve    INTEGER NOT NULL REFERENCES eleve ON DELETE CASCADE,
  personne INTEGER NOT NULL REFERENCES personne ON DELETE CASCADE,
  parente  TEXT NOT NULL,                  -- 2-character code (10 mère, 20 père, 50 tuteur, 70 élève lui-même…), '' unknown
  niveau   INTEGER NOT NULL,               -- 1 legal, 2 in charge, 3 contact, 0 unknown
  payeur   INTEGER,
  contact  INTEGER,                        -- to be called first
  heberge  INTEGER,
  source   TEXT NOT NULL,
  PRIMARY KEY (annee, eleve, personne)
) STRICT, WITHOUT ROWID;
CREATE INDEX lien_personne ON lien (personne, annee);
CREATE INDEX lien_eleve ON lien (eleve);

-- Staff, whatever the year. id is local and lasts.
CREATE TABLE personnel (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  type       TEXT NOT NULL DEFAULT '',     -- epp or local (STS), '' otherwise
  sts_id     TEXT NOT NULL DEFAULT '',     -- unique with its type only
  civilite   TEXT NOT NULL DEFAULT '',
  nom        TEXT NOT NULL,                -- name in use
  nom_patronymique TEXT NOT NULL DEFAULT '',
  prenom     TEXT NOT NULL,
  naissance  TEXT NOT NULL DEFAULT '',
  sexe       TEXT NOT NULL DEFAULT '',
  mel        TEXT NOT NULL DEFAULT '',
  cle        TEXT NOT NULL,                -- Fold(nom) | Fold(prenom)
  source     TEXT NOT NULL,
  cree       INTEGER NOT NULL,
  vu         INTEGER NOT NULL
) STRICT;
CREATE INDEX personnel_cle ON personnel (cle);

-- Staff in a school year.
CREATE TABLE affectation (
  annee      INTEGER NOT NULL,
  personnel  INTEGER NOT NULL REFERENCES personnel ON DELETE CASCADE,
  fonction   TEXT NOT NULL DEFAULT '',     -- ENS, DIR, DOC, EDU, AED…
  grade      TEXT NOT NULL DEFAULT '',
  enseignant INTEGER NOT NULL,             -- 1: function ENS, or teaches a service or lesson
  categorie  TEXT NOT NULL DEFAULT '',     -- profile of the territory: enseignants, vie_scolaire, administratifs, accompagnants, personnels
  source     TEXT NOT NULL,
  ligne      INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (annee, personnel)
) STRICT, WITHOUT ROWID;
CREATE INDEX affectation_personnel ON affectation (personnel);

-- Disciplines of a member of staff, with hours due.
CREATE TABLE discipline (
  annee     INTEGER NOT NULL,
  personnel INTEGER NOT NULL REFERENCES personnel ON DELETE CASCADE,
  code      TEXT NOT NULL,
  libelle   TEXT NOT NULL,
  heures    REAL,
  PRIMARY KEY (annee, personnel, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX discipline_personnel ON discipline (personnel);

-- Head teachers.
CREATE TABLE prof_principal (
  annee     INTEGER NOT NULL,
  division  TEXT NOT NULL,
  personnel INTEGER NOT NULL REFERENCES personnel ON DELETE CASCADE,
  PRIMARY KEY (annee, division, personnel)
) STRICT, WITHOUT ROWID;
CREATE INDEX prof_principal_personnel ON prof_principal (personnel);

-- ---------------------------------------------------------------------- 3. the school and its structures

-- The school as its files name it, without the name of its head.
CREATE TABLE etablissement (
  annee        INTEGER PRIMARY KEY,
  uai          TEXT NOT NULL,
  sigle        TEXT NOT NULL DEFAULT '',
  denomination TEXT NOT NULL DEFAULT '',
  complement   TEXT NOT NULL DEFAULT '',
  type         TEXT NOT NULL DEFAULT '',
  secteur      TEXT NOT NULL DEFAULT '',   -- PU, PR
  academie     TEXT NOT NULL DEFAULT '',
  adresse      TEXT NOT NULL DEFAULT '',
  code_postal  TEXT NOT NULL DEFAULT '',
  commune      TEXT NOT NULL DEFAULT '',
  telephone    TEXT NOT NULL DEFAULT '',
  source       TEXT NOT NULL
) STRICT;

CREATE TABLE division (
  annee            INTEGER NOT NULL,
  code             TEXT NOT NULL,
  cle              TEXT NOT NULL,          -- Code(code)
  libelle          TEXT NOT NULL DEFAULT '',
  niveau           TEXT NOT NULL DEFAULT '', -- of its MEF, else of its pupils, else of its label
  effectif_prevu   INTEGER,
  effectif_calcule INTEGER,                -- as STS declares
  source           TEXT NOT NULL,          -- sts, siecle, edt, aaf, onde
  ligne            INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (annee, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX division_cle ON division (annee, cle);

CREATE TABLE division_mef (
  annee    INTEGER NOT NULL,
  division TEXT NOT NULL,
  mef      TEXT NOT NULL,
  effectif_prevu INTEGER, effectif_calcule INTEGER,
  PRIMARY KEY (annee, division, mef)
) STRICT, WITHOUT ROWID;

CREATE TABLE groupe (
  annee            INTEGER NOT NULL,
  code             TEXT NOT NULL,
  cle              TEXT NOT NULL,
  libelle          TEXT NOT NULL DEFAULT '',
  effectif_prevu   INTEGER,
  effectif_calcule INTEGER,
  effectif_max     INTEGER,
  source           TEXT NOT NULL,
  ligne            INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (annee, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX groupe_cle ON groupe (annee, cle);

-- Divisions that a group draws from: one is a split, several a regrouping.
CREATE TABLE groupe_division (
  annee    INTEGER NOT NULL,
  groupe   TEXT NOT NULL,
  division TEXT NOT NULL,
  PRIMARY KEY (annee, groupe, division)
) STRICT, WITHOUT ROWID;

CREATE TABLE groupe_mef (
  annee  INTEGER NOT NULL,
  groupe TEXT NOT NULL,
  mef    TEXT NOT NULL,
  PRIMARY KEY (annee, groupe, mef)
) STRICT, WITHOUT ROWID;

CREATE TABLE mef (
  annee        INTEGER NOT NULL,
  code         TEXT NOT NULL,              -- 11 digits
  libelle      TEXT NOT NULL DEFAULT '',
  formation    TEXT NOT NULL DEFAULT '',
  mefstat11    TEXT NOT NULL DEFAULT '',
  mefstat4     TEXT NOT NULL DEFAULT '',
  niveau       TEXT NOT NULL DEFAULT '',   -- code of the territory
  opt_oblig    INTEGER, opt_mini INTEGER,  -- NB_OPT_OBLIG, NB_OPT_MINI
  source       TEXT NOT NULL,
  PRIMARY KEY (annee, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE matiere (
  annee         INTEGER NOT NULL,
  code          TEXT NOT NULL,             -- 6 characters
  gestion       TEXT NOT NULL DEFAULT '',  -- CODE_GESTION: AGL1
  libelle_court TEXT NOT NULL DEFAULT '',
  libelle       TEXT NOT NULL DEFAULT '',
  nationale     TEXT NOT NULL DEFAULT '',  -- national code of an academic one
  source        TEXT NOT NULL,
  PRIMARY KEY (annee, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX matiere_gestion ON matiere (annee, gestion);

-- What a formation teaches.
CREATE TABLE programme (
  annee    INTEGER NOT NULL,
  mef      TEXT NOT NULL,
  matiere  TEXT NOT NULL,
  modalite TEXT NOT NULL,                  -- S, O, F…; '' when the source does not tell
  horaire  REAL,
  PRIMARY KEY (annee, mef, matiere, modalite)
) STRICT, WITHOUT ROWID;

-- A subject taught to a division or to a group (one of them is NULL).
CREATE TABLE service (
  id       INTEGER PRIMARY KEY,
  annee    INTEGER NOT NULL,
  division TEXT,
  groupe   TEXT,
  matiere  TEXT NOT NULL,
  modalite TEXT NOT NULL DEFAULT '',       -- CODE_MOD_COURS: CG, TP…
  heures   REAL,                           -- HEURES_STRUCTURE
  co_ens   INTEGER,
  exclu    INTEGER NOT NULL DEFAULT 0,     -- 1: left out by service_exclu
  source   TEXT NOT NULL,
  ligne    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX service_annee ON service (annee, division, groupe, matiere);

CREATE TABLE service_enseignant (
  service     INTEGER NOT NULL REFERENCES service ON DELETE CASCADE,
  personnel   INTEGER NOT NULL REFERENCES personnel ON DELETE CASCADE,
  heures      REAL,                        -- HEURES_AGENT, before weighting
  ponderation REAL,
  PRIMARY KEY (service, personnel)
) STRICT, WITHOUT ROWID;
CREATE INDEX service_enseignant_personnel ON service_enseignant (personnel);

-- Services that the school leaves out of imports until they are final. Written by board/.
CREATE TABLE service_exclu (
  annee     INTEGER NOT NULL,
  structure TEXT NOT NULL,                 -- Code of division or group
  matiere   TEXT NOT NULL,
  modalite  TEXT NOT NULL,                 -- '' : whatever it is
  le        INTEGER NOT NULL,
  par       TEXT NOT NULL,
  PRIMARY KEY (annee, structure, matiere, modalite)
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------------- 4. timetable and calendar

CREATE TABLE salle (
  annee        INTEGER NOT NULL,
  code         TEXT NOT NULL,
  cle          TEXT NOT NULL,
  groupe_salle TEXT NOT NULL DEFAULT '',
  localisation TEXT NOT NULL DEFAULT '',
  source       TEXT NOT NULL,
  PRIMARY KEY (annee, code)
) STRICT, WITHOUT ROWID;

-- Weeks of an alternance (A/B, Q1/Q2, H for each week). Without a row here, an alternance that
-- is not "each week" has unknown weeks.
CREATE TABLE alternance (
  annee   INTEGER NOT NULL,
  code    TEXT NOT NULL,
  libelle TEXT NOT NULL DEFAULT '',
  toutes  INTEGER NOT NULL,                -- 1: each week
  source  TEXT NOT NULL,
  PRIMARY KEY (annee, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE alternance_semaine (
  annee      INTEGER NOT NULL,
  alternance TEXT NOT NULL,
  lundi      TEXT NOT NULL,                -- date of the Monday
  PRIMARY KEY (annee, alternance, lundi)
) STRICT, WITHOUT ROWID;

-- Lessons of the week. id lasts as long as day, time, subject and audience stay the same.
CREATE TABLE cours (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  annee      INTEGER NOT NULL,
  numero     TEXT NOT NULL DEFAULT '',     -- of the source; co-taught lines bear the same
  jour       INTEGER,                      -- 1 Monday … 7 Sunday; NULL: not placed
  debut      INTEGER,                      -- minutes since midnight, local
  duree      INTEGER,                      -- minutes
  matiere    TEXT NOT NULL DEFAULT '',     -- code of matiere when it is known
  libelle    TEXT NOT NULL DEFAULT '',     -- of the subject as the timetable writes it
  alternance TEXT NOT NULL DEFAULT '',     -- code of alternance
  modalite   TEXT NOT NULL DEFAULT '',
  co_ens     INTEGER,
  effectif   INTEGER,
  cle        TEXT NOT NULL,
  source     TEXT NOT NULL,                -- edt, udt, sts (emp_sts)
  ligne      INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX cours_annee ON cours (annee, jour, debut);

CREATE TABLE cours_division (
  cours    INTEGER NOT NULL REFERENCES cours ON DELETE CASCADE,
  division TEXT NOT NULL,                  -- code of division when it is known, else as written
  PRIMARY KEY (cours, division)
) STRICT, WITHOUT ROWID;
CREATE INDEX cours_division_division ON cours_division (division);

CREATE TABLE cours_groupe (
  cours  INTEGER NOT NULL REFERENCES cours ON DELETE CASCADE,
  groupe TEXT NOT NULL,
  PRIMARY KEY (cours, groupe)
) STRICT, WITHOUT ROWID;
CREATE INDEX cours_groupe_groupe ON cours_groupe (groupe);

CREATE TABLE cours_enseignant (
  cours     INTEGER NOT NULL REFERENCES cours ON DELETE CASCADE,
  personnel INTEGER NOT NULL REFERENCES personnel ON DELETE CASCADE,
  PRIMARY KEY (cours, personnel)
) STRICT, WITHOUT ROWID;
CREATE INDEX cours_enseignant_personnel ON cours_enseignant (personnel);

CREATE TABLE cours_salle (
  cours INTEGER NOT NULL REFERENCES cours ON DELETE CASCADE,
  salle TEXT NOT NULL,
  PRIMARY KEY (cours, salle)
) STRICT, WITHOUT ROWID;
CREATE INDEX cours_salle_salle ON cours_salle (salle);

-- Dates of the school year.
CREATE TABLE annee_scolaire (
  annee        INTEGER PRIMARY KEY,
  debut_eleves TEXT NOT NULL DEFAULT '', fin_eleves TEXT NOT NULL DEFAULT '',
  debut_profs  TEXT NOT NULL DEFAULT '', fin_profs  TEXT NOT NULL DEFAULT '',
  source       TEXT NOT NULL
) STRICT;

-- Terms and other periods.
CREATE TABLE periode (
  annee   INTEGER NOT NULL,
  code    TEXT NOT NULL,
  type    TEXT NOT NULL DEFAULT '',
  libelle TEXT NOT NULL DEFAULT '',
  debut   TEXT NOT NULL, fin TEXT NOT NULL, -- both included
  source  TEXT NOT NULL,
  PRIMARY KEY (annee, type, code)
) STRICT, WITHOUT ROWID;

-- Holidays and other closures; rows with source 'saisie' are kept by imports.
CREATE TABLE fermeture (
  id      INTEGER PRIMARY KEY,
  annee   INTEGER NOT NULL,
  debut   TEXT NOT NULL, fin TEXT NOT NULL, -- both included
  libelle TEXT NOT NULL DEFAULT '',
  source  TEXT NOT NULL
) STRICT;
CREATE INDEX fermeture_annee ON fermeture (annee, debut);

-- ---------------------------------------------------------------------- 5. school life (lesson/)

-- A lesson moved or called off, one day.
CREATE TABLE deplacement (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  annee      INTEGER NOT NULL,
  cours      INTEGER NOT NULL,             -- id of cours, which may be gone since
  du         TEXT NOT NULL,                -- date on which it was to be
  au         TEXT NOT NULL,                -- date on which it is; '' : called off
  debut      INTEGER, duree INTEGER,       -- minutes; NULL: unchanged
  salle      TEXT NOT NULL DEFAULT '',     -- '' : unchanged
  personnel  INTEGER REFERENCES personnel ON DELETE SET NULL, -- replacing teacher
  motif      TEXT NOT NULL DEFAULT '',
  le         INTEGER NOT NULL,
  par        TEXT NOT NULL
) STRICT;
CREATE INDEX deplacement_jour ON deplacement (annee, du);
CREATE INDEX deplacement_vers ON deplacement (annee, au);

-- A roll call. It says by itself what the lesson was: the timetable changes after it.
CREATE TABLE appel (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  annee     INTEGER NOT NULL,
  jour      TEXT NOT NULL,                 -- date
  debut     INTEGER NOT NULL,              -- minutes since midnight, local
  duree     INTEGER NOT NULL,
  cours     INTEGER,                       -- id of cours at that time
  matiere   TEXT NOT NULL DEFAULT '',
  libelle   TEXT NOT NULL DEFAULT '',      -- of the subject
  structures TEXT NOT NULL DEFAULT '',     -- divisions and groups, for people: "6A, 6B"
  salle     TEXT NOT NULL DEFAULT '',
  personnel INTEGER REFERENCES personnel ON DELETE SET NULL,
  le        INTEGER NOT NULL,              -- when it was last saved
  par       TEXT NOT NULL,
  clos      INTEGER NOT NULL DEFAULT 0     -- 1: finished by the teacher
) STRICT;
CREATE UNIQUE INDEX appel_cours ON appel (annee, jour, cours) WHERE cours IS NOT NULL;
CREATE INDEX appel_jour ON appel (annee, jour, debut);

CREATE TABLE appel_eleve (
  appel   INTEGER NOT NULL REFERENCES appel ON DELETE CASCADE,
  eleve   INTEGER NOT NULL REFERENCES eleve ON DELETE CASCADE,
  etat    TEXT NOT NULL CHECK (etat IN ('present', 'absent', 'retard')),
  minutes INTEGER NOT NULL DEFAULT 0,      -- of lateness
  PRIMARY KEY (appel, eleve)
) STRICT, WITHOUT ROWID;
CREATE INDEX appel_eleve_eleve ON appel_eleve (eleve);

-- Absences: made of roll calls, typed by the staff, or imported. demi_journee is what counts.
CREATE TABLE absence (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  annee    INTEGER NOT NULL,
  eleve    INTEGER NOT NULL REFERENCES eleve ON DELETE CASCADE,
  jour     TEXT NOT NULL,                  -- date; an absence of several days is several rows
  debut    INTEGER NOT NULL, fin INTEGER NOT NULL, -- minutes since midnight
  origine  TEXT NOT NULL,                  -- appel, saisie, import
  motif    TEXT NOT NULL DEFAULT '',
  justifie INTEGER NOT NULL DEFAULT 0,
  le       INTEGER NOT NULL,
  par      TEXT NOT NULL
) STRICT;
CREATE INDEX absence_eleve ON absence (eleve, jour);
CREATE INDEX absence_jour ON absence (annee, jour);

-- Half-days of absence, computed by lesson/ from absences and timetable.
CREATE TABLE demi_journee (
  annee    INTEGER NOT NULL,
  eleve    INTEGER NOT NULL REFERENCES eleve ON DELETE CASCADE,
  jour     TEXT NOT NULL,
  moitie   TEXT NOT NULL CHECK (moitie IN ('matin', 'apres_midi')),
  justifie INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (annee, eleve, jour, moitie)
) STRICT, WITHOUT ROWID;
CREATE INDEX demi_journee_jour ON demi_journee (annee, jour);
CREATE INDEX demi_journee_eleve ON demi_journee (eleve);

CREATE TABLE retard (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  annee    INTEGER NOT NULL,
  eleve    INTEGER NOT NULL REFERENCES eleve ON DELETE CASCADE,
  jour     TEXT NOT NULL,
  debut    INTEGER NOT NULL,               -- minutes since midnight: of the lesson
  minutes  INTEGER NOT NULL,
  appel    INTEGER REFERENCES appel ON DELETE CASCADE, -- NULL: typed or imported
  origine  TEXT NOT NULL,
  motif    TEXT NOT NULL DEFAULT '',
  justifie INTEGER NOT NULL DEFAULT 0,
  le       INTEGER NOT NULL,
  par      TEXT NOT NULL
) STRICT;
CREATE INDEX retard_eleve ON retard (eleve, jour);
CREATE INDEX retard_jour ON retard (annee, jour);

-- ---------------------------------------------------------------------- 6. connections

-- Authenticated connections. Filled at import from the rows that logs yield.
CREATE TABLE connexion (
  id      INTEGER PRIMARY KEY,
  annee   INTEGER NOT NULL,
  instant INTEGER NOT NULL,                -- UTC, microseconds
  jour    TEXT NOT NULL,                   -- date and hour in the time zone of the school
  heure   INTEGER NOT NULL,
  qui     TEXT NOT NULL,                   -- 'eleve', 'personne', 'personnel', or 'externe': nobody here bears that name
  qui_id  INTEGER,
  usager  TEXT NOT NULL,                   -- keyed hash of the identifier in the log: tells users apart, names nobody
  profil  TEXT NOT NULL,                   -- code of catalog: eleves, responsables, enseignants…; '' unknown
  support TEXT NOT NULL,                   -- logiciel, web, web_mobile, application; '' unknown
  ent     INTEGER,                         -- through the ENT
  import  INTEGER NOT NULL
) STRICT;
CREATE INDEX connexion_jour ON connexion (annee, jour, heure);
CREATE INDEX connexion_qui ON connexion (qui, qui_id);
CREATE INDEX connexion_import ON connexion (import);
-- The same connection brought by two logs that overlap is one.
CREATE UNIQUE INDEX connexion_unique ON connexion (annee, instant, usager, support, ifnull(ent, -1));

-- ---------------------------------------------------------------------- 7. findings (rule/, board/)

-- A contradiction or defect; it lives as long as its key (regle, cle) comes back.
CREATE TABLE constat (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  annee     INTEGER NOT NULL,
  regle     TEXT NOT NULL,                 -- code of the check
  cle       TEXT NOT NULL,                 -- what it is about, stable from one run to the next
  gravite   TEXT NOT NULL CHECK (gravite IN ('bloquant', 'avertissement')),
  etat      TEXT NOT NULL CHECK (etat IN ('ouvert', 'corrige', 'accepte', 'revenu')),
  message   TEXT NOT NULL,                 -- French
  qui       TEXT NOT NULL DEFAULT '',      -- person that it is about, if any
  qui_id    INTEGER,
  avec      TEXT NOT NULL DEFAULT '',      -- second person that it names, if any
  avec_id   INTEGER,
  structure TEXT NOT NULL DEFAULT '',      -- division or group, if any
  source_a  TEXT NOT NULL DEFAULT '', import_a INTEGER, ligne_a INTEGER, champ_a TEXT NOT NULL DEFAULT '', valeur_a TEXT NOT NULL DEFAULT '',
  source_b  TEXT NOT NULL DEFAULT '', import_b INTEGER, ligne_b INTEGER, champ_b TEXT NOT NULL DEFAULT '', valeur_b TEXT NOT NULL DEFAULT '',
  outil     TEXT NOT NULL DEFAULT '',      -- where to mend it: SIECLE, STS-Web, EDT…
  remede    TEXT NOT NULL DEFAULT '',      -- French: what to do there
  vu        INTEGER NOT NULL,              -- first time
  revu      INTEGER NOT NULL,              -- last run that found it
  UNIQUE (annee, regle, cle)
) STRICT;
CREATE INDEX constat_etat ON constat (annee, etat, gravite);
CREATE INDEX constat_qui ON constat (qui, qui_id);
CREATE INDEX constat_avec ON constat (avec, avec_id) WHERE avec <> '';

-- Its life.
CREATE TABLE constat_vie (
  constat INTEGER NOT NULL REFERENCES constat ON DELETE CASCADE,
  rang    INTEGER NOT NULL,
  de      TEXT NOT NULL,
  a       TEXT NOT NULL,
  motif   TEXT NOT NULL DEFAULT '',
  le      INTEGER NOT NULL,
  par     TEXT NOT NULL,                   -- '' : the checks
  PRIMARY KEY (constat, rang)
) STRICT, WITHOUT ROWID;

-- Runs of the checks.
CREATE TABLE controle (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  annee          INTEGER NOT NULL,
  le             INTEGER NOT NULL,
  par            TEXT NOT NULL,
  imports        TEXT NOT NULL,            -- JSON: ids of the imports that were checked
  bloquants      INTEGER NOT NULL,
  avertissements INTEGER NOT NULL
) STRICT;
CREATE INDEX controle_annee ON controle (annee, id);

-- Names that two sources write differently: proposed by similarity, confirmed once, used by
-- every consolidation. annee 0: holds for all years.
CREATE TABLE rapprochement (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  annee    INTEGER NOT NULL DEFAULT 0,
  sorte    TEXT NOT NULL CHECK (sorte IN ('division', 'groupe', 'enseignant', 'matiere', 'mef', 'option', 'salle')),
  source   TEXT NOT NULL,                  -- that writes valeur: edt, udt, siecle…
  valeur   TEXT NOT NULL,                  -- as written: "6 B"; "LE GOFF Helene" for a teacher (nom, a space, prénom)
  cible    TEXT NOT NULL,                  -- code of the structure, subject, MEF or room; id of personnel for a teacher; '' : nobody
  score    REAL NOT NULL DEFAULT 0,        -- of the similarity, 0 to 1
  etat     TEXT NOT NULL CHECK (etat IN ('propose', 'confirme', 'refuse')),
  le       INTEGER NOT NULL,
  par      TEXT NOT NULL,
  UNIQUE (annee, sorte, source, valeur, cible)
) STRICT;
CREATE INDEX rapprochement_valeur ON rapprochement (sorte, source, valeur);

-- Pairs of guardians who may be one, graded.
CREATE TABLE doublon (
  a         INTEGER NOT NULL REFERENCES personne ON DELETE CASCADE,
  b         INTEGER NOT NULL REFERENCES personne ON DELETE CASCADE,
  certitude TEXT NOT NULL CHECK (certitude IN ('certain', 'probable', 'possible')),
  indices   TEXT NOT NULL DEFAULT '',      -- JSON array: adresse, telephone, mel, enfant
  etat      TEXT NOT NULL CHECK (etat IN ('propose', 'fusionne', 'distinct')), -- fusionne: one for mailing
  le        INTEGER NOT NULL,
  par       TEXT NOT NULL,
  PRIMARY KEY (a, b),
  CHECK (a < b)
) STRICT, WITHOUT ROWID;
CREATE INDEX doublon_b ON doublon (b);

-- ---------------------------------------------------------------------- 8. the board (board/)

-- Steps of the year that someone declared done, waived or to be done again.
CREATE TABLE etape (
  annee INTEGER NOT NULL,
  code  TEXT NOT NULL,
  etat  TEXT NOT NULL CHECK (etat IN ('a_faire', 'faite', 'dispensee')),
  motif TEXT NOT NULL DEFAULT '',
  le    INTEGER NOT NULL,
  par   TEXT NOT NULL,
  PRIMARY KEY (annee, code)
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------------- 9. accounts and letters (directory/)

-- Accounts of people, one each.
CREATE TABLE compte (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  qui         TEXT NOT NULL,
  qui_id      INTEGER NOT NULL,
  identifiant TEXT NOT NULL UNIQUE,        -- what the person types
  profil      TEXT NOT NULL,               -- code of catalog: eleves, responsables…
  etat        TEXT NOT NULL CHECK (etat IN ('prepare', 'ouvert', 'ferme')),
  cree        INTEGER NOT NULL,
  ouvert      INTEGER,                     -- instant of activation
  ferme       INTEGER,
  UNIQUE (qui, qui_id)
) STRICT;

-- Runs of letters.
CREATE TABLE lot (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  annee    INTEGER NOT NULL,
  division TEXT NOT NULL DEFAULT '',       -- '' : several
  profil   TEXT NOT NULL,
  modele   TEXT NOT NULL,
  langues  TEXT NOT NULL DEFAULT 'fr',     -- "fr" or "fr,en"
  derogation TEXT NOT NULL DEFAULT '',     -- reason given when blocking findings were waived
  le       INTEGER NOT NULL,
  par      TEXT NOT NULL
) STRICT;

-- Single-use activation codes: the hash alone is kept.
CREATE TABLE code_activation (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  compte    INTEGER NOT NULL REFERENCES compte ON DELETE CASCADE,
  empreinte TEXT NOT NULL UNIQUE,
  emis      INTEGER NOT NULL,
  expire    INTEGER NOT NULL,
  utilise   INTEGER,                       -- instant
  annule    INTEGER                        -- instant: replaced by another
) STRICT;
CREATE INDEX code_activation_compte ON code_activation (compte);

-- Letters of a run, in the order of handing out, with their tick.
CREATE TABLE lettre (
  lot      INTEGER NOT NULL REFERENCES lot ON DELETE CASCADE,
  rang     INTEGER NOT NULL,
  division TEXT NOT NULL DEFAULT '',
  eleve    INTEGER REFERENCES eleve ON DELETE CASCADE, -- whose hand it goes through; NULL for staff
  qui      TEXT NOT NULL,
  qui_id   INTEGER NOT NULL,               -- addressee
  code     INTEGER REFERENCES code_activation ON DELETE SET NULL,
  remise   INTEGER,                        -- instant of the tick
  remise_par TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (lot, rang)
) STRICT, WITHOUT ROWID;
CREATE INDEX lettre_qui ON lettre (qui, qui_id);
CREATE INDEX lettre_eleve ON lettre (eleve);
CREATE INDEX lettre_code ON lettre (code);

-- Models of letters that the school changed.
CREATE TABLE modele (
  code   TEXT NOT NULL,
  langue TEXT NOT NULL,
  objet  TEXT NOT NULL,
  corps  TEXT NOT NULL,
  le     INTEGER NOT NULL,
  par    TEXT NOT NULL,
  PRIMARY KEY (code, langue)
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------------- 10. what leaves (tally/)

-- Deliveries of counts, also the queue: those to be sent wait here, whatever restarts.
CREATE TABLE envoi (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  annee      INTEGER NOT NULL,
  jeu        TEXT NOT NULL,                -- dataset
  tranche    TEXT NOT NULL,                -- slice: "2026-11-14", "2026-11"
  vers       TEXT NOT NULL DEFAULT '',     -- address of the territory; '' : the local one
  cle        TEXT NOT NULL UNIQUE,         -- id of the delivery: the same again is the same
  contenu    BLOB NOT NULL,                -- CSV, counts only
  sha256     TEXT NOT NULL,
  etat       TEXT NOT NULL CHECK (etat IN ('attente', 'envoye', 'publie', 'refuse', 'abandonne')),
  essais     INTEGER NOT NULL DEFAULT 0,
  prochain   INTEGER,                      -- instant of the next try
  reponse    TEXT NOT NULL DEFAULT '',     -- of the territory, for people
  le         INTEGER NOT NULL,             -- made
  envoye     INTEGER,                      -- acknowledged
  par        TEXT NOT NULL
) STRICT;
CREATE INDEX envoi_etat ON envoi (etat, prochain);
CREATE INDEX envoi_jeu ON envoi (jeu, tranche, id);

-- Figures that the head contests: the note travels with the figure.
CREATE TABLE contestation (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  annee      INTEGER NOT NULL,
  jeu        TEXT NOT NULL,
  tranche    TEXT NOT NULL,
  cellule    TEXT NOT NULL,                -- JSON: dimensions and measure
  valeur     TEXT NOT NULL,                -- as it left
  message    TEXT NOT NULL,
  etat       TEXT NOT NULL CHECK (etat IN ('ouverte', 'levee')),
  le         INTEGER NOT NULL,
  par        TEXT NOT NULL,
  levee      INTEGER,
  levee_par  TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX contestation_tranche ON contestation (jeu, tranche);
