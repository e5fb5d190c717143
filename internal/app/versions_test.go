package app_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/config"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
)

// ownIndicator writes a deployment's catalogue of one indicator.
func ownIndicator(t testing.TB, folder, definition, value string) {
	t.Helper()
	text := "theme: moyens\nindicators:\n  - code: eleves_presents\n    label: Présents\n    definition: " + definition +
		"\n    since: \"2010\"\n    recipients: Établissement et collectivité\n    basis: Mission d’intérêt public\n" +
		"    unit: élèves\n    widget: moyens.eleves\n    value: " + value + "\n"
	if err := os.MkdirAll(filepath.Join(folder, "indicators"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "indicators", "local.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// openWith opens an app in a folder, with a deployment's own catalogue; the test may close it before its end.
func openWith(t testing.TB, data, catalog string) *app.App {
	t.Helper()
	c := config.Default()
	c.Data, c.Catalog = data, catalog
	a, err := app.Open(context.Background(), c, slog.New(slog.NewTextHandler(io(t), nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

// oneSchool is a register of one school, and its pupils.
func oneSchool(t *testing.T, girls, boys string) map[string]string {
	school := uai(t, "9990001")
	return map[string]string{"etablissements": strings.Replace(register, "9990001Y", school, 1), "effectifs": pupils(school, girls, boys)}
}

// A catalogue that has changed since answers again as it did, under the rights of today.
func TestAnswersByAnOldCatalogue(t *testing.T) {
	ctx := t.Context()
	data, catalog := t.TempDir(), t.TempDir()
	ownIndicator(t, catalog, "Tous les élèves", "effectifs.eleves")
	a := openWith(t, data, catalog)
	agree(t, a, registry.Agreement{AllThemes: true})
	edition(t, a, oneSchool(t, "12", "13"))
	old := a.Model.Version
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}

	ownIndicator(t, catalog, "Les filles seules", "effectifs.eleves[sexe=F]")
	a = openWith(t, data, catalog)
	if a.Model.Version == old {
		t.Fatal("the version did not change with the catalogue")
	}
	viewer, err := a.Operator(ctx)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(r *report.Reporter) float64 {
		t.Helper()
		q, err := r.Build(ctx, report.Ask{Indicators: []string{"eleves_presents"}, Where: []string{"annee=2025"}})
		if err != nil {
			t.Fatal(err)
		}
		out, err := r.Query(ctx, viewer, q)
		if err != nil {
			t.Fatal(err)
		}
		return out.Rows[0].Cells[0].Value
	}
	model, err := a.Reporter.ModelAt(ctx, old)
	if err != nil || model.Version != old || model.Indicator("eleves_presents").Definition != "Tous les élèves" {
		t.Fatalf("model of %s: %v", old, err)
	}
	as := a.Reporter.As(model)
	if now, then := ask(a.Reporter), ask(as); now != 12 || then != 25 {
		t.Errorf("today %v, by the old catalogue %v", now, then)
	}
	if again := a.Reporter.As(model); again != as || as.As(a.Model) != a.Reporter {
		t.Error("the reporter of a version is made again, or does not lead back")
	}
	if list, err := a.Registry.ListCatalogs(ctx); err != nil || len(list) != 2 || list[0].Version != old {
		t.Errorf("versions %+v, %v", list, err)
	}
	if _, err := a.Reporter.ModelAt(ctx, "inconnue"); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("a version that nobody kept: %v", err)
	}
}

// What today's catalogue keeps for schools is not shown by the definitions of before.
func TestOldCatalogueUnderTheRulesOfToday(t *testing.T) {
	ctx := t.Context()
	a := open(t)
	edition(t, a, oneSchool(t, "12", "13"))
	viewer, err := a.Operator(ctx)
	if err != nil {
		t.Fatal(err)
	}
	old := *a.Model
	old.Version = "ancienne"
	old.Indicators = nil
	for _, ind := range a.Model.Indicators {
		was := *ind
		was.SchoolOnly, was.Widget, was.Secrecy = false, "", "aucun"
		old.Indicators = append(old.Indicators, &was)
	}
	old.Index()
	as := a.Reporter.As(&old)
	for _, ind := range as.Model().Indicators {
		now := a.Model.Indicator(ind.Code)
		if ind.SchoolOnly != now.SchoolOnly || ind.Widget != now.Widget || ind.Secrecy != now.Secrecy {
			t.Errorf("%s: opened by the old rules", ind.Code)
		}
	}
	viewer.Scope.AllWidgets, viewer.Scope.Widgets = false, map[string]bool{}
	viewer.Scope.Fingerprint = "personne"
	q, err := as.Build(ctx, report.Ask{Indicators: []string{"eleves"}, By: []string{"etablissement"}, Total: true, Where: []string{"annee=2025"}})
	if err != nil {
		t.Fatal(err)
	}
	out, err := as.Query(ctx, viewer, q)
	if err != nil || out.Total.Cells[0].State != belvedere.NotShared {
		t.Errorf("without the widget of today: %+v, %v", out, err)
	}
}
