package app_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/dataset"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
)

// proposed reads a file and proposes what its columns are; change says otherwise.
func proposed(t testing.TB, a *app.App, name string, data []byte, change func(p *dataset.Plan)) (*dataset.Plan, *dataset.Sample) {
	t.Helper()
	s, err := dataset.Read(bytes.NewReader(data), int64(len(data)), name, "")
	if err != nil {
		t.Fatal(err)
	}
	m, err := a.Definitions(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	p := dataset.Propose(m, s, "")
	p.Doc, p.Source, p.Theme = "Fichier d’essai.", "Essai", "Autres données"
	for i := range p.Columns {
		if p.Columns[i].Unit == "" {
			p.Columns[i].Unit = "unités"
		}
	}
	if change != nil {
		change(p)
	}
	return p, s
}

// declared makes a dataset of a file and loads it.
func declared(t testing.TB, a *app.App, name string, data []byte, change func(p *dataset.Plan)) *dataset.Trial {
	t.Helper()
	ctx := context.Background()
	p, s := proposed(t, a, name, data, change)
	trial, err := a.Datasets.Try(ctx, p, s, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	d, err := a.Datasets.Load(ctx, "Claire@MORVAN", trial, name, bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, dataset.WriteBundle(trial.Declarations))
	}
	if _, err := a.Ingest.Process(ctx, []int64{d.Seq}, nil); err != nil {
		t.Fatal(err)
	}
	if d, err = a.Registry.Delivery(ctx, d.Seq); err != nil || d.State != belvedere.Published {
		faults, _, _ := a.Registry.Faults(ctx, d.Seq, registry.Page{Limit: 3})
		t.Fatalf("%s: %v %s %s %+v", name, err, d.State, d.Reason, faults)
	}
	return trial
}

// TestAnyFileBecomesADataset: a file of another producer, with headers that nobody declared, is a dataset
// at once. Its sum is that of the file; after a restart, in another process and after a rebuild too.
func TestAnyFileBecomesADataset(t *testing.T) {
	unprotected(t)
	data, err := os.ReadFile(filepath.Join(shared(t, "data", "colleges_fr"), "ivac_2022_2023.csv"))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	a := openOn(t, folder, "")
	agree(t, a, registry.Agreement{AllThemes: true})
	trial := declared(t, a, "ivac_2022_2023.csv", data, nil)
	want := sums(t, data, "Session", "Nb candidats - G")
	code := trial.Dataset + "_nb_candidats_g"
	figure := func(a *app.App) string {
		return text(ask(t, a, report.Ask{Indicators: []string{code}, By: []string{"annee"}, Where: []string{"du=2020-09-01", "au=2025-08-31"}}))
	}
	got := figure(a)
	for year, sum := range want {
		if !strings.Contains(got, fmt.Sprintf("%s %.0f\n", year, sum)) {
			t.Errorf("year %s: want %.0f in\n%s", year, sum, got)
		}
		if p := trial.Preview.Figures[0]; math.Abs(p.Years[belvedere.SchoolYear(must(strconv.Atoi(year)))]-sum) > 1e-6 {
			t.Errorf("the preview said %v for %s, want %v", p.Years, year, sum)
		}
	}
	mean := ask(t, a, report.Ask{Indicators: []string{trial.Dataset + "_note_a_l_ecrit_g"}, By: []string{"annee"}, Where: []string{"annee=2022"}})
	if len(mean) < 2 || !strings.HasPrefix(mean[1][len(mean[1])-1], "1") {
		t.Errorf("mean of marks: %v", mean)
	}
	rate := ask(t, a, report.Ask{Indicators: []string{trial.Dataset + "_taux_de_reussite_g"}, By: []string{"annee"}, Where: []string{"annee=2022"}})
	if v, err := strconv.ParseFloat(rate[len(rate)-1][len(rate[0])-1], 64); err != nil || v < 0.5 || v > 1 {
		t.Errorf("a rate in %% is kept as a ratio: %v", rate)
	}
	if _, err := a.Ingest.Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if again := figure(a); again != got {
		t.Errorf("rebuilt:\n%s\nwant\n%s", again, got)
	}
	other := beside(t, folder)
	if m, err := other.Definitions(t.Context()); err != nil || m.Dataset(trial.Dataset) == nil || m.Indicator(code) == nil {
		t.Errorf("a second process does not know it: %v", err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if again := figure(openOn(t, folder, "")); again != got {
		t.Errorf("restarted:\n%s\nwant\n%s", again, got)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// beside opens the same folder beside the first.
func beside(t testing.TB, folder string) *app.App {
	t.Helper()
	c := configIn(folder)
	b, err := app.Open(context.Background(), c, discard)
	if b == nil || b.Registry == nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// sums adds a column of a file by another one.
func sums(t testing.TB, data []byte, by, column string) map[string]float64 {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, h := range rows[0] {
		at[h] = i
	}
	out := map[string]float64{}
	for _, row := range rows[1:] {
		if v, err := strconv.ParseFloat(row[at[column]], 64); err == nil {
			out[row[at[by]]] += v
		}
	}
	return out
}

// communes are two towns with three schools, and what is counted by town and by date.
func communes(t testing.TB) *app.App {
	t.Helper()
	a := openOn(t, t.TempDir(), "")
	agree(t, a, registry.Agreement{AllThemes: true})
	edition(t, a, map[string]string{"etablissements": "etablissement;nom;type;commune;code_commune\n9990001X;Les Tilleuls;college;Rennes;35238\n" +
		"9990002Y;Les Ormes;lycee;Rennes;35238\n9990003Z;Les Pins;college;Betton;35024\n"})
	return a
}

// TestByTown: what is counted by commune has the right total, its own figure for each school as a mean, and
// no sum over part of the schools of a commune.
func TestByTown(t *testing.T) {
	unprotected(t)
	a := communes(t)
	file := "code_insee;annee;Consommation (kWh)\n35238;2024;900,5\n35024;2024;99,5\n44109;2024;5\n"
	trial := declared(t, a, "energie.csv", []byte(file), func(p *dataset.Plan) { p.Kind = belvedere.Flow })
	if p := trial.Preview; p.Lost != 1 || p.Unknown != 1 || p.Figures[0].Total != 1005 {
		t.Errorf("%+v", p)
	}
	code := trial.Dataset + "_consommation_kwh"
	for name, c := range map[string]struct {
		ask  report.Ask
		want string
	}{
		"total":         {report.Ask{Indicators: []string{code}, Total: true, By: []string{"annee"}}, "2024 1000\n"},
		"by town":       {report.Ask{Indicators: []string{code}, By: []string{"commune"}}, "Betton 99.5000\nRennes 900.5000\n"},
		"mean":          {report.Ask{Indicators: []string{code}, By: []string{"annee"}, Rates: true}, "2024 500\n"},
		"mean of town":  {report.Ask{Indicators: []string{code}, By: []string{"commune"}, Rates: true}, "Betton 99.5000\nRennes 900.5000\n"},
		"by school":     {report.Ask{Indicators: []string{code}, By: []string{"etablissement"}, Rates: true}, "9990002Y 900.5000\n9990003Z 99.5000\n9990001X 900.5000\n"},
		"sum by school": {report.Ask{Indicators: []string{code}, By: []string{"etablissement"}}, ""},
		"of one type":   {report.Ask{Indicators: []string{code}, By: []string{"annee"}, Where: []string{"type=college"}}, ""},
		"one school":    {report.Ask{Indicators: []string{code}, By: []string{"annee"}, Where: []string{"etablissement=9990001X"}, Rates: true}, "2024 900.5000\n"},
	} {
		c.ask.Where = append(c.ask.Where, "annee=2024")
		if got := text(ask(t, a, c.ask)); !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

// TestByDate: a calendar has no place; each school shows the figure of the territory, and so do all together.
func TestByDate(t *testing.T) {
	unprotected(t)
	a := communes(t)
	file := "date,greve\n2024-10-01,1\n17/12/2024,1\n2025-01-15,1\n"
	trial := declared(t, a, "greves.csv", []byte(file), func(p *dataset.Plan) {
		p.Columns[1].Role, p.Columns[1].Unit = dataset.Measure, "jours"
	})
	code := trial.Dataset + "_" + "greve"
	for want, q := range map[string]report.Ask{
		"2024 3.0000\n": {Indicators: []string{code}, By: []string{"annee"}},
		"2024-10 1.0000\n2024-12 1.0000\n2025-01 1.0000\n": {Indicators: []string{code}, By: []string{"mois"}},
		"": {Indicators: []string{code}, By: []string{"commune"}},
	} {
		q.Where = []string{"annee=2024"}
		if got := text(ask(t, a, q)); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

// TestIdentitiesAreRefused: no column that tells who a person is becomes part of a dataset.
func TestIdentitiesAreRefused(t *testing.T) {
	a := communes(t)
	file := []byte("UAI;Nom;INE;Date de naissance;date;contact;repas\n9990001X;DUPONT;0123456789A;01/02/2010;2024-10-01;a@b.fr;1\n9990001X;MARTIN;0123456788B;03/02/2010;2024-10-02;c@d.fr;2\n")
	p, s := proposed(t, a, "repas.csv", file, nil)
	for _, c := range p.Columns {
		if (c.Role == dataset.Dimension || c.Role == dataset.Measure) && c.Header != "repas" {
			t.Errorf("%s is proposed as %s", c.Header, c.Role)
		}
	}
	for i := range p.Columns {
		again := *p
		again.Columns = append([]dataset.Column(nil), p.Columns...)
		if s.Seen[i].Identity == "" {
			continue
		}
		again.Columns[i].Role = dataset.Dimension
		if _, err := a.Datasets.Try(t.Context(), &again, s, bytes.NewReader(file), int64(len(file))); err == nil || !strings.Contains(err.Error(), "est refusée") {
			t.Errorf("%s: %v", p.Columns[i].Header, err)
		}
	}
}

// TestWithdrawn: what is in use stays, what is not goes, and what others use stays too.
func TestWithdrawn(t *testing.T) {
	unprotected(t)
	ctx := t.Context()
	a := communes(t)
	loaded := declared(t, a, "repas.csv", []byte("UAI;date;repas\n9990001X;2024-10-01;12\n"), nil)
	if err := a.Datasets.Withdraw(ctx, "Claire@MORVAN", "essai", loaded.Dataset); belvedere.KindOf(err) != belvedere.Conflict || !strings.Contains(err.Error(), "chiffres") {
		t.Errorf("withdrawn while it holds figures: %v", err)
	}
	list, err := dataset.ReadBundle("dataset: velos\nlabel: Vélos\ndoc: Places.\nkind: stock\ntime: annee\nslice: [etablissement, annee]\nretention: 1 an\nmeasures:\n  - {name: places, label: Places, unit: places}\n")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Datasets.Keep(ctx, "Claire@MORVAN", "essai", list); err != nil {
		t.Fatal(err)
	}
	more, err := dataset.ReadBundle("theme: moyens\nindicators:\n  - {code: places_velos, label: Places, definition: Places de vélos, since: \"2010\", recipients: Établissement et collectivité, basis: Intérêt légitime, widget: aucun, unit: places, value: velos.places}\n")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Datasets.Keep(ctx, "Claire@MORVAN", "essai", more); err != nil {
		t.Fatal(err)
	}
	if err := a.Datasets.Withdraw(ctx, "Claire@MORVAN", "essai", "velos"); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("withdrawn while an indicator reads it: %v", err)
	}
	for use, made := range map[string]func() (func() error, error){
		"requête «\u00a0Vélos par commune\u00a0»": func() (func() error, error) {
			q, err := a.Registry.CreateSaved(ctx, registry.SavedQuery{Title: "Vélos par commune", State: "indicateurs=eleves,places_velos&lignes=commune", Sharing: registry.SharedAll})
			return func() error { return a.Registry.DeleteSaved(ctx, q.ID) }, err
		},
		"requête de Claire MORVAN": func() (func() error, error) {
			q, err := a.Registry.CreateSaved(ctx, registry.SavedQuery{Title: "Mes secrets", OwnerName: "Claire MORVAN", Owner: member(t, a, registry.Account{FirstName: "Claire", LastName: "MORVAN", Place: registry.InTerritory}).ID, State: "indicateurs=places_velos", Sharing: registry.SharedNobody})
			return func() error { return a.Registry.DeleteSaved(ctx, q.ID) }, err
		},
		"tableau de bord «\u00a0Mobilités\u00a0»": func() (func() error, error) {
			d, err := a.Registry.CreateDashboard(ctx, registry.Dashboard{Title: "Mobilités", Sharing: registry.SharedAll, Content: `{"widgets":[{"question":"indicateurs=places_velos\u0026lignes=annee"}]}`})
			return func() error { return a.Registry.DeleteDashboard(ctx, d.ID) }, err
		},
		"formule «\u00a0Vélos par élève\u00a0»": func() (func() error, error) {
			f, err := a.Registry.CreateFormula(ctx, registry.SavedFormula{Kind: registry.FormulaOfFigures, Code: "velos_par_eleve", Shared: true, FormulaVersion: registry.FormulaVersion{Label: "Vélos par élève", Text: "places_velos / eleves", By: "x"}})
			return func() error { return a.Registry.DeleteFormula(ctx, f.ID) }, err
		},
	} {
		drop, err := made()
		if err != nil {
			t.Fatal(err)
		}
		err = a.Datasets.Withdraw(ctx, "Claire@MORVAN", "essai", "places_velos")
		if belvedere.KindOf(err) != belvedere.Conflict || !strings.Contains(err.Error(), use) || strings.Contains(err.Error(), "Mes secrets") {
			t.Errorf("withdrawn while a %s uses it: %v", use, err)
		}
		if err := drop(); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"places_velos", "velos"} {
		if err := a.Datasets.Withdraw(ctx, "Claire@MORVAN", "essai", name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if m, err := a.Definitions(ctx); err != nil || m.Dataset("velos") != nil {
		t.Errorf("still there: %v", err)
	}
	if err := a.Datasets.Withdraw(ctx, "Claire@MORVAN", "essai", "effectifs"); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("shipped: %v", err)
	}
	// Declared again with other columns: the empty table is made anew.
	if list, err = dataset.ReadBundle(strings.ReplaceAll(list[0].Text, "name: places,", "name: arceaux,")); err != nil {
		t.Fatal(err)
	}
	if err := a.Datasets.Keep(ctx, "Claire@MORVAN", "essai", list); err != nil {
		t.Fatal(err)
	}
	edition(t, a, map[string]string{"velos": "etablissement;annee;arceaux\n9990001X;2024;4\n"})
	grown := strings.ReplaceAll(list[0].Text, "measures:\n", "measures:\n  - {name: abris, label: Abris, unit: abris}\n")
	for text, kind := range map[string]belvedere.Kind{strings.ReplaceAll(list[0].Text, "name: arceaux,", "name: places,"): belvedere.Conflict, grown: 0} {
		next, err := dataset.ReadBundle(text)
		if err == nil {
			err = a.Datasets.Keep(ctx, "Claire@MORVAN", "essai", next)
		}
		if kind == 0 && err != nil || kind != 0 && belvedere.KindOf(err) != kind {
			t.Errorf("%v\n%s", err, text)
		}
	}
	edition(t, a, map[string]string{"velos": "etablissement;annee;arceaux;abris\n9990002Y;2024;4;1\n"})
}

// TestHostileDeclarations are refused with their place, and leave the catalogue as it was.
func TestHostileDeclarations(t *testing.T) {
	a := communes(t)
	ctx := t.Context()
	head := "dataset: velos\nlabel: Vélos\ndoc: Places.\nkind: stock\ntime: annee\nslice: [etablissement, annee]\nretention: 1 an\n"
	for name, text := range map[string]string{
		"injection":  head + "measures:\n  - {name: \"places; DROP TABLE effectifs\", label: x, unit: x}\n",
		"shipped":    strings.ReplaceAll(head, "velos", "effectifs") + "measures:\n  - {name: places, label: x, unit: x}\n",
		"free text":  head + "dimensions:\n  - {name: nom_eleve, label: Nom, free: true}\nmeasures:\n  - {name: places, label: x, unit: x}\n",
		"bomb":       head + "measures: &a [*a]\n",
		"nested":     head + "measures: " + strings.Repeat("[", 500) + "\n",
		"form":       "form: f\nlabel: x\nsource: x\ncolumns:\n  - {name: a, headers: [a], required: true}\noutputs:\n  - dataset: effectifs\n    set: {etablissement: \"exec({a})\"}\n",
		"path":       "dataset: ../x\n" + head,
		"page taken": "section: {code: accueil, label: x}\n",
	} {
		list, err := dataset.ReadBundle(text)
		if err == nil {
			err = a.Datasets.Keep(ctx, "Claire@MORVAN", "essai", list)
		}
		if err == nil {
			t.Errorf("%s: kept", name)
		}
	}
	if kept, err := a.Registry.ListDeclarations(ctx, true); err != nil || len(kept) != 0 {
		t.Errorf("kept %v, %v", kept, err)
	}
}
