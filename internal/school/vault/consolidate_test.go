package vault_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"belvedere/internal/school/vault"
)

// views are questions about a consolidated year that name nobody by a local id.
var views = map[string]string{
	"eleves": `SELECT e.nom, e.prenom, e.naissance, e.sexe, e.ine, s.eleve_id, s.mef, s.niveau, s.division, s.divisions, s.pension, s.entree, s.sortie, s.motif, s.present, s.scolarise
		FROM scolarite s JOIN eleve e ON e.id = s.eleve ORDER BY s.eleve_id`,
	"options":      "SELECT s.eleve_id, o.rang, o.matiere, o.modalite FROM eleve_option o JOIN scolarite s ON s.eleve = o.eleve ORDER BY 1, 2",
	"groupes":      "SELECT s.eleve_id, g.groupe FROM eleve_groupe g JOIN scolarite s ON s.eleve = g.eleve ORDER BY 1, 2",
	"responsables": "SELECT personne_id, civilite, nom, prenom, tel_portable, mel, adresse1, code_postal, commune FROM personne ORDER BY personne_id",
	"liens": `SELECT s.eleve_id, p.personne_id, l.parente, l.niveau, l.payeur, l.contact, l.heberge FROM lien l JOIN scolarite s ON s.eleve = l.eleve
		JOIN personne p ON p.id = l.personne ORDER BY 1, 2`,
	"personnels": `SELECT p.type, p.sts_id, p.civilite, p.nom, p.prenom, p.naissance, a.fonction, a.enseignant, a.categorie, a.source
		FROM affectation a JOIN personnel p ON p.id = a.personnel ORDER BY p.cle`,
	"principaux":  "SELECT division, nom FROM prof_principal JOIN personnel ON id = personnel ORDER BY 1, 2",
	"disciplines": "SELECT nom, code, libelle, heures FROM discipline JOIN personnel ON id = personnel ORDER BY 1, 2",
	"divisions":   "SELECT code, libelle, niveau, effectif_prevu, effectif_calcule, source FROM division ORDER BY code",
	"formations":  "SELECT division, mef FROM division_mef ORDER BY 1, 2",
	"les groupes": "SELECT code, libelle, effectif_calcule, effectif_max, source FROM groupe ORDER BY code",
	"partages":    "SELECT groupe, division FROM groupe_division ORDER BY 1, 2",
	"mef":         "SELECT code, libelle, mefstat4, niveau, source FROM mef ORDER BY code",
	"matieres":    "SELECT code, gestion, libelle, source FROM matiere ORDER BY code",
	"programmes":  "SELECT mef, matiere, modalite, horaire FROM programme ORDER BY 1, 2, 3",
	"services": `SELECT ifnull(s.division, s.groupe), s.matiere, s.modalite, s.heures, s.exclu, p.nom, t.heures, t.ponderation
		FROM service s LEFT JOIN service_enseignant t ON t.service = s.id LEFT JOIN personnel p ON p.id = t.personnel ORDER BY 1, 2, 3, 6`,
	"cours": "SELECT numero, jour, debut, duree, matiere, libelle, alternance, effectif FROM cours ORDER BY numero",
	"publics": `SELECT c.numero, d.division, g.groupe, p.nom, s.salle FROM cours c LEFT JOIN cours_division d ON d.cours = c.id LEFT JOIN cours_groupe g ON g.cours = c.id
		LEFT JOIN cours_enseignant t ON t.cours = c.id LEFT JOIN personnel p ON p.id = t.personnel LEFT JOIN cours_salle s ON s.cours = c.id ORDER BY 1, 2, 3, 4, 5`,
	"salles":         "SELECT code, source FROM salle ORDER BY code",
	"alternances":    "SELECT a.code, a.toutes, s.lundi FROM alternance a LEFT JOIN alternance_semaine s ON s.alternance = a.code ORDER BY 1, 3",
	"notes":          "SELECT sorte, valeur FROM note ORDER BY 1, 2",
	"etablissement":  "SELECT uai, sigle, denomination, source FROM etablissement",
	"annee scolaire": "SELECT debut_eleves, fin_eleves, source FROM annee_scolaire",
}

func see(t testing.TB, v *vault.Vault) map[string]string {
	seen := map[string]string{}
	for name, q := range views {
		seen[name] = table(t, v, q)
	}
	return seen
}

// lines writes an expected table: one line each, without the indentation.
func lines(text string) string {
	var b strings.Builder
	for l := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		b.WriteString(strings.TrimSpace(l) + "\n")
	}
	return b.String()
}

// ofConstructed are some of these views of the constructed school.
var ofConstructed = map[string]string{
	"eleves": `
		FERRY|Jade|2015-03-14|F|900000001AA|4000001|10010012110|6eme|6A|1|demi_pension|2026-09-01|||1|1
		NOËL|Théo|2015-11-02|M|900000002BB|4000002|10010012110|6eme|6A|1|externe|2026-09-01|||1|1
		CHAOUI|Inès|2015-06-30|F||4000003|10010012110|6eme|6A|1|demi_pension|2026-09-01|||1|1
		VIDAL|Hugo|2015-01-21|M|900000004DD|4000004|10010012110|6eme|6A|2|internat|2026-09-01|||1|1
		DIALLO|Rose|2015-09-09|F|900000005EE|4000005|10010012110|6eme|6B|1|externe|2026-09-01|||1|1
		THÉRY|Paul|2015-05-17|M|900000005EE|4000006|10010012110|6eme|6B|1|externe|2026-09-01|||1|1
		MALLET|Zoé|2014-12-25|F|900000007GG|4000007|10010012110|6eme|6B|1|externe|2026-09-08|2026-09-04|10|1|0
		CŒURDIER|Noé|2015-02-01||900000008HH|4000008|10110001110|5eme||0|externe|2026-09-01|||1|0
		FERRY|Luc|2015-03-14|M|900000009JJ|4000009|10010012110|6eme|6Z|1|demi_pension|2026-09-01|||1|1`,
	"divisions": `
		6A|6EME A|6eme|4|4|sts
		6B|6EME B|6eme|4|3|sts`,
	"personnels": `
		epp|8102|M.|BENALI|Karim|1975-11-20|ENS|1|enseignants|sts
		epp|8101|Mme|DUPRÉ|Élise|1980-02-03|ENS|1|enseignants|sts
		epp|8103|Mme|LE GOFF|Hélène|1988-07-09|ENS|1|enseignants|sts
		local|12||VACATAIRE|Noé|||1|enseignants|sts`,
	"liens": `
		4000001|700001|10|1|1|1|1
		4000001|700002|20|1|0|0|1
		4000002|700004|10|1|1|1|1
		4000003|700005|20|1|1|1|1
		4000004|700006|39|3|0|0|1
		4000005|700007|20|1|1|1|1
		4000005|700009|20|1|0|0|1
		4000005|700010|10|1|0|0|1
		4000009|700002|20|1|0|0|1
		4000009|700003|10|1|1|1|1`,
	// "6 B" of the timetable is 6B, "Helene" is Hélène, and mnemonics are subjects.
	"publics": `
		1|6A|∅|DUPRÉ|101
		2|6B|∅|BENALI|102
		3|∅|6AGL1|LE GOFF|103
		4|6A|∅|DUPRÉ|101
		4|6B|∅|DUPRÉ|101
		5|∅|∅|VACATAIRE|∅`,
	"cours": `
		1|1|480|60|020700|FRANCAIS|H|4
		2|1|540|60|061300|MATHEMATIQUES|H|3
		3|3|600|60|030201|ANGLAIS LV1|H|7
		4|5|480|60|020300|LCA LATIN|Q1|7
		5|∅|∅|60|||H|0`,
	"alternances": `
		H|1|2026-08-31
		H|1|2026-09-07
		Q1|0|2026-08-31
		Q2|0|∅`,
	"notes": `lien_orphelin|4999999 / 700004`,
}

func TestConstructed(t *testing.T) {
	v := open(t, t.TempDir())
	load(t, v, constructed(t)...)
	seen := see(t, v)
	for name, want := range ofConstructed {
		if diff := cmp.Diff(lines(want), seen[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Files come in any order, together or one by one, and some come again: the year is the same.
func TestOrderDoesNotMatter(t *testing.T) {
	files := constructed(t)
	v := open(t, t.TempDir())
	load(t, v, files...)
	want := see(t, v)
	random := rand.New(rand.NewPCG(1, 2))
	for range 6 {
		v := open(t, t.TempDir())
		order := random.Perm(len(files))
		for _, i := range append(order, random.Perm(len(files))[:2]...) {
			load(t, v, files[i])
		}
		if diff := cmp.Diff(want, see(t, v)); diff != "" {
			t.Errorf("order %v (-together +one by one):\n%s", order, diff)
		}
	}
}

// The same bytes again give the first answer and change nothing, not even a row.
func TestImportTwice(t *testing.T) {
	v := open(t, t.TempDir())
	first := load(t, v, constructed(t)...)
	before := everything(t, v)
	again := load(t, v, constructed(t)...)
	for i, f := range again.Files {
		if !f.Replayed || f.ID != first.Files[i].ID || f.Records != first.Files[i].Records {
			t.Errorf("file %d: %+v, first %+v", i, f, first.Files[i])
		}
	}
	if len(again.Changes.Pupils) > 0 || again.Changes.Before != again.Changes.After {
		t.Errorf("changes: %+v", again.Changes)
	}
	if diff := cmp.Diff(before, everything(t, v)); diff != "" {
		t.Errorf("-before +after:\n%s", diff)
	}
}

// everything is each row of each table.
func everything(t testing.TB, v *vault.Vault) map[string]string {
	t.Helper()
	all := map[string]string{}
	for name := range strings.SplitSeq(strings.TrimSpace(table(t, v, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")), "\n") {
		columns := strings.Split(strings.TrimSpace(table(t, v, "SELECT name FROM pragma_table_info(?)", name)), "\n")
		rows := strings.Split(table(t, v, `SELECT "`+strings.Join(columns, `", "`)+`" FROM `+name), "\n")
		slices.Sort(rows)
		all[name] = strings.Join(rows, "\n")
	}
	return all
}

// A new export replaces the one before, and what changed between them is told and kept.
func TestHistory(t *testing.T) {
	v := open(t, t.TempDir())
	m := madeUp{pupils: []pupil{
		{id: "1", ine: "111111111AA", last: "ABEL", first: "Ana", birth: "01/01/2014", division: "6A"},
		{id: "2", ine: "222222222BB", last: "BERG", first: "Bo", birth: "02/02/2014", division: "6A"},
		{id: "3", ine: "333333333CC", last: "CRUZ", first: "Cyd", birth: "03/03/2014", division: "6B"},
		{id: "4", ine: "444444444DD", last: "DURY", first: "Dan", birth: "04/04/2014", division: "6B"},
	}}
	load(t, v, m.eleves(t, "a", time.Date(2026, 9, 10, 6, 0, 0, 0, time.UTC)))
	m.pupils[0].division = "6B"
	m.pupils[1].exit = "25/09/2026"
	m.pupils = append(m.pupils[:2], m.pupils[3], pupil{id: "5", ine: "555555555EE", last: "ELIO", first: "Eva", birth: "05/05/2014", division: "6A"})
	out := load(t, v, m.eleves(t, "b", time.Date(2026, 10, 1, 6, 0, 0, 0, time.UTC)))
	got := ""
	for _, p := range out.Changes.Pupils {
		got += fmt.Sprintf("%s %s %s>%s\n", p.Kind, p.Name, p.From, p.To)
	}
	if diff := cmp.Diff(lines(`
		arrivee ELIO Eva >6A
		disparition CRUZ Cyd 6B>6B
		division ABEL Ana 6A>6B
		sortie BERG Bo 6A>6A`), got); diff != "" {
		t.Error(diff)
	}
	if b, a := out.Changes.Before.Pupils, out.Changes.After.Pupils; b != 4 || a != 3 {
		t.Errorf("scolarisés: %d, then %d", b, a)
	}
	load(t, v, m.eleves(t, "c", time.Date(2026, 10, 2, 6, 0, 0, 0, time.UTC))) // the same again: nothing happened
	history := table(t, v, "SELECT e.prenom, p.sorte, p.de_division, p.a_division, p.le FROM passage p JOIN eleve e ON e.id = p.eleve ORDER BY p.id")
	if diff := cmp.Diff(lines(`
		Ana|arrivee||6A|2026-09-01
		Bo|arrivee||6A|2026-09-01
		Cyd|arrivee||6B|2026-09-01
		Dan|arrivee||6B|2026-09-01
		Ana|division|6A|6B|2026-10-01
		Bo|sortie|6A||2026-09-25
		Eva|arrivee||6A|2026-09-01
		Cyd|disparition|6B|6B|2026-10-01`), history); diff != "" {
		t.Error(diff)
	}
	if n := table(t, v, "SELECT count(*) FROM src_siecle_eleve"); n != "4\n" {
		t.Errorf("rows of the source: %s", n)
	}
	if got := table(t, v, "SELECT sha256, remplace FROM import ORDER BY id"); got != "a|2\nb|3\nc|∅\n" {
		t.Errorf("imports: %s", got)
	}
}

// A rehearsal, and an import that its judge refuses, tell all and leave nothing.
func TestRehearse(t *testing.T) {
	v := open(t, t.TempDir())
	load(t, v, constructed(t)[1])
	before := everything(t, v)
	m := madeUp{pupils: []pupil{{id: "4000001", ine: "900000001AA", last: "FERRY", first: "Jade", birth: "14/03/2015", division: "6B"}}}
	out, err := v.Rehearse(context.Background(), []vault.File{m.eleves(t, "z", opening)})
	if err != nil {
		t.Fatal(err)
	}
	if out.Changes.Of(vault.Vanished) != 8 || out.Changes.Of(vault.Moved) != 1 || out.Changes.After.Pupils != 1 {
		t.Errorf("%+v", out.Changes)
	}
	refusal := fmt.Errorf("trop de disparitions")
	_, err = v.Import(context.Background(), []vault.File{m.eleves(t, "z", opening)}, func(o vault.Outcome) error {
		if o.Changes.Of(vault.Vanished) > 5 {
			return refusal
		}
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), refusal.Error()) {
		t.Errorf("judge: %v", err)
	}
	if diff := cmp.Diff(before, everything(t, v)); diff != "" {
		t.Errorf("-before +after:\n%s", diff)
	}
}
