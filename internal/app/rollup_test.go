package app_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/territory/ingest"
	"belvedere/internal/territory/report"
)

// publish delivers a published file and wants it in a new edition.
func publish(t *testing.T, a *app.App, dataset, id, file string) {
	t.Helper()
	ctx := context.Background()
	d, _, err := a.Ingest.Accept(ctx, ingest.Submission{ID: id, Source: "test", Dataset: dataset, FileName: id, Body: strings.NewReader(file)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Ingest.Process(ctx, []int64{d.Seq}, nil); err != nil {
		t.Fatal(err)
	}
	if d, err = a.Registry.Delivery(ctx, d.Seq); err != nil || d.State != belvedere.Published {
		t.Fatalf("%s: %v %s %s", id, err, d.State, d.Reason)
	}
}

// randomFlow and randomStock write files of a few schools and times, some of which were
// delivered before: slices are replaced, added, and emptied of some of their rows.
func randomFlow(r *rand.Rand, uais []string) string {
	var b bytes.Buffer
	b.WriteString("etablissement;heure;profil;support;ent;connexions\n")
	seen := map[string]bool{}
	for range 40 {
		day := []string{"2025-10-26", "2025-11-03", "2025-12-31", "2026-01-01", "2026-03-29", "2026-08-31", "2026-09-01"}[r.IntN(7)]
		key := fmt.Sprintf("%s;%sT%02d:00:00Z;%s;%s;%s", uais[r.IntN(len(uais))], day, 4+r.IntN(16),
			[]string{"eleves", "enseignants"}[r.IntN(2)], []string{"web", "application"}[r.IntN(2)], []string{"oui", "non", ""}[r.IntN(3)])
		if !seen[key] {
			seen[key] = true
			fmt.Fprintf(&b, "%s;%d\n", key, r.IntN(50))
		}
	}
	return b.String()
}

func randomStock(r *rand.Rand, uais []string) string {
	var b bytes.Buffer
	b.WriteString("etablissement;jour;niveau;sexe;eleves;internes\n")
	seen := map[string]bool{}
	for range 30 {
		key := fmt.Sprintf("%s;%s;%s;%s", uais[r.IntN(len(uais))], []string{"2025-09-15", "2025-10-01", "2026-01-15", "2026-09-20"}[r.IntN(4)],
			[]string{"6eme", "5eme", ""}[r.IntN(3)], []string{"F", "M", ""}[r.IntN(3)])
		if !seen[key] {
			seen[key] = true
			fmt.Fprintf(&b, "%s;%d;%s\n", key, r.IntN(200), []string{"", "3"}[r.IntN(2)])
		}
	}
	return b.String()
}

func randomPersons(r *rand.Rand, uais []string) string {
	var b bytes.Buffer
	b.WriteString("etablissement;periode;debut;profil;support;ent;individus\n")
	seen := map[string]bool{}
	for range 40 {
		when := []string{"annee;2025-09-01", "mois;2025-09-01", "mois;2025-11-01", "jour;2025-09-01", "jour;2025-11-03", "jour;2025-11-04"}[r.IntN(6)]
		key := fmt.Sprintf("%s;%s;%s;%s;%s", uais[r.IntN(len(uais))], when,
			[]string{"ensemble", "eleves", "enseignants"}[r.IntN(3)], []string{"ensemble", "net"}[r.IntN(2)], []string{"ensemble", "oui"}[r.IntN(2)])
		if !seen[key] {
			seen[key] = true
			fmt.Fprintf(&b, "%s;%d\n", key, r.IntN(50))
		}
	}
	return b.String()
}

// TestRollupsStayExact publishes many small deliveries that replace each other's slices and
// compares, after each, every roll-up with the same sums taken from the rows themselves, and
// every past edition with what it answered when it was new.
func TestRollupsStayExact(t *testing.T) {
	a := open(t)
	r := rand.New(rand.NewPCG(7, 7))
	var uais []string
	var register strings.Builder
	register.WriteString("etablissement;nom;type\n")
	for i := range 5 {
		u := uai(t, fmt.Sprintf("999000%d", i+1))
		uais = append(uais, u)
		fmt.Fprintf(&register, "%s;École %d;ecole\n", u, i)
	}
	publish(t, a, "etablissements", "registre", register.String())
	asks := []report.Ask{
		{Indicators: []string{"connexions"}, By: []string{"etablissement"}, Where: []string{"annee=2025"}, Total: true},
		{Indicators: []string{"connexions"}, By: []string{"jour"}, Where: []string{"annee=2025"}},
		{Indicators: []string{"connexions"}, By: []string{"mois", "profil"}, Where: []string{"annee=2025"}},
		{Indicators: []string{"eleves", "internat"}, By: []string{"etablissement"}, Where: []string{"annee=2025"}, Total: true},
		{Indicators: []string{"individus"}, By: []string{"jour"}, Where: []string{"annee=2025"}},
		{Indicators: []string{"eleves"}, By: []string{"niveau"}, Where: []string{"annee=2025"}, Total: true},
	}
	answers := map[int]string{}
	for i := range 12 {
		publish(t, a, "connexions", fmt.Sprintf("c%d", i), randomFlow(r, uais))
		publish(t, a, "effectifs", fmt.Sprintf("e%d", i), randomStock(r, uais))
		publish(t, a, "individus", fmt.Sprintf("i%d", i), randomPersons(r, uais))
		compareRollups(t, a)
		edition, err := a.Reporter.Edition(context.Background(), 0)
		if err != nil {
			t.Fatal(err)
		}
		answers[edition.Number] = all(t, a, asks, 0)
	}
	for number, want := range answers {
		if got := all(t, a, asks, number); got != want {
			t.Errorf("edition %d answers differently since:\n%s\nwas\n%s", number, got, want)
		}
	}
	before := all(t, a, asks, 0)
	if _, err := a.Ingest.Rebuild(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	compareRollups(t, a)
	if got := all(t, a, asks, 0); got != before {
		t.Errorf("after a rebuild:\n%s\nbefore\n%s", got, before)
	}
}

func all(t *testing.T, a *app.App, asks []report.Ask, edition int) string {
	t.Helper()
	var b strings.Builder
	for _, q := range asks {
		q.Edition = edition
		for _, row := range ask(t, a, q) {
			b.WriteString(strings.Join(row, " ") + "\n")
		}
	}
	return b.String()
}

// compareRollups recomputes each roll-up from its base table and wants no row more or less.
func compareRollups(t *testing.T, a *app.App) {
	t.Helper()
	const current = 2147483647
	for table, sql := range map[string]string{
		"connexions__jour":               "SELECT etablissement, annee, jour, profil, support, ent, sum(connexions) FROM connexions WHERE sortie = %[1]d GROUP BY ALL",
		"connexions__mois":               "SELECT etablissement, annee, date_trunc('month', jour)::DATE, profil, support, ent, sum(connexions) FROM connexions WHERE sortie = %[1]d GROUP BY ALL",
		"connexions__annee":              "SELECT etablissement, annee, profil, support, ent, sum(connexions) FROM connexions WHERE sortie = %[1]d GROUP BY ALL",
		"connexions__heure__territoire":  "SELECT annee, jour, heure, profil, support, sum(connexions) FROM connexions WHERE sortie = %[1]d GROUP BY ALL",
		"connexions__jour__territoire":   "SELECT annee, jour, profil, support, ent, sum(connexions) FROM connexions WHERE sortie = %[1]d GROUP BY ALL",
		"individus__periode__territoire": "SELECT annee, periode, jour, profil, support, ent, sum(individus) FROM individus WHERE sortie = %[1]d GROUP BY ALL",
		"effectifs__annee": "SELECT etablissement, annee, jour, niveau, sexe, sum(eleves), sum(demi_pensionnaires), sum(internes), sum(hors_secteur), sum(transports), sum(segpa), sum(ulis) FROM effectifs " +
			"WHERE sortie = %[1]d AND (etablissement, jour) IN (SELECT etablissement, max(jour) FROM effectifs WHERE sortie = %[1]d GROUP BY etablissement, annee) GROUP BY ALL",
		"effectifs__mois": "SELECT etablissement, annee, jour, niveau, sexe, sum(eleves), sum(demi_pensionnaires), sum(internes), sum(hors_secteur), sum(transports), sum(segpa), sum(ulis) FROM effectifs " +
			"WHERE sortie = %[1]d AND (etablissement, jour) IN (SELECT etablissement, max(jour) FROM effectifs WHERE sortie = %[1]d GROUP BY etablissement, date_trunc('month', jour)) GROUP BY ALL",
	} {
		want := fmt.Sprintf(sql, current)
		got := fmt.Sprintf("SELECT * EXCLUDE (entree, sortie) FROM %s WHERE sortie = %d", table, current)
		count := "SELECT (SELECT count(*) FROM (%s EXCEPT ALL %s)), (SELECT count(*) FROM (%s EXCEPT ALL %s)), (SELECT count(*) FROM (%s))"
		err := a.Engine.Query(context.Background(), belvedere.Statement{SQL: fmt.Sprintf(count, want, got, got, want, want)}, func(row []any) error {
			if row[0] != int64(0) || row[1] != int64(0) || row[2] == int64(0) {
				t.Errorf("%s: %v rows missing, %v too many, of %v", table, row[0], row[1], row[2])
			}
			return nil
		})
		if err != nil {
			t.Fatalf("%s: %v", table, err)
		}
	}
}
