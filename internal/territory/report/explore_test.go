package report_test

import (
	"math/rand/v2"
	"net/url"
	"reflect"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/territory/report"
)

// drawExplore draws a state, whatever a form could say and some that none would.
func drawExplore(r *rand.Rand) report.Explore {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	values := []string{"6eme", "", "~", "a,b", "x|y;[z]=!", " bord ", "Saint-Lô", "l’été", "~41", "\u00a0", "autres", "\xff"}
	dims := []string{"niveau", "niveau.groupe", "sexe", "etablissement", "commune", "annee", "mois", "profil"}
	filters := func(most int) (out []belvedere.Filter) {
		for range r.IntN(most + 1) {
			f := belvedere.Filter{Dim: pick(dims...), Not: r.IntN(3) == 0}
			for range r.IntN(4) {
				f.Values = append(f.Values, pick(values...))
			}
			out = append(out, f)
		}
		return out
	}
	e := report.Explore{Across: pick("", "", "sexe", "annee"), Compare: belvedere.Compare(pick("", "precedente", "an_dernier")),
		Constant: r.IntN(2) == 0, Rates: r.IntN(2) == 0, Share: r.IntN(2) == 0, Subtotals: r.IntN(2) == 0, Top: r.IntN(3) * 5,
		Sort: pick("", "nom", "-eleves", "a&b=c;d#"), Shape: report.Shapes[r.IntN(len(report.Shapes))], Page: r.IntN(4), Edition: r.IntN(3)}
	for range r.IntN(4) {
		e.Columns = append(e.Columns, report.ExploreColumn{Indicator: pick("eleves", "classes", "formule:cout_par_eleve", "h_d"), Rate: r.IntN(3) == 0, Version: r.IntN(3), Where: filters(2)})
	}
	for range r.IntN(4) {
		e.Lines = append(e.Lines, pick(dims...))
	}
	e.Where = filters(3)
	switch r.IntN(4) {
	case 0:
		e.Span = report.Span{Year: 2025, Since: belvedere.SchoolYear(2020 + r.IntN(7))}
	case 1:
		day := belvedere.Date(2025, time.Month(1+r.IntN(12)), 1+r.IntN(28))
		e.Span = report.Span{From: day, To: day.AddDate(0, 0, 1+r.IntN(40)), Year: 2024}
	case 2:
		e.Span = report.Span{Kind: belvedere.LastMonth, Year: belvedere.SchoolYear(r.IntN(2) * 2025)}
	}
	return e
}

// TestExploreRoundTrip wants every state to be its address: read again, it is the same state, and one
// state has one address.
func TestExploreRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		e := drawExplore(r).With(func(*report.Explore) {})
		v, err := url.ParseQuery(e.Encode())
		if err != nil {
			t.Fatalf("%q: %v", e.Encode(), err)
		}
		back, err := report.ParseExplore(v)
		if err != nil {
			t.Fatalf("%q: %v", e.Encode(), err)
		}
		if back.Encode() != e.Encode() {
			t.Fatalf("%q came back as %q", e.Encode(), back.Encode())
		}
		if again, _ := report.ParseExplore(back.Values()); !reflect.DeepEqual(again, back) {
			t.Fatalf("%q: %+v is not %+v", e.Encode(), again, back)
		}
	}
}

// TestExploreHostile wants addresses that nobody made to be refused or read, and never to grow.
func TestExploreHostile(t *testing.T) {
	for _, bad := range []string{
		"indicateurs=eleves[niveau", "indicateurs=eleves[=6eme]", "indicateurs=Élèves", "indicateurs=eleves%40zero", "indicateurs=a;drop",
		"indicateurs=x'--", "lignes=niveau,sexe,profil,type", "lignes=a%20b", "colonnes=%00", "forme=camembert", "annee=25", "depuis=20", "annee=2025&depuis=1901",
		"du=2025-01-01", "du=2025-02-30&au=2025-03-01", "du=2025-03-02&au=2025-03-01", "page=0", "page=99999999999", "premiers=-1", "premiers=1e9",
		"comparer=hier", "mode=tout", "part=ligne", "perimetre=variable", "filtre.%C3%A9=1", "periode=plage", "edition=x",
	} {
		v, err := url.ParseQuery(bad)
		if err != nil {
			continue // the server refuses such an address itself
		}
		if _, err := report.ParseExplore(v); belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%s: %v, want Invalid", bad, err)
		}
	}
	many := url.Values{}
	for i := range 3000 {
		many.Add("filtre.commune", string(rune('a'+i%26))+"x")
	}
	if _, err := report.ParseExplore(many); belvedere.KindOf(err) != belvedere.TooLarge {
		t.Errorf("3000 values: %v", err)
	}
}

func FuzzExplore(f *testing.F) {
	f.Add("indicateurs=eleves[niveau=6eme|5eme],classes&lignes=type&filtre.sexe=F&sauf.niveau=~")
	f.Add("indicateurs=formule:x@2&colonnes=annee&premiers=3&tri=-eleves_F")
	f.Fuzz(func(t *testing.T, raw string) {
		v, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		e, err := report.ParseExplore(v)
		if err != nil {
			return
		}
		w, err := url.ParseQuery(e.Encode())
		if err != nil {
			t.Fatalf("%q: %v", e.Encode(), err)
		}
		back, err := report.ParseExplore(w)
		if err != nil || back.Encode() != e.Encode() {
			t.Fatalf("%q came back as %q: %v", e.Encode(), back.Encode(), err)
		}
	})
}

// TestReadExplore wants what can be read of a form to stay when a part of it cannot: one fault is said,
// and the indicators, lines and filters are those that were chosen.
func TestReadExplore(t *testing.T) {
	v := url.Values{"indicateurs": {"eleves", "x'--", "classes"}, "lignes": {"type"}, "filtre.secteur": {"prive"}, "du": {"2026-03-01"}, "au": {"2026-01-01"}, "premiers": {"dix"}}
	e, faults := report.ReadExplore(v)
	if len(faults) != 3 {
		t.Errorf("%d faults: %v", len(faults), faults)
	}
	if got := e.Encode(); got != "filtre.secteur=prive&indicateurs=eleves&lignes=type" {
		t.Errorf("what is left is %q", got)
	}
	if _, err := report.ParseExplore(v); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("a program is answered in spite of its faults: %v", err)
	}
	if e, faults = report.ReadExplore(url.Values{"indicateurs": {"eleves"}, "depuis": {"2020"}}); len(faults) != 0 || e.Encode() != "depuis=2020&indicateurs=eleves" {
		t.Errorf("years up to the last one known: %q %v", e.Encode(), faults)
	}
}
