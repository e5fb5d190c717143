package parts

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"html"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/territory/report"
)

var update = flag.Bool("update", false, "write the golden files again")

// sample is a table with groups and every state, small enough to be read in its golden file.
func sample() *Grid {
	column := func(key, group, label string, percent bool) belvedere.ResultColumn {
		c := belvedere.ResultColumn{Percent: percent}
		if percent {
			c.Decimals = 1
		}
		c.Key, c.Group, c.Label, c.Indicator = key, group, label, key
		return c
	}
	v := func(x float64) belvedere.Cell { return belvedere.Cell{Value: x} }
	not := func(s belvedere.State, why string) belvedere.Cell { return belvedere.Cell{State: s, Why: why} }
	name := func(code, label string, detail ...string) []belvedere.Key {
		k := belvedere.Key{Code: code, Label: label}
		for _, d := range detail {
			k.Detail = append(k.Detail, belvedere.Attribute{Value: d})
		}
		return []belvedere.Key{k}
	}
	r := &belvedere.Result{
		Dims:     []belvedere.ResultDim{{Name: "etablissement", Label: "Établissement"}},
		Columns:  []belvedere.ResultColumn{column("e", "", "Élèves", false), column("a", "Absences", "total", false), column("b", "Absences", "part", true), column("c", "Retards", "aucun", true), column("d", "Retards", "5 et +", true)},
		Coverage: belvedere.Coverage{Received: 5, Expected: 6},
		Total:    &belvedere.ResultRow{Cells: []belvedere.Cell{v(9871), v(-70110), v(0.154), v(0.5), not(belvedere.Secret, "")}},
		Rows: []belvedere.ResultRow{
			{Keys: name("1", "Aristide-Briand", "35000", "", "Castelbruc"), Cells: []belvedere.Cell{v(0), {Value: 2718, Extreme: belvedere.Maximum}, {Value: 0.191, Extreme: belvedere.Minimum}, v(0.368), v(0.054)}},
			{Keys: name("2", "Jacques-Prévert"), Note: "au 07/11, 41 jours sur 58", Cells: []belvedere.Cell{{State: belvedere.Partial, Value: 640, Extreme: belvedere.Maximum, Why: "Il manque \"17 jours\"."}, v(1), v(1), v(1), v(1)}},
			{Keys: name("3", "La Garenne"), Cells: []belvedere.Cell{v(622), not(belvedere.Expected, "Aucune livraison reçue."), not(belvedere.Expected, "Aucune livraison reçue."), not(belvedere.Expected, "Aucune livraison reçue."), not(belvedere.Expected, "Aucune livraison reçue.")}},
			{Keys: name("4", "Saint-Exupéry"), Cells: []belvedere.Cell{v(475), v(3897), v(0.2), not(belvedere.NotShared, "SIECLE seul."), not(belvedere.NotShared, "SIECLE seul.")}},
			{Keys: name("5", `<b onclick="x">"Œ" & 'fils'</b>`), Cells: []belvedere.Cell{not(belvedere.NotAvailable, "Suivi commencé en 2026 <i>"), not(belvedere.NotApplicable, ""), v(math.NaN()), not(belvedere.Secret, "Moins de cinq élèves."), not(belvedere.Secret, "Moins de cinq élèves.")}},
			{Keys: name("7", "Sainte-Thècle"), Cells: []belvedere.Cell{not(belvedere.NotShared, "Pas de convention."), not(belvedere.NotShared, "Pas de convention."), not(belvedere.NotShared, "Pas de convention."), not(belvedere.NotShared, "Pas de convention."), not(belvedere.NotShared, "Pas de convention.")}},
			{Keys: name("0350017D", ""), Cells: []belvedere.Cell{v(1), v(2)}},
		},
	}
	headers := []report.HeaderView{{Label: "Établissement", Key: "nom", Address: "/x?tri=-nom", Sort: "ascending"}}
	for _, c := range r.Columns {
		headers = append(headers, report.HeaderView{Label: c.Label, Group: c.Group, Key: c.Key, Address: "/x?tri=-" + c.Key})
	}
	return NewGrid("essai", "Assiduité par établissement", r, headers, func(code string) bool { return code == "d" })
}

func TestTableGolden(t *testing.T) {
	var b bytes.Buffer
	g := sample()
	g.Manages = true
	if err := Table(g).Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	got := strings.NewReplacer("<tr", "\n<tr", "<section", "\n<section", "<dl", "\n<dl", "<div", "\n<div", "<li", "\n<li").Replace(b.String())
	const file = "testdata/table.html"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the table changed; look at it and run with -update\n%s", got)
	}
}

// TestPanelsLeadNobodyToARefusal holds that who may not open the deliveries is not sent there.
func TestPanelsLeadNobodyToARefusal(t *testing.T) {
	for manages, links := range map[bool]bool{true: true, false: false} {
		var b bytes.Buffer
		g := sample()
		g.Manages = manages
		if err := errors.Join(Table(g).Render(context.Background(), &b), WhyPanel(WhyPage{Manages: manages}).Render(context.Background(), &b),
			DatalineRow(Dataline{Missing: []belvedere.Key{{Code: "9990001X"}}, Unlisted: 2, Manages: manages}).Render(context.Background(), &b),
			DatalineRow(Dataline{Manages: manages}).Render(context.Background(), &b)); err != nil {
			t.Fatal(err)
		}
		for _, address := range []string{`href="/livraisons"`, `href="/etablissements/hors-registre"`} {
			if strings.Contains(b.String(), address) != links {
				t.Errorf("to who manages (%v) %s is shown: %v", manages, address, !links)
			}
		}
	}
}

func TestSpans(t *testing.T) {
	g := sample()
	cells := func(i int) []belvedere.Cell { return g.Result.Rows[i].Cells }
	for _, one := range []struct{ row, from, to int }{{2, 1, 5}, {3, 3, 3}, {4, 3, 3}, {5, 0, 4}, {5, 4, 4}} {
		if got := g.spanFrom(cells(one.row), one.from); got != one.to {
			t.Errorf("row %d from %d spans to %d, want %d", one.row, one.from, got, one.to)
		}
	}
}

func TestReasonsAreBounded(t *testing.T) {
	r := &belvedere.Result{Columns: make([]belvedere.ResultColumn, 1)}
	for i := 0; i < 500; i++ {
		why := strings.Repeat("x", i+1)
		r.Rows = append(r.Rows, belvedere.ResultRow{Keys: []belvedere.Key{{Label: "a"}}, Cells: []belvedere.Cell{{State: belvedere.Secret, Why: why}}})
	}
	g := NewGrid("g", "", r, nil, nil)
	if n := len(g.Reasons); n != mostReasons+1 {
		t.Errorf("%d panels", n)
	}
	var b bytes.Buffer
	if err := g.body().Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), `popovertarget="`+g.Reasons[mostReasons].ID+`"`); n != 500-mostReasons {
		t.Errorf("%d cells share the general panel", n)
	}
}

func TestNumbersReadAsEverywhere(t *testing.T) {
	values := []float64{0, -0.0001, 0.5, 1.5, 2.5, -0.4, 999.95, 999.999, 1000, -1234567.891, 1e15, 1 << 53, 1e300, math.NaN(), math.Inf(-1), math.SmallestNonzeroFloat64}
	random := rand.New(rand.NewPCG(1, 2))
	for i := 0; i < 5000; i++ {
		values = append(values, (random.Float64()-0.5)*math.Pow(10, float64(random.IntN(18))), float64(random.IntN(2_000_000)-1_000_000))
	}
	for _, v := range values {
		for decimals := 0; decimals < 4; decimals++ {
			if got, want := string(appendNumber(nil, v, decimals)), belvedere.FormatNumber(v, decimals); got != want {
				t.Fatalf("%v with %d decimals: %q, want %q", v, decimals, got, want)
			}
		}
	}
}

func FuzzEscape(f *testing.F) {
	f.Add(`<a href="x" title='y'>&amp;</a>`)
	f.Add("\x00\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got := string(appendEscaped(nil, s))
		if strings.ContainsAny(got, "<>\"'\x00") {
			t.Errorf("%q leaves markup in %q", s, got)
		}
		if want := strings.ReplaceAll(s, "\x00", "\uFFFD"); html.UnescapeString(got) != want {
			t.Errorf("%q reads as %q", s, html.UnescapeString(got))
		}
	})
}

// large is a table of 500 schools and 20 columns, with some cells in each state.
func large() *Grid {
	r := &belvedere.Result{Dims: []belvedere.ResultDim{{Label: "Établissement"}}}
	for i := 0; i < 20; i++ {
		c := belvedere.ResultColumn{Percent: i%2 == 1, Decimals: i % 2}
		c.Key = "c"
		r.Columns = append(r.Columns, c)
	}
	for n := 0; n < 500; n++ {
		row := belvedere.ResultRow{Keys: []belvedere.Key{{Code: "0350017D", Label: "Collège Germaine-Tillion", Detail: []belvedere.Attribute{{Value: "35000"}, {Value: "Pont-l’Évesne"}}}}}
		for i := range r.Columns {
			c := belvedere.Cell{Value: float64(n*7919+i*104729) / 31}
			switch (n + i) % 40 {
			case 3:
				c.State, c.Why = belvedere.Secret, "Moins de cinq élèves sont concernés."
			case 5:
				c.State = belvedere.NotAvailable
			case 7:
				c.State = belvedere.Partial
			case 9:
				c.Extreme = belvedere.Maximum
			}
			row.Cells = append(row.Cells, c)
		}
		r.Rows = append(r.Rows, row)
	}
	return NewGrid("grand", "Grand tableau", r, nil, nil)
}

func TestBodyHardlyAllocates(t *testing.T) {
	g := large()
	b := g.body()
	var out bytes.Buffer
	out.Grow(2 << 20)
	allocations := testing.AllocsPerRun(20, func() {
		out.Reset()
		if err := b.Render(context.Background(), &out); err != nil {
			t.Fatal(err)
		}
	})
	if allocations > 100 { // 10,000 cells
		t.Errorf("%v allocations", allocations)
	}
}

func BenchmarkBody500x20(b *testing.B) {
	g := large()
	var out bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		if err := g.body().Render(context.Background(), &out); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(out.Len()))
}
