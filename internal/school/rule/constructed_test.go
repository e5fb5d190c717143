package rule_test

import (
	"slices"
	"strings"
	"testing"

	"belvedere/internal/school/rule"
	"belvedere/internal/school/vault"
)

func constructed(t testing.TB) []vault.File {
	return []vault.File{
		sample(t, "sts_emp", "constructed/sts_emp_0999901Z_2026.xml"),
		sample(t, "siecle_eleves", "constructed/ElevesSansAdresses.xml"),
		sample(t, "siecle_responsables", "constructed/ResponsablesAvecAdresses.xml"),
		sample(t, "edt_cours", "constructed/EXP_COURS.xml"),
		sample(t, "emp_sts", "constructed/emp_sts_0999901Z_2026.xml"),
	}
}

// planted is EXPECTED_ANOMALIES.md of the samples, in its order: severity, rule, words.
var planted = []string{
	"W champs_eleve|CHAOUI Inès n’a pas d’INE",
	"W divisions_eleve|VIDAL Hugo est dans 2 divisions : 6A et 6B",
	"B champs_eleve|DIALLO Rose et THÉRY Paul ont le même INE",
	"B dates_eleve|La sortie de MALLET Zoé, le 04/09/2026, précède son entrée, le 08/09/2026",
	"W divisions_eleve|1 élève sorti garde une division ou un groupe",
	"W champs_eleve|CŒURDIER Noé n’a pas de sexe",
	"B champs_eleve|CŒURDIER Noé n’a pas de division",
	"B mef|CŒURDIER Noé a le MEF 10110001110, que la nomenclature de l’établissement ne connaît pas",
	"B divisions|« 6Z », où SIECLE place 1 élève, n’existe pas dans STS-Web",
	"W options|L’option 030401 de FERRY Luc n’est ni dans les matières de l’établissement, ni au programme",
	"W responsable_double|FERRY Claire a deux fiches de responsable : même portable et même adresse",
	"W adresses_liens|ADRESSE_ID 500001 et 500002",
	"W adresses_liens|VIDAL Odile n’a pas d’adresse",
	"B responsables_legaux|VIDAL Hugo n’a aucun responsable légal",
	"W responsables_legaux|DIALLO Rose a 3 responsables légaux",
	"W adresses_liens|ORPHELINE Diane ne répond d’aucun élève",
	"W adresses_liens|Un lien de responsabilité nomme l’élève 4999999",
	"B responsables_legaux|THÉRY Paul n’a aucun responsable légal",
	"W responsables_legaux|MALLET Zoé n’a aucun responsable légal", // she has left: nothing waits for it
	"B responsables_legaux|CŒURDIER Noé n’a aucun responsable légal",
	"W effectifs|« 6B » compte 2 élèves scolarisés dans SIECLE, et STS-Web en a calculé 3",
	"W services|Le service ANGLAIS LV1 (030201) de « 6B » n’a pas d’enseignant",
	"W matieres|(020300) est enseignée, et n’est au programme d’aucune formation",
	"W enseignants|La fiche de VACATAIRE Noé est saisie localement dans STS-Web, sans sexe",
	"W effectifs|« 6AGL1 » compte 6 élèves scolarisés dans SIECLE, et STS-Web en a calculé 7",
	"B divisions|« 6C », que l’emploi du temps remonte, n’existe pas dans STS-Web",
	"W divisions|« 6B », qui a 2 élèves, n’a aucun cours dans la remontée vers STS-Web",
	"W emploi_du_temps|L’alternance « Q2 » n’a aucune semaine",
	"W emploi_du_temps|de BENALI Karim en « 6C » a 1 h de cours placés pour 4,5 h",
	"W emploi_du_temps|de LE GOFF Hélène en « 6AGL1 » a 1 h de cours placés pour 4 h",
	"W emploi_du_temps|MATHEMATIQUES (061300) de « 6A » est dans STS-Web, et l’emploi du temps ne le remonte pas",
	"W divisions|La division « 6B » de STS-Web s’écrit « 6 B » dans EDT",
	"W enseignants|LE GOFF Hélène s’écrit « LE GOFF Helene » dans EDT",
	"W emploi_du_temps|Le cours n° 4 (LCA LATIN, DUPRÉ Élise) réunit 2 classes entières (6A, 6B) sans groupe",
	"W emploi_du_temps|Le cours n° 5 (VACATAIRE Noé) est incomplet : ni classe ni groupe, pas de matière, pas d’horaire, un effectif de 0 et pas de salle",
}

// implied is what follows from the planted ones: a school of nine pupils does not employ three
// teachers for all their hours, and the timetable copied the headcounts of STS-Web.
var implied = []string{
	"W nombre_divisions|3 divisions dans SIECLE, 2 divisions dans STS-Web, 2 divisions dans EDT",
	"W effectifs|« 6B » compte 2 élèves scolarisés dans SIECLE, et EDT en annonce 3",
	"W effectifs|« 6AGL1 » compte 6 élèves scolarisés dans SIECLE, et EDT en annonce 7",
	"W heures|DUPRÉ Élise a 9 h", "W heures|BENALI Karim a 9 h", "W heures|LE GOFF Hélène a 4 h",
	"W heures|« 6B » a 8 h en ANGLAIS LV1", // on the division and on the group
	"W services|VACATAIRE Noé n’a aucun service",
}

func TestPlantedAnomaliesAreFoundAndNothingElseBlocks(t *testing.T) {
	v := open(t)
	load(t, v, constructed(t)...)
	r := check(t, v)
	list := standing(t, v)
	var blocking int
	for _, want := range slices.Concat(planted, implied) {
		found := with(list, strings.Split(strings.Replace(want, "|", ": |", 1), "|")...)
		if len(found) != 1 {
			t.Errorf("found %d times: %s", len(found), want)
			continue
		}
		if found[0].Severity == rule.Blocking {
			blocking++
		}
		list = slices.DeleteFunc(list, func(x rule.Finding) bool { return x.ID == found[0].ID })
	}
	if len(list) > 0 {
		t.Errorf("found, and planted by nobody:\n%s", strings.Join(lines(list), "\n"))
	}
	if blocking != r.Blocking || blocking != 9 {
		t.Errorf("%d blocking findings, the report says %d", blocking, r.Blocking)
	}
}

// The placed time of 8101 in 6A is 4 h each week and 1 h every other one: it agrees, since the
// fortnight has one week of two. Its hour with leading blanks is read.
func TestConstructedWhatAgrees(t *testing.T) {
	v := open(t)
	load(t, v, constructed(t)...)
	check(t, v)
	list := standing(t, v)
	for _, words := range [][]string{{"FERRY Jade"}, {"FERRY Luc", "eleve_double"}, {"DUPRÉ Élise en « 6A »"}, {"cours n° 2"}, {"« 6A » compte"}} {
		if found := with(list, words...); len(found) > 0 {
			t.Errorf("%v: %v", words, lines(found))
		}
	}
}

// Places lead to the lines of the files.
func TestConstructedPlaces(t *testing.T) {
	v := open(t)
	load(t, v, constructed(t)...)
	check(t, v)
	x := with(standing(t, v), "ont le même INE")[0]
	if x.A.File != "ElevesSansAdresses.xml" || x.B.File != x.A.File || x.A.Line == 0 || x.B.Line <= x.A.Line || x.A.Value != "900000005EE" || x.B.Value != x.A.Value ||
		x.Who.ID == 0 || x.With.ID == 0 || x.Who == x.With || x.Structure != "6B" || x.Tool != rule.ToolSIECLE {
		t.Errorf("%+v", x)
	}
	x = with(standing(t, v), "« 6 B »")[0]
	if x.A.File != "EXP_COURS.xml" || x.B.File != "sts_emp_0999901Z_2026.xml" || x.A.Value != "6 B" || x.B.Value != "6B" || x.A.Line == 0 || x.B.Line == 0 {
		t.Errorf("%+v", x)
	}
}
