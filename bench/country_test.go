package bench

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/territory/semantic"
)

// fillCountry makes 60,000 schools over 15 years with every dataset that the 80 indicators read.
// The register is delivered as a file; the measures of a school year are written by SQL into the
// base tables as one edition, and the publisher's own statements make the roll-ups and the coverage.
func fillCountry(b testing.TB, a *app.App) {
	list := schools(100, 600, largeKinds)
	deliver(b, a, map[string]io.Reader{"etablissements": strings.NewReader(register(list))})
	ctx := context.Background()
	stageSchools(b, a, list)
	var datasets []*belvedere.Dataset
	var names []string
	for _, d := range a.Model.Datasets {
		if d.Kind != belvedere.Register {
			stageCombinations(b, a, d)
			datasets, names = append(datasets, d), append(names, d.Name)
		}
	}
	for y := lastYear - yearsLarge + 1; y <= lastYear; y++ {
		start := time.Now()
		e, err := a.Registry.PlanEdition(ctx, "Année "+y.String(), nil)
		must(b, err)
		statements := []belvedere.Statement{{SQL: "INSERT INTO publication VALUES (?::INTEGER, 0::BIGINT)", Args: []any{e.Number}}}
		for _, d := range datasets {
			statements = append(statements, yearOf(d, y, e.Number))
		}
		statements = append(statements, semantic.Publisher{}.Rollups(a.Model, names, e.Number)...)
		must(b, a.Engine.Exec(ctx, statements...))
		must(b, a.Registry.FinishEdition(ctx, e.Number, time.Now()))
		b.Logf("%s in %s", y, time.Since(start).Round(time.Second))
	}
}

func must(b testing.TB, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func stageSchools(b testing.TB, a *app.App, list []school) {
	w, err := a.Engine.Stage(context.Background(), "mesure_ecoles", []belvedere.TableColumn{
		{Name: "numero", Type: belvedere.Int32}, {Name: "genre", Type: belvedere.Text}, {Name: "taille", Type: belvedere.Int64}})
	must(b, err)
	for _, s := range list {
		must(b, w.Append([]any{s.number, s.kind, int64(s.size)}))
	}
	must(b, w.Close())
}

func stageCombinations(b testing.TB, a *app.App, d *belvedere.Dataset) {
	cols := []belvedere.TableColumn{{Name: "genre", Type: belvedere.Text}}
	for _, dim := range d.Dimensions {
		cols = append(cols, belvedere.TableColumn{Name: dim.Name, Type: belvedere.Text})
	}
	w, err := a.Engine.Stage(context.Background(), "mesure_"+d.Name, cols)
	must(b, err)
	for _, kind := range []string{"ecole", "college", "lycee", "lycee_pro"} {
		for _, c := range combinations(d, kind, true) {
			row := []any{kind}
			for _, code := range c {
				row = append(row, code)
			}
			must(b, w.Append(row))
		}
	}
	must(b, w.Close())
}

// yearOf inserts a school year of a dataset, in the order in which a delivery would.
func yearOf(d *belvedere.Dataset, y belvedere.SchoolYear, edition int) belvedere.Statement {
	var into, cols []string
	add := func(name, expr string) { into, cols = append(into, name), append(cols, expr) }
	add("etablissement", "e.numero")
	add("annee", fmt.Sprint(int(y)))
	day := fmt.Sprintf("make_date(%d, 10, 1)", int(y))
	switch d.Time {
	case belvedere.ByHour:
		add("instant", fmt.Sprintf("TIMESTAMP '%d-10-01 08:00:00'", int(y)))
		add("jour", day)
		add("heure", "10")
	case belvedere.ByDay, belvedere.ByMonth:
		add("jour", day)
	case belvedere.ByPeriod:
		add("periode", "'annee'")
		add("jour", fmt.Sprintf("make_date(%d, 9, 1)", int(y)))
	}
	key := "e.numero"
	for _, dim := range d.Dimensions {
		add(dim.Name, "c."+dim.Name)
		key += ", c." + dim.Name
	}
	for _, m := range d.Measures {
		add(m.Name, fmt.Sprintf("(hash(%s, '%s') %% (e.taille // 8 + 4)::UBIGINT)::BIGINT + %d", key, m.Name, int(y)%100/4))
	}
	add("livraison", "0")
	add("entree", fmt.Sprint(edition))
	add("sortie", fmt.Sprint(semantic.Open))
	return belvedere.Statement{SQL: fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM mesure_ecoles e JOIN mesure_%s c USING (genre) ORDER BY e.numero",
		d.Name, strings.Join(into, ", "), strings.Join(cols, ", "), d.Name)}
}
