package app_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/definition"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
	"belvedere/internal/territory/semantic"
)

// classesAndUlis are three school years of two schools, with the pupils of ULIS.
var classesAndUlis = map[string]string{
	"etablissements": "etablissement;nom;type\n9990001X;Les Tilleuls;college\n9990002Y;Les Ormes;college\n",
	"effectifs": "etablissement;jour;niveau;eleves;ulis\n" +
		"9990001X;2023-10-01;6eme;100;10\n9990001X;2024-10-01;6eme;110;10\n9990001X;2025-10-01;6eme;120;20\n" +
		"9990002Y;2023-10-01;6eme;50;0\n9990002Y;2024-10-01;6eme;50;0\n9990002Y;2025-10-01;6eme;50;0\n",
	"structures": "etablissement;jour;niveau;classes\n" +
		"9990001X;2023-10-01;6eme;5\n9990001X;2024-10-01;6eme;5\n9990001X;2025-10-01;6eme;5\n" +
		"9990002Y;2023-10-01;6eme;2\n9990002Y;2024-10-01;6eme;2\n9990002Y;2025-10-01;6eme;2\n",
}

// withoutUlis is a version of the mean number of pupils per class.
func withoutUlis(from time.Time) semantic.Proposal {
	return semantic.Proposal{Indicator: "classes", From: from, Note: "Sans les élèves d’ULIS.",
		Num: "effectifs.eleves - effectifs.ulis", NumLabel: "élèves hors ULIS", Reason: "Leur dispositif a ses classes."}
}

// series asks one column, line by line: "2023=20".
func series(t testing.TB, a *app.App, v belvedere.Viewer, ask report.Ask) (string, *belvedere.Result) {
	t.Helper()
	q, err := a.Reporter.Build(context.Background(), ask)
	if err != nil {
		t.Fatal(err)
	}
	out, err := a.Reporter.Query(context.Background(), v, q)
	if err != nil {
		t.Fatal(err)
	}
	var text []string
	for _, row := range out.Rows {
		name := ""
		for _, k := range row.Keys {
			name += k.Code + "="
		}
		for _, c := range row.Cells {
			name += definition.Shown(belvedere.ResultColumn{Decimals: 2}, c) + " "
		}
		text = append(text, strings.TrimSpace(name))
	}
	return strings.ReplaceAll(strings.Join(text, ", "), ",00", ""), out
}

// openMeanings is an app with the data above, whose one administrator may decide.
func openMeanings(t testing.TB, at string) (*app.App, belvedere.Viewer) {
	t.Helper()
	a := openOn(t, t.TempDir(), at)
	agree(t, a, registry.Agreement{AllThemes: true})
	edition(t, a, classesAndUlis)
	v, err := a.Operator(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return a, v
}

// TestDefinitionChanges: an accepted version holds at once, from its date of effect on, on both
// registries; the old one stays computable, and receipts differ.
func TestDefinitionChanges(t *testing.T) {
	for name, where := range engines {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			at := where(t)
			a, v := openMeanings(t, at)
			ask := report.Ask{Indicators: []string{"classes"}, By: []string{"annee"}, Rates: true}
			before, old := series(t, a, v, ask)
			if before != "2023=21,43, 2024=22,86, 2025=24,29" || len(old.Breaks) != 0 {
				t.Fatalf("before: %s, %v", before, old.Breaks)
			}
			// Another process of the same registry decides; this one takes it without being told.
			if at == "" {
				at = a.Config.Registry()
			}
			other, err := registry.Open(ctx, at)
			if err != nil {
				t.Fatal(err)
			}
			defer other.Close()
			elsewhere := definition.New(definition.Config{Registry: other, Model: a.Definitions})
			p, err := elsewhere.Propose(ctx, v, withoutUlis(belvedere.Date(2024, 9, 1)))
			if err != nil {
				t.Fatal(err)
			}
			if same, _ := series(t, a, v, ask); same != before {
				t.Errorf("a proposal alone moves figures: %s", same)
			}
			if _, err := elsewhere.Decide(ctx, v, p.ID, true, "Conforme."); err != nil {
				t.Fatal(err)
			}
			after, now := series(t, a, v, ask)
			if after != "2023=21,43, 2024=21,43, 2025=21,43" {
				t.Errorf("after: %s", after)
			}
			if len(now.Breaks) != 1 || now.Breaks[0].Line != "2024" || now.Breaks[0].Version != 2 || !now.Breaks[0].From.Equal(belvedere.Date(2024, 9, 1)) ||
				!strings.Contains(strings.Join(now.Notes, " "), "Rupture de série") {
				t.Errorf("breaks %+v, notes %q", now.Breaks, now.Notes)
			}
			if now.Receipt.Hash == old.Receipt.Hash {
				t.Error("one receipt for two definitions")
			}
			for _, c := range []struct {
				indicators, by, where, want string
			}{
				{"classes@1", "annee", "", before},
				{"classes@2", "annee", "", "2023=20, 2024=21,43, 2025=21,43"},
				{"classes@1,classes", "annee", "annee=2024|2025", "2024=22,86 21,43, 2025=24,29 21,43"},
				{"classes", "etablissement", "annee=2023", "9990002Y=25, 9990001X=20"},
				{"classes", "etablissement", "annee=2024", "9990002Y=25, 9990001X=20"},
				{"classes", "annee,etablissement", "annee=2023|2024", "2023=9990002Y=25, 2023=9990001X=20, 2024=9990002Y=25, 2024=9990001X=20"},
				{"classes", "mois", "du=2024-06-01", ""},
				{"eleves", "annee", "", "2023=21,43, 2024=22,86, 2025=24,29"},
			} {
				ask := report.Ask{Indicators: strings.Split(c.indicators, ","), By: strings.Split(c.by, ","), Rates: true}
				if c.where == "du=2024-06-01" {
					ask.Where = []string{c.where, "au=2024-12-31"}
				} else if c.where != "" {
					ask.Where = []string{c.where}
				}
				if got, _ := series(t, a, v, ask); got != c.want && c.want != "" {
					t.Errorf("%s by %s where %s: %s, want %s", c.indicators, c.by, c.where, got, c.want)
				}
			}
			if model, err := a.Reporter.ModelAt(ctx, a.Reporter.Model().Version); err != nil || len(model.Indicator("classes").History) != 2 {
				t.Errorf("the catalogue of the receipt is not kept: %v", err)
			}
			if model, err := a.Reporter.ModelAt(ctx, a.Model.Version); err != nil {
				t.Error(err)
			} else if got, _ := seriesAs(t, a.Reporter.As(model), v, ask); got != before {
				t.Errorf("by the catalogue of before: %s", got)
			}
		})
	}
}

func seriesAs(t testing.TB, r *report.Reporter, v belvedere.Viewer, ask report.Ask) (string, *belvedere.Result) {
	return series(t, &app.App{Reporter: r}, v, ask)
}

// TestDefinitionAfterRestart: what was accepted holds when the program starts again.
func TestDefinitionAfterRestart(t *testing.T) {
	ctx := t.Context()
	a, v := openMeanings(t, "")
	p, err := a.Meanings.Propose(ctx, v, withoutUlis(belvedere.Date(2025, 9, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Meanings.Decide(ctx, v, p.ID, true, "Conforme."); err != nil {
		t.Fatal(err)
	}
	version := a.Reporter.Model().Version
	data := a.Config.Data
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	a = openOn(t, data, "")
	if got, out := series(t, a, v, report.Ask{Indicators: []string{"classes"}, By: []string{"annee"}, Rates: true}); got != "2023=21,43, 2024=22,86, 2025=21,43" || len(out.Breaks) != 1 {
		t.Errorf("after: %s", got)
	}
	m, err := a.Definitions(ctx)
	if err != nil || m.Version == a.Model.Version || version != "" && m.Version != version && version != a.Model.Version {
		t.Errorf("version %s, was %s: %v", m.Version, version, err)
	}
}

// TestWordsAlone: a version that changes words alone breaks no series.
func TestWordsAlone(t *testing.T) {
	ctx := t.Context()
	a, v := openMeanings(t, "")
	p, err := a.Meanings.Propose(ctx, v, semantic.Proposal{Indicator: "classes", From: belvedere.Date(2024, 9, 1), Note: "Classes ouvertes.", Reason: "Dit mieux."})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Meanings.Decide(ctx, v, p.ID, true, "Oui."); err != nil {
		t.Fatal(err)
	}
	got, out := series(t, a, v, report.Ask{Indicators: []string{"classes"}, By: []string{"annee"}, Rates: true})
	if got != "2023=21,43, 2024=22,86, 2025=24,29" || len(out.Breaks) != 0 || len(out.Notes) != 0 {
		t.Errorf("%s, breaks %v, notes %q", got, out.Breaks, out.Notes)
	}
	if m, err := a.Definitions(ctx); err != nil || m.Indicator("classes").Note != "Classes ouvertes." {
		t.Errorf("the words did not change: %v", err)
	}
}

// TestImpact: what is shown before a decision is what happens after it, and nothing else moves.
func TestImpact(t *testing.T) {
	ctx := t.Context()
	a, v := openMeanings(t, "")
	proposal := withoutUlis(belvedere.Date(2024, 9, 1))
	impact, err := a.Meanings.Impact(ctx, v, proposal)
	if err != nil {
		t.Fatal(err)
	}
	if len(impact.Sides) != 2 || impact.Version != 2 {
		t.Fatalf("impact %+v", impact)
	}
	value, rate := impact.Sides[0], impact.Sides[1]
	if value.Moved != 0 || rate.Moved != 2 || rate.Figures != 6 {
		t.Errorf("value moves %d, rate %d of %d", value.Moved, rate.Moved, rate.Figures)
	}
	var years []string
	for _, y := range rate.Years {
		years = append(years, fmt.Sprintf("%s %.2f %.2f %.2f", y.Year.Code, y.Before.Value, y.After.Value, y.New.Value))
	}
	if got := strings.Join(years, ", "); got != "2023 21.43 21.43 20.00, 2024 22.86 21.43 21.43, 2025 24.29 21.43 21.43" {
		t.Errorf("years %s", got)
	}
	if m := rate.Schools[0]; m.School.Code != "9990001X" || m.Year.Code != "2025" || m.Before.Value != 24 || m.After.Value != 20 {
		t.Errorf("widest move %+v", m)
	}
	found := false
	for _, p := range impact.Places {
		found = found || p.Moved > 0 && strings.Contains(p.Most, "→")
	}
	if !found {
		t.Errorf("no block moves: %+v", impact.Places)
	}
	p, err := a.Meanings.Propose(ctx, v, proposal)
	if err != nil {
		t.Fatal(err)
	}
	done, err := a.Meanings.Decide(ctx, v, p.ID, true, "Conforme.")
	if err != nil || done.Impact != impact.Words() || !strings.Contains(done.Impact, "2\u00a0chiffres bougent sur 12") {
		t.Errorf("kept %q, shown %q: %v", done.Impact, impact.Words(), err)
	}
	// A second proposal of the same date is refused by the check, a third as decided.
	if _, err := a.Meanings.Propose(ctx, v, withoutUlis(belvedere.Date(2024, 9, 1))); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("the same day again: %v", err)
	}
	if _, err := a.Meanings.Decide(ctx, v, p.ID, false, "Non."); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("decided twice: %v", err)
	}
}

// TestDefinitionRights: who may propose, decide, name, ask and answer.
func TestDefinitionRights(t *testing.T) {
	ctx := t.Context()
	a, operator := openMeanings(t, "")
	viewer := func(x registry.Account) belvedere.Viewer {
		v, err := a.ViewerOf(ctx, member(t, a, x))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	admin := viewer(registry.Account{FirstName: "Ada", LastName: "MIN", Admin: true})
	officer := viewer(registry.Account{FirstName: "Del", LastName: "EGUEE", Auditor: true})
	reader := viewer(registry.Account{FirstName: "Lise", LastName: "ANT", AllWidgets: true, AllSchools: true})
	owner := viewer(registry.Account{FirstName: "Res", LastName: "PONSABLE", AllWidgets: true, AllSchools: true})
	if err := a.Meanings.Name(ctx, reader, "classes", owner.Login); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Errorf("a reader names: %v", err)
	}
	if err := a.Meanings.Name(ctx, admin, "classes", owner.Login); err != nil {
		t.Fatal(err)
	}
	day := belvedere.Date(2024, 9, 1)
	var last registry.Proposal
	for name, v := range map[string]belvedere.Viewer{"admin": admin, "officer": officer, "owner": owner, "operator": operator} {
		p, err := a.Meanings.Propose(ctx, v, withoutUlis(day))
		if err != nil || p.By != v.Login {
			t.Errorf("%s proposes: %v", name, err)
		}
		last = p
	}
	token := belvedere.Viewer{Kind: belvedere.TokenViewer, Login: "jeton", ID: owner.ID, Scope: admin.Scope}
	for name, v := range map[string]belvedere.Viewer{"reader": reader, "nobody": {}, "token": token} {
		_, proposes := a.Meanings.Propose(ctx, v, withoutUlis(day))
		_, sees := a.Meanings.Impact(ctx, v, withoutUlis(day))
		_, decides := a.Meanings.Decide(ctx, v, last.ID, true, "Oui.")
		for what, err := range map[string]error{"proposes": proposes, "sees the impact": sees, "decides": decides} {
			if belvedere.KindOf(err) != belvedere.Forbidden {
				t.Errorf("%s %s: %v", name, what, err)
			}
		}
	}
	if _, err := a.Meanings.Decide(ctx, officer, last.ID, true, "Oui."); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Errorf("the officer decides: %v", err)
	}
	q, err := a.Meanings.Ask(ctx, reader, "classes", "Les <script>ULIS</script> comptent-elles ?")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Meanings.Answer(ctx, officer, q.ID, "Non."); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Errorf("the officer answers: %v", err)
	}
	if q, err = a.Meanings.Answer(ctx, owner, q.ID, "Non."); err != nil || q.AnsweredBy != owner.Login {
		t.Errorf("the owner answers: %v", err)
	}
	if _, err := a.Meanings.Decide(ctx, owner, last.ID, true, "Oui."); err != nil {
		t.Errorf("the owner decides: %v", err)
	}
}

// TestTwoSuccesses: a deployment's own catalogue holds two definitions of one idea.
func TestTwoSuccesses(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "catalog.yaml", "ideas:\n  - {code: reussite_examens, label: Réussite, doc: La part de ceux qui réussissent.}\n")
	write(t, folder, "datasets/examens.yaml", `dataset: examens
label: Examens
doc: Inscrits, présents et reçus d’une session.
kind: flux
time: annee
slice: [etablissement, annee]
faulty: 5%
retention: 10 ans
measures:
  - {name: inscrits, label: Inscrits, unit: candidats, required: true}
  - {name: presents, label: Présents, unit: candidats, required: true}
  - {name: recus, label: Reçus, unit: candidats, required: true}
`)
	indicator := func(code, label, den, name string) string {
		return fmt.Sprintf(`  - {code: %s, label: %s, definition: Part des reçus, since: "2010", recipients: Tous, basis: Mission d’intérêt public, widget: aucun, idea: reussite_examens, rate: {label: %s, num: examens.recus, num_label: reçus, den: %s, den_label: %s, percent: true}}
`, code, label, label, den, name)
	}
	write(t, folder, "indicators/examens.yaml", "theme: examens\nlabel: Examens\nindicators:\n"+
		indicator("recus_presents", "Réussite des présents", "examens.presents", "présents")+indicator("recus_inscrits", "Réussite des inscrits", "examens.inscrits", "inscrits"))
	a := openWith(t, t.TempDir(), folder)
	agree(t, a, registry.Agreement{AllThemes: true})
	edition(t, a, map[string]string{"etablissements": "etablissement;nom;type\n9990001X;Les Tilleuls;college\n", "examens": "etablissement;annee;inscrits;presents;recus\n9990001X;2025;100;80;60\n"})
	v, err := a.Operator(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := a.Meanings.SameIdea(t.Context(), v, "recus_presents")
	if err != nil || len(got.List) != 2 || got.Idea.Label != "Réussite" {
		t.Fatalf("%+v, %v", got, err)
	}
	if x, y := got.List[0].Cells[0].Value, got.List[1].Cells[0].Value; x != .75 || y != .6 {
		t.Errorf("values %v and %v", x, y)
	}
	plain := strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(got.Difference)
	if want := "partent du même nombre (reçus) : le premier le rapporte à présents, le second à inscrits. En 2025-2026 : 75,0 % et 60,0 %, soit −15,0 points"; !strings.Contains(plain, want) {
		t.Errorf("difference %q", got.Difference)
	}
}

// write puts a file into a folder.
func write(t testing.TB, folder, name, text string) {
	t.Helper()
	path := filepath.Join(folder, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
