package vault_test

import "testing"

func TestConstructed(t *testing.T) {
	v := open(t, t.TempDir())
	out := load(t, v, constructed(t)...)
	t.Logf("%+v", out.Changes)
	for _, q := range []string{
		"SELECT e.id, e.nom, e.prenom, e.naissance, e.sexe, e.ine, s.eleve_id, s.mef, s.niveau, s.division, s.divisions, s.regime, s.pension, s.entree, s.sortie, s.scolarise FROM scolarite s JOIN eleve e ON e.id = s.eleve ORDER BY s.eleve_id",
		"SELECT eleve, sorte, de_division, a_division, le FROM passage",
		"SELECT id, personne_id, civilite, nom, prenom, tel_portable, adresse_id, cle_adresse FROM personne",
		"SELECT eleve, personne, parente, niveau, payeur, contact, heberge FROM lien",
		"SELECT p.id, p.type, p.sts_id, p.civilite, p.nom, p.prenom, a.fonction, a.enseignant, a.categorie, a.source FROM affectation a JOIN personnel p ON p.id = a.personnel",
		"SELECT code, cle, libelle, niveau, effectif_calcule, source FROM division",
		"SELECT code, libelle, effectif_calcule, source FROM groupe",
		"SELECT groupe, division FROM groupe_division",
		"SELECT eleve, groupe FROM eleve_groupe",
		"SELECT eleve, rang, matiere, modalite FROM eleve_option",
		"SELECT id, division, groupe, matiere, modalite, heures, exclu FROM service",
		"SELECT service, personnel, heures FROM service_enseignant",
		"SELECT id, numero, jour, debut, duree, matiere, libelle, alternance FROM cours",
		"SELECT cours, division FROM cours_division", "SELECT cours, groupe FROM cours_groupe",
		"SELECT cours, personnel FROM cours_enseignant", "SELECT cours, salle FROM cours_salle",
		"SELECT code, toutes FROM alternance", "SELECT alternance, lundi FROM alternance_semaine",
		"SELECT code, cle, source FROM salle", "SELECT sorte, valeur, message FROM note",
		"SELECT uai, sigle, denomination, type, source FROM etablissement", "SELECT annee, debut_eleves, fin_eleves FROM annee_scolaire",
		"SELECT code, libelle, niveau FROM mef", "SELECT code, gestion FROM matiere", "SELECT format, lignes, defauts FROM import",
	} {
		t.Logf("%s\n%s", q, table(t, v, q))
	}
}
