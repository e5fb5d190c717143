package semantic_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/territory/semantic"
)

// shipped is the catalogue of the program.
func shipped(t testing.TB) *belvedere.Model {
	t.Helper()
	m, err := semantic.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// all is a scope that sees every school and widget, and all that is not kept for schools.
var all = belvedere.Scope{AllSchools: true, AllWidgets: true, Sharing: belvedere.Sharing{Everything: true}}

func year(y belvedere.SchoolYear) belvedere.Period {
	return belvedere.NewPeriod(belvedere.ThisYear, y, y.End().AddDate(0, 0, -1))
}

func columns(codes ...string) []belvedere.QueryColumn {
	var out []belvedere.QueryColumn
	for _, c := range codes {
		code, rate := strings.CutSuffix(c, "_taux")
		out = append(out, belvedere.QueryColumn{Key: c, Indicator: code, Rate: rate})
	}
	return out
}

// TestSQL compares the text of typical queries with golden files that are meant to be read.
func TestSQL(t *testing.T) {
	m := shipped(t)
	november := belvedere.Period{Kind: belvedere.ThisMonth, From: belvedere.Date(2025, 11, 1), To: belvedere.Date(2025, 12, 1)}
	one := []belvedere.Filter{{Dim: "etablissement", Values: []string{"0350017D"}}}
	cases := []struct {
		name  string
		query belvedere.Query
		scope belvedere.Scope
	}{
		{"stock_par_etablissement", belvedere.Query{Columns: columns("eleves", "classes", "eleves_taux"), By: []string{"etablissement"}, Period: year(2025), Total: true}, all},
		{"stock_en_novembre", belvedere.Query{Columns: columns("eleves"), Period: november}, all},
		{"stock_par_annee", belvedere.Query{Columns: columns("eleves"), By: []string{"annee"}, Period: belvedere.Period{From: belvedere.SchoolYear(2021).First(), To: belvedere.SchoolYear(2025).End()}}, all},
		{"flux_du_territoire_par_jour", belvedere.Query{Columns: columns("connexions"), By: []string{"jour"}, Period: november}, all},
		{"personnes_du_territoire_par_jour", belvedere.Query{Columns: columns("individus"), By: []string{"jour"}, Period: november}, all},
		{"flux_d_un_etablissement_par_heure", belvedere.Query{Columns: columns("connexions"), By: []string{"jour", "heure"}, Where: one, Period: november}, all},
		{"droits_sur_deux_etablissements", belvedere.Query{Columns: columns("connexions"), By: []string{"jour"}, Period: november}, belvedere.Scope{Schools: []belvedere.UAI{"0350017D", "0350707D"}, AllWidgets: true, Sharing: all.Sharing}},
		{"filtre_sur_le_registre", belvedere.Query{Columns: columns("eleves"), By: []string{"commune"}, Where: []belvedere.Filter{{Dim: "type", Values: []string{"college"}}}, Period: year(2025), Total: true}, all},
		{"taux_par_niveau_et_total", belvedere.Query{Columns: columns("eleves_taux"), By: []string{"niveau"}, Period: year(2025), Total: true}, all},
		{"partie_par_tranche", belvedere.Query{Columns: columns("eleves_absences"), By: []string{"tranche"}, Period: year(2025)}, all},
		{"sans_objet_hors_des_sommes", belvedere.Query{Columns: columns("internat"), Period: year(2025)}, all},
		{"personnes_par_profil", belvedere.Query{Columns: columns("individus_net", "individus"), By: []string{"profil"}, Period: year(2025)}, all},
		{"destinataires_etendus", belvedere.Query{Columns: columns("sanctions", "absences"), By: []string{"etablissement"}, Period: year(2025), Total: true}, belvedere.Scope{AllSchools: true, AllWidgets: true, Sharing: belvedere.Sharing{Everything: true, Extended: map[int][]belvedere.UAI{31: {"0350017D"}}}}},
		{"conventions_par_theme", belvedere.Query{Columns: columns("absences", "retards", "eleves"), By: []string{"mois"}, Period: november}, belvedere.Scope{
			Schools: []belvedere.UAI{"0350017D", "0350707D", "0350001L"}, AllWidgets: true, Own: []belvedere.UAI{"0350001L"},
			Sharing: belvedere.Sharing{Themes: map[string]belvedere.SchoolSet{"social": {Schools: []belvedere.UAI{"0350017D", "0350018E"}}, "moyens": {All: true}}}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p, err := semantic.NewPlan(m, c.query, c.scope)
			if err != nil {
				t.Fatal(err)
			}
			s := p.SQL(semantic.DuckDB{}, 12)
			got := fmt.Sprintf("%s\n-- %v\n", s.SQL, s.Args)
			if n := strings.Count(s.SQL, "?"); n != len(s.Args) {
				t.Errorf("%d placeholders, %d parameters", n, len(s.Args))
			}
			golden(t, filepath.Join("testdata", "sql", c.name+".duckdb.sql"), got)
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// TestQueryErrors wants refusals that say what is wrong.
func TestQueryErrors(t *testing.T) {
	m := shipped(t)
	for _, c := range []struct {
		name  string
		query belvedere.Query
		want  string
	}{
		{"no column", belvedere.Query{Period: year(2025)}, "aucun indicateur"},
		{"unknown indicator", belvedere.Query{Columns: columns("nope"), Period: year(2025)}, "nope"},
		{"unknown dimension", belvedere.Query{Columns: columns("eleves"), By: []string{"couleur"}, Period: year(2025)}, "couleur"},
		{"twice", belvedere.Query{Columns: columns("eleves"), By: []string{"niveau", "niveau"}, Period: year(2025)}, "deux fois"},
		{"unknown code", belvedere.Query{Columns: columns("eleves"), Where: []belvedere.Filter{{Dim: "niveau", Values: []string{"7eme"}}}, Period: year(2025)}, "7eme"},
		{"bad UAI", belvedere.Query{Columns: columns("eleves"), Where: []belvedere.Filter{{Dim: "etablissement", Values: []string{"0350017A"}}}, Period: year(2025)}, "lettre de contrôle"},
		{"empty period", belvedere.Query{Columns: columns("eleves"), Period: belvedere.Period{From: belvedere.Date(2025, 1, 2), To: belvedere.Date(2025, 1, 2)}}, "période"},
	} {
		_, err := semantic.NewPlan(m, c.query, all)
		if err == nil || !strings.Contains(err.Error(), c.want) || belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%s: error %v, want an Invalid one with %q", c.name, err, c.want)
		}
	}
}

// TestPublishBindsIdentifiersOnly keeps the statements of publication free of anything but
// catalogue names and placeholders.
func TestPublishBindsIdentifiersOnly(t *testing.T) {
	m := shipped(t)
	plain := regexp.MustCompile(`^[\w\s.,()=<>*?:'+-]*$`)
	for _, d := range m.Datasets {
		for _, s := range semantic.Publisher.Publish(semantic.Publisher{}, d, "stage.x", 3, semantic.Origin{Delivery: 1, Name: "a'b", Rank: 2}) {
			if !plain.MatchString(s.SQL) || strings.Contains(s.SQL, "a'b") || strings.Count(s.SQL, "?") != len(s.Args) {
				t.Errorf("%s: %s %v", d.Name, s.SQL, s.Args)
			}
		}
	}
}
