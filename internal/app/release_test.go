package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/registry"
	"belvedere/internal/territory/diffusion"
	"belvedere/internal/territory/ingest"
	"belvedere/internal/territory/report"
)

// figures answers a question in short: the lines with their cells, "ensemble" last.
func figures(t *testing.T, a *app.App, viewer belvedere.Viewer, ask report.Ask) string {
	t.Helper()
	ask.Where = append(ask.Where, "annee=2025")
	q, err := a.Reporter.Build(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	out, err := a.Reporter.Query(t.Context(), viewer, q)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	rows := out.Rows
	if out.Total != nil {
		rows = append(rows, *out.Total)
	}
	for _, row := range rows {
		line := row.Keys[0].Code
		for i, c := range row.Cells {
			if word := c.State.Word(); word != "" {
				line += " " + word
			} else {
				line += " " + out.Columns[i].Format(c.Value)
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "; ")
}

// push brings a file as a source does, in an edition of its own.
func push(t *testing.T, a *app.App, source, dataset, file string) {
	t.Helper()
	d, _, err := a.Ingest.Accept(t.Context(), ingest.Submission{Source: source, Dataset: dataset, FileName: dataset, Body: strings.NewReader(file)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Ingest.Process(t.Context(), []int64{d.Seq}, nil); err != nil {
		t.Fatal(err)
	}
}

const threeSchools = "etablissement;nom;type\n9990001X;A;college\n9990002Y;B;college\n9990003Z;C;college\n"

func pupilsOf(day string, counts ...int) string {
	text := "etablissement;jour;niveau;eleves\n"
	for i, n := range counts {
		text += fmt.Sprintf("%s;%s;%s;%d\n", []string{"9990001X", "9990002Y", "9990003Z"}[i/2], day, []string{"6eme", "5eme"}[i%2], n)
	}
	return text
}

// TestReleaseGoesOn follows one figure through corrections: what is new enters, a change of few persons
// waits until it is large, a program waits for the calendar, and past editions keep what they showed.
func TestReleaseGoesOn(t *testing.T) {
	a := openOn(t, t.TempDir(), "")
	clock := newWatch(a, time.Date(2025, 11, 10, 12, 0, 0, 0, time.UTC))
	edition(t, a, map[string]string{"etablissements": threeSchools, "effectifs": pupilsOf("2025-10-01", 60, 50, 40, 30, 20, 25)})
	schools := report.Ask{Indicators: []string{"eleves"}, By: []string{"etablissement"}, Total: true}
	expect := func(want string, ask report.Ask) {
		t.Helper()
		if got := figures(t, a, everyone, ask); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	first := "9990001X 110; 9990002Y 70; 9990003Z 45; ensemble 225"
	expect(first, schools)
	push(t, a, "test", "effectifs", pupilsOf("2025-10-01", 61, 50)) // one pupil more at A
	expect(first, schools)
	own := belvedere.Viewer{Scope: belvedere.Scope{Schools: []belvedere.UAI{"9990001X"}, Own: []belvedere.UAI{"9990001X"}, AllWidgets: true}}
	if got := figures(t, a, own, schools); got != "9990001X 111; ensemble 111" {
		t.Errorf("the school itself sees %s", got)
	}
	push(t, a, "test", "effectifs", pupilsOf("2025-10-01", 80, 50)) // twenty more
	second := "9990001X 130; 9990002Y 70; 9990003Z 45; ensemble 245"
	expect(second, schools)
	if _, err := a.Registry.CreateToken(t.Context(), registry.Token{Name: "x", Vendor: "editeur", Hash: "h", Push: true, AllSchools: true, Created: time.Unix(1e9, 0)}); err != nil {
		t.Fatal(err)
	}
	push(t, a, "editeur", "effectifs", pupilsOf("2025-11-03", 80, 50, 60, 30)) // a program: twenty more at B
	expect(second, schools)
	clock.pass(30 * 24 * time.Hour) // the first of the month has come
	if err := a.Releases.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	third := "9990001X 130; 9990002Y 90; 9990003Z 45; ensemble 265"
	expect(third, schools)
	for e, want := range map[int]string{1: first, 2: first, 3: second} {
		past := schools
		past.Edition = e
		expect(want, past)
	}
}

// TestReleaseRules raises protection: figures disappear at once, in every edition, and rules go up only.
func TestReleaseRules(t *testing.T) {
	a := openOn(t, t.TempDir(), "")
	edition(t, a, map[string]string{"etablissements": threeSchools, "effectifs": pupilsOf("2025-10-01", 60, 7, 40, 30, 20, 25)})
	levels := report.Ask{Indicators: []string{"eleves"}, By: []string{"etablissement", "niveau"}}
	if got := figures(t, a, everyone, levels); strings.Contains(got, "secret") {
		t.Errorf("before: %s", got)
	}
	for name, bad := range map[string]diffusion.Rules{
		"lower floor": {Floors: map[string]float64{"5": 4}}, "half": {Floors: map[string]float64{"5": 5.5}}, "no class": {Floors: map[string]float64{"7": 8}},
		"lower class": {Indicators: map[string]string{"eleves": "aucun"}}, "no indicator": {Indicators: map[string]string{"x": "5"}}, "no calendar": {Calendar: "jamais"},
	} {
		if err := a.Releases.SetRules(t.Context(), bad); belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := a.Releases.SetRules(t.Context(), diffusion.Rules{Indicators: map[string]string{"eleves": "10"}}); err != nil {
		t.Fatal(err)
	}
	got := figures(t, a, everyone, levels)
	if strings.Count(got, "secret") < 2 {
		t.Errorf("after: %s", got)
	}
	// Two schools make more than 85 % of each level, and are hidden there: the levels are hidden too.
	if got := figures(t, a, everyone, report.Ask{Indicators: []string{"eleves"}, By: []string{"niveau"}, Total: true, Edition: 1}); got != "6eme secret; 5eme secret; ensemble 182" {
		t.Errorf("totals: %s", got)
	}
}

// TestReleaseSurvives rebuilds the warehouse: the registry holds the releases, and figures stay as shown.
func TestReleaseSurvives(t *testing.T) {
	folder := t.TempDir()
	a := openOn(t, folder, "")
	edition(t, a, map[string]string{"etablissements": threeSchools, "effectifs": pupilsOf("2025-10-01", 60, 3, 40, 30, 20, 25)})
	push(t, a, "test", "effectifs", pupilsOf("2025-10-01", 61, 3))
	ask := report.Ask{Indicators: []string{"eleves"}, By: []string{"etablissement", "niveau"}, Total: true}
	before := figures(t, a, everyone, ask)
	if !strings.Contains(before, "secret") {
		t.Errorf("nothing is secret: %s", before)
	}
	if _, err := a.Ingest.Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if after := figures(t, a, everyone, ask); after != before {
		t.Errorf("before %s\nafter  %s", before, after)
	}
	list, err := a.Registry.ListReleases(t.Context())
	if err != nil || len(list) != 2 {
		t.Errorf("%d releases, %v", len(list), err)
	}
}

// TestReleaseTogether lets a school that a program sends alone wait for others, where its small numbers
// could only be protected by hiding totals of the territory; a date of the calendar lets it in.
func TestReleaseTogether(t *testing.T) {
	a := openOn(t, t.TempDir(), "")
	clock := newWatch(a, time.Date(2025, 11, 10, 12, 0, 0, 0, time.UTC))
	if _, err := a.Registry.CreateToken(t.Context(), registry.Token{Name: "x", Vendor: "editeur", Hash: "h", Push: true, AllSchools: true, Created: time.Unix(1e9, 0)}); err != nil {
		t.Fatal(err)
	}
	edition(t, a, map[string]string{"etablissements": threeSchools, "effectifs": pupilsOf("2025-10-01", 60, 50, 40, 30)})
	schools := report.Ask{Indicators: []string{"eleves"}, By: []string{"etablissement"}, Total: true}
	levels := report.Ask{Indicators: []string{"eleves"}, By: []string{"niveau"}, Total: true}
	push(t, a, "editeur", "effectifs", "etablissement;jour;niveau;eleves\n9990003Z;2025-10-01;6eme;3\n9990003Z;2025-10-01;5eme;25\n")
	if got := figures(t, a, everyone, schools); got != "9990001X 110; 9990002Y 70; 9990003Z en attente; ensemble 180" {
		t.Errorf("by school: %s", got)
	}
	if got := figures(t, a, everyone, levels); got != "6eme 100; 5eme 80; ensemble 180" {
		t.Errorf("by level: %s", got)
	}
	clock.pass(30 * 24 * time.Hour)
	if err := a.Releases.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := figures(t, a, everyone, schools); got != "9990001X 110; 9990002Y 70; 9990003Z 28; ensemble 208" {
		t.Errorf("by school, later: %s", got)
	}
	if got := figures(t, a, everyone, levels); !strings.Contains(got, "secret") {
		t.Errorf("the levels would tell three pupils: %s", got)
	}
}
