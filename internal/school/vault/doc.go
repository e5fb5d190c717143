// Package vault is a school's nominative store: one encrypted SQLite file that holds all its
// school years, can be handed over, backed up or destroyed as one, and never shows half of an
// import.
//
// # The schema
//
// migrations/*.sql describes it table by table; read it first. Identifiers are French, like the
// words of the files. It has these parts:
//
//	0 the vault      coffre, reglage (settings by name)
//	1 sources        import, defaut, src_<kind> (rows as read), note (what was not decided)
//	2 people         eleve, scolarite, eleve_option, eleve_groupe, passage, identifiant,
//	                 personne, lien, personnel, affectation, discipline, prof_principal
//	3 structures     etablissement, division(_mef), groupe(_division, _mef), mef, matiere,
//	                 programme, service, service_enseignant, service_exclu
//	4 timetable      salle, alternance(_semaine), cours(_division, _groupe, _enseignant, _salle),
//	                 annee_scolaire, periode, fermeture
//	5 school life    deplacement, appel, appel_eleve, appel_correction, absence,
//	                 demi_journee, retard                                     (lesson/)
//	6 connections    connexion
//	7 findings       constat, constat_vie, controle, rapprochement, doublon      (rule/, board/)
//	8 the board      etape, depot(_fichier, _morceau)                                  (board/)
//	9 accounts       compte, lot, code_activation, lettre, modele                  (directory/)
//	10 what leaves   envoi, envoi_part, contestation                                   (tally/)
//	11 person files  dossier_genre, dossier_personne, dossier_import (_morceau, _tranche,
//	                 _defaut), dossier_code, dossier_correspondance, dossier_depot (_morceau), dos_<kind>
//	12 coherence     coherence_constat (_pas), coherence_controle                    (coherence/)
//
// Conventions: annee is the first year of the school year; dates are TEXT 'YYYY-MM-DD' of the
// school's calendar, empty when unknown; instants are INTEGER microseconds UTC (Micros, Instant);
// 0/1 columns are NULL when no source tells; minutes count from midnight, local. People are named
// by a sort and a local id: qui ('eleve', 'personne', 'personnel') and qui_id.
//
// # Rows as read, and what is made of them
//
// An import writes the rows of a file to src_<kind> (columns _annee, _import, _ligne, then the
// fields of record.Kind: NULL absent, an empty text: said to be empty), instead of those that the same format had given
// for the year, then makes the consolidated tables of parts 2 to 4 again, in one transaction.
// Checks compare sources in src_*, since consolidation has already chosen between them; figures,
// letters and pages read the consolidated tables.
//
// Precedence: SIECLE > ONDE > AAF > EDT > tables of an ENT for pupils and guardians, STS > AAF > ONDE > ENT for staff,
// STS > SIECLE > EDT > AAF > ONDE for divisions and groups, EDT or UDT > emp_sts for lessons.
//
// Local ids (eleve.id, personne.id, personnel.id) last: they survive a changed INE, ELEVE_ID or
// PERSONNE_ID, and rows of people are never deleted but by ErasePerson and Purge. A pupil who is
// no longer in the file of its source keeps a row of scolarite with present = 0.
//
// A file of changes (AAF delta) completes, replaces or removes rows by key. The academy's
// directory names the people of many schools: EtabEducNat tells which is ours, Eleve which
// guardians are, and rows of others never become final. Logs of connections add to connexion, with
// people instead of identifiers, and users who are nobody's as a keyed hash.
//
// Names that two sources write differently are resolved by a confirmed rapprochement, else by the
// same code, else by Code. What stays unknown is a note; a teacher or a group that the timetable alone
// knows gets a row of its own, so that its roll can be called; an unknown division does not.
//
// # Ways in
//
// Read runs a function in a snapshot, Write in a transaction of its own; both hand a *Tx, whose
// statements are those of SQLite. Import and Rehearse take files of one year and tell the Changes;
// Tx.Source reads rows as files had them; Tx.Consolidate makes a year again. Locate, ExportPerson,
// ErasePerson and Purge are the rights of people. Backup, HandOver, Restore and Destroy are for the
// file as a whole.
//
// Later migrations add tables: name them in rights.go when they can name someone. A test fails
// otherwise.
package vault
