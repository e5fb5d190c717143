package semantic_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/territory/semantic"
)

func catalogue(t testing.TB) *belvedere.Model {
	t.Helper()
	m, err := semantic.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// withoutUlis is a version of the mean number of pupils per class.
func withoutUlis() semantic.Proposal {
	return semantic.Proposal{ID: 7, Indicator: "classes", From: belvedere.Date(2024, time.September, 1), Note: "Sans les élèves d’ULIS.",
		Num: "effectifs.eleves - effectifs.ulis", NumLabel: "élèves hors ULIS", Author: "Claire@MORVAN", Reason: "Leur dispositif a ses classes."}
}

func TestDefine(t *testing.T) {
	m := catalogue(t)
	next, err := semantic.Define(m, withoutUlis())
	if err != nil {
		t.Fatal(err)
	}
	ind := next.Indicator("classes")
	if next.Version == m.Version || len(ind.History) != 2 || len(m.Indicator("classes").History) != 0 {
		t.Fatalf("version %s of %s, history %+v", next.Version, m.Version, ind.History)
	}
	old, now := ind.History[0], ind.History[1]
	if old.Number != 1 || !old.From.IsZero() || !old.To.Equal(now.From) || now.Number != 2 || !now.To.IsZero() || now.Proposal != 7 || now.Author != "Claire@MORVAN" {
		t.Errorf("history %+v", ind.History)
	}
	if semantic.Text(ind.Rate.Num) != "effectifs.eleves - effectifs.ulis" || ind.Definition != m.Indicator("classes").Definition || ind.Note == "" {
		t.Errorf("the new version: %+v", ind)
	}
	for day, want := range map[time.Time]int{belvedere.Date(2024, 8, 31): 1, belvedere.Date(2024, 9, 1): 2, belvedere.Date(2000, 1, 1): 1, belvedere.Date(2100, 1, 1): 2} {
		if got := ind.VersionOn(day); got != want {
			t.Errorf("on %v version %d, want %d", day, got, want)
		}
	}
	if v := ind.Version(1); v == nil || semantic.Text(v.Rate.Num) != "effectifs.eleves" || v.Note != "" || ind.Version(2) != ind || ind.Version(3) != nil || ind.Version(0) != nil {
		t.Errorf("old version %+v", v)
	}
	third := semantic.Proposal{Indicator: "classes", From: belvedere.Date(2026, 9, 1), Num: "effectifs.eleves", Reason: "Retour."}
	if again, err := semantic.Define(next, third); err != nil || len(again.Indicator("classes").History) != 3 || again.Indicator("classes").Note != ind.Note {
		t.Errorf("a third version: %v", err)
	}
}

// TestDefineSays: what is wrong with a proposal is told at its place in the part that holds it.
func TestDefineSays(t *testing.T) {
	m := catalogue(t)
	day := belvedere.Date(2024, 9, 1)
	for want, p := range map[string]semantic.Proposal{
		"indicateur:1:1 : l’indicateur « clases » est inconnu ; vouliez-vous dire « classes » ?\n    1 | clases\n      | ^": {Indicator: "clases", From: day, Reason: "a", Note: "b"},
		"numerateur:1:30 : le jeu effectifs n’a pas de mesure « uls »":                                                      {Indicator: "classes", From: day, Reason: "a", Num: "effectifs.eleves - effectifs.uls"},
		"      |                              ^":                                                                            {Indicator: "classes", From: day, Reason: "a", Num: "effectifs.eleves - effectifs.uls"},
		"valeur:1:1 : le jeu de données « eleve » est inconnu":                                                              {Indicator: "classes", From: day, Reason: "a", Value: "eleve.eleves"},
		"valeur:1:13 : « ' » n’est pas attendu":                                                                             {Indicator: "eleves", From: day, Reason: "a", Value: "effectifs.a ' OR 1=1 --"},
		"indicateur:1:1 : la clé « reason » manque":                                                                         {Indicator: "classes", From: day, Note: "a"},
		"la clé « from » manque":                                                                                            {Indicator: "classes", Reason: "a", Note: "a"},
		"ne change rien à la définition 1":                                                                                  {Indicator: "classes", From: day, Reason: "a", Value: "structures.classes"},
		"le texte imprimé de l’annexe":                                                                                      {Indicator: "classes", From: day, Reason: "a", Text: "Autre chose"},
		"le texte dépasse 1000":                                                                                             {Indicator: "classes", From: day, Reason: "a", Note: strings.Repeat("x", 1001)},
		"note:2:3 : un caractère invisible":                                                                                 {Indicator: "classes", From: day, Reason: "a", Note: "un\nde\u202eux"},
		"plus de 20 crochets":                                                                                               {Indicator: "classes", From: day, Reason: "a", Note: strings.Repeat("[", 21)},
		"et la page « ":                                                                                                     {Indicator: "connexions", From: day, Reason: "a", Value: "comptes.comptes"},
		"s’ouvre par un autre droit":                                                                                        {Indicator: "eleves", From: day, Reason: "a", Value: "personnels.personnels"},
		"est réservée aux établissements":                                                                                   {Indicator: "retards", From: day, Reason: "a", Value: "discipline.sanctions"},
	} {
		_, err := semantic.Define(m, p)
		if err == nil {
			t.Errorf("accepted: want %q", want)
		} else if got := strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(err.Error()); !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %s", got, want)
		}
	}
}

// TestDeclare: accepted versions written as declarations are read back as they are, hostile texts too.
func TestDeclare(t *testing.T) {
	hostile := withoutUlis()
	hostile.Note = "<script>alert('1')</script>: [ {\n  - indicator: eleves\n#x\n\n--- |- \"é\\n\" \t%s"
	hostile.Reason = strings.Repeat("\U0001F600", 1000)
	later := semantic.Proposal{ID: 9, Indicator: "classes", From: belvedere.Date(2025, 9, 1), Den: "structures.classes[niveau!=6eme_segpa]", Reason: "a: b"}
	list := []semantic.Proposal{hostile, later}
	base := catalogue(t)
	good, dropped := semantic.Admitted(base, []semantic.Proposal{later, hostile, {Indicator: "disparu", From: later.From, Reason: "a", Note: "b"}})
	if len(good) != 2 || len(dropped) != 1 || good[0].ID != 7 || dropped[0].Proposal.Indicator != "disparu" {
		t.Fatalf("admitted %+v, dropped %+v", good, dropped)
	}
	m, err := semantic.Load(catalog.FS, fstest.MapFS{"definitions/decidees.yaml": {Data: []byte(semantic.Declare(list))}})
	if err != nil {
		t.Fatal(err)
	}
	got := m.Indicator("classes").History
	if len(got) != 3 || m.Version == base.Version {
		t.Fatalf("history %+v", got)
	}
	if diff := cmp.Diff([]any{hostile.Note, hostile.Reason, int64(7), hostile.Author, later.From}, []any{got[1].Note, got[1].Reason, got[1].Proposal, got[1].Author, got[2].From}); diff != "" {
		t.Error(diff)
	}
	if semantic.Text(got[2].Rate.Den) != "structures.classes[niveau!=6eme_segpa]" || semantic.Text(got[2].Rate.Num) != "effectifs.eleves - effectifs.ulis" {
		t.Errorf("last rate %+v", got[2].Rate)
	}
	if empty, err := semantic.Load(catalog.FS); err != nil || empty.Version != base.Version {
		t.Errorf("without versions: %v", err)
	}
}

func TestFrench(t *testing.T) {
	m := catalogue(t)
	for text, want := range map[string]string{
		"effectifs.eleves - effectifs.ulis":             "« Élèves » (Effectifs d’élèves) moins « élèves d’ULIS » (Effectifs d’élèves)",
		"100 * structures.classes":                      "100 multiplié par « Classes »",
		"structures.classes[niveau=6eme|5eme]":          "« Classes » où niveau est 6ème ou 5ème",
		"effectifs.eleves[sexe!=F, niveau=6eme]":        "« Élèves » (Effectifs d’élèves) où sexe n’est pas Filles et niveau est 6ème",
		"100 * (effectifs.eleves + effectifs.internes)": "100 multiplié par (« Élèves » (Effectifs d’élèves) plus « Internes » (Effectifs d’élèves))",
		"structures.classes / salles.salles":            "« Classes », rapporté à « Salles » (Salles de classe)",
	} {
		e, err := semantic.ParseExpr(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.ReplaceAll(semantic.French(m, e), "\u00a0", " "); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
