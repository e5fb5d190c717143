package chart

import (
	"bytes"
	"io"
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"belvedere"
)

func TestGapIsNeverZero(t *testing.T) {
	r := years(val(10), val(12), none(belvedere.Secret), val(13), val(14))
	out := render(t, KindLines, r, Options{})
	if n := strings.Count(out, "<polyline"); n != 2 {
		t.Errorf("%d lines, want 2: one on each side of the gap", n)
	}
	if !strings.Contains(out, `fill="url(#`) || !strings.Contains(out, "2022-2023\u00a0: secret.") {
		t.Error("the gap is neither hatched nor said")
	}
	if strings.Contains(out, `class="dot-partial"`) {
		t.Error("a partial mark without partial value")
	}
}

func TestMissingRowsAreGaps(t *testing.T) {
	r := years(val(10), val(12), val(13))
	r.Rows[2].Keys[0].Code = "2024"
	out := render(t, KindLines, r, Options{})
	if !strings.Contains(out, "De 2022-2023 à 2023-2024\u00a0: en attente.") {
		t.Errorf("years without a row are not said:\n%s", clip(out))
	}
	if !strings.Contains(out, ">2023</text>") {
		t.Error("the axis leaves out the years without a row")
	}
}

func TestDaysToComeAreNotMissing(t *testing.T) {
	r := sampleDays()
	for i := 15; i < len(r.Rows); i++ {
		for j := range r.Rows[i].Cells {
			r.Rows[i].Cells[j] = none(belvedere.Expected)
		}
	}
	today := belvedere.Date(2025, time.November, 17)
	if out := render(t, KindLines, r, Options{Today: today}); strings.Contains(out, "en attente") {
		t.Error("days after today are said to be missing")
	}
	if out := render(t, KindLines, r, Options{}); !strings.Contains(out, "en attente") {
		t.Error("without a today, days without data are missing")
	}
}

func TestEachUnitHasItsAxis(t *testing.T) {
	if n := strings.Count(render(t, KindLines, sampleMonths(), Options{}), `class="plot"`); n != 2 {
		t.Errorf("%d axes, want one for counts and one for rates", n)
	}
}

func TestSeriesTellApartWithoutColour(t *testing.T) {
	out := render(t, KindLines, sampleDays(), Options{})
	for _, class := range []string{"eleves", "resp", "enseig", "pers", "accomp"} {
		if !strings.Contains(out, `class="line `+class+`"`) {
			t.Errorf("no line of class %q", class)
		}
	}
	out = render(t, KindStacked, sampleMedia(), Options{ID: "g"})
	for _, want := range []string{`class="logiciel"`, `class="web"`, `class="appli"`, `fill="url(#g-m)"`} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s", want)
		}
	}
	seen := map[string]bool{}
	for _, c := range lineClasses(make([]series, mostSeries), "") {
		if seen[c] && !strings.HasSuffix(c, "thick") {
			t.Errorf("two lines of class %q", c)
		}
		seen[c] = true
	}
}

func TestPivot(t *testing.T) {
	out := render(t, KindStacked, sampleSectors(), Options{})
	for _, want := range []string{"Castelbruc", "Externes 56\u202f%, Demi-pensionnaires 28\u202f%"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing", want)
		}
	}
	r := sampleSectors()
	r.Dims[0], r.Dims[1] = dim("regime", "Régime"), dim("annee", "Année")
	for i := range r.Rows {
		r.Rows[i].Keys[0], r.Rows[i].Keys[1] = r.Rows[i].Keys[1], belvedere.Key{Code: strconv.Itoa(2020 + i/4)}
	}
	if g := newGrid(r, Options{}); g.kind != yearly || len(g.series) != 4 || len(g.points) != 3 {
		t.Errorf("time does not go along the axis: %d points, %d series", len(g.points), len(g.series))
	}
}

var circle = regexp.MustCompile(`<circle class="school" cx="[^"]*" cy="[^"]*" r="([^"]*)"><title>[^<]*?: ([^<]*)</title>`)

func TestAreasAreProportional(t *testing.T) {
	out := strings.ReplaceAll(render(t, KindMap, sampleSchools(), Options{}), belvedere.NoBreak, " ")
	ratio := 0.0
	n := 0
	for _, m := range circle.FindAllStringSubmatch(out, -1) {
		r, _ := strconv.ParseFloat(m[1], 64)
		v, err := strconv.ParseFloat(strings.Fields(m[2])[0], 64)
		if err != nil || r < 2 {
			continue
		}
		if ratio == 0 {
			ratio = r * r / v
		}
		if got := r * r / v; math.Abs(got/ratio-1) > .02 {
			t.Errorf("%v: radius %v, area per unit %.4f instead of %.4f", v, r, got, ratio)
		}
		n++
	}
	if n < 30 {
		t.Fatalf("only %d circles found", n)
	}
}

// A map keeps angles: the same distance has the same length in both directions.
func TestProjection(t *testing.T) {
	b := newBox()
	b.add(2, 45)
	b.add(4, 46)
	f := b.frame()
	x0, y0 := f.at(3, 45.5)
	x1, _ := f.at(3+1/math.Cos(45.5*math.Pi/180), 45.5)
	_, y1 := f.at(3, 44.5)
	if east, south := x1-x0, (y1-y0)*f.ratio; math.Abs(east/south-1) > .01 {
		t.Errorf("a degree of latitude is %.3f wide and %.3f high", east, south)
	}
	if math.Abs(x0-50) > 1e-6 || math.Abs(y0-50) > 1e-6 {
		t.Errorf("the middle lies at %v %v", x0, y0)
	}
}

func TestClockChanges(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Skip(err)
	}
	spring := sampleHours(belvedere.Date(2026, time.March, 28), 3)
	kept := spring.Rows[:0]
	for _, row := range spring.Rows {
		if row.Keys[0].Code == "2026-03-29" && row.Keys[1].Code == "2" {
			continue
		}
		kept = append(kept, row)
	}
	spring.Rows = kept
	out := render(t, KindHeat, spring, Options{Zone: paris})
	if !strings.Contains(out, "Le dimanche 29 mars 2026, l’heure de 2\u00a0h n’existe pas") || strings.Contains(out, "en attente") {
		t.Error("the hour that spring skips is said to be missing")
	}
	out = render(t, KindHeat, spring, Options{Zone: time.UTC})
	if !strings.Contains(out, "1\u00a0en attente") {
		t.Error("where the clock does not change, the hour is missing")
	}
	autumn := sampleHours(belvedere.Date(2025, time.October, 26), 1)
	twice := autumn.Rows[2]
	twice.Cells = []belvedere.Cell{val(7777)}
	autumn.Rows = append(autumn.Rows, twice)
	out = render(t, KindHeat, autumn, Options{Zone: paris})
	if !strings.Contains(out, "dure deux heures") || !strings.Contains(out, `data-v="7`+"\u202f"+`777"`) {
		t.Error("the hour that comes twice is not shown twice")
	}
}

func TestHeatCountsEachHour(t *testing.T) {
	r := sampleHours(belvedere.Date(2025, time.November, 10), 21)
	out := render(t, KindHeat, r, Options{})
	if n := strings.Count(out, `data-v="`); n != 21*24 {
		t.Errorf("%d hours, want %d", n, 21*24)
	}
	if n := strings.Count(out, `class="ring"`); n != 1 {
		t.Errorf("%d rings, want one maximum", n)
	}
	if n := strings.Count(out, "data-heat"); n != 3 {
		t.Errorf("%d weeks, want 3", n)
	}
}

// Hours may also be the columns of rows that are days.
func TestHeatAcross(t *testing.T) {
	r := &belvedere.Result{Dims: []belvedere.ResultDim{dim("jour", "Jour")}}
	for h := 0; h < 24; h++ {
		r.Columns = append(r.Columns, column("c"+strconv.Itoa(h), "Connexions", "connexions", "heure", strconv.Itoa(h)))
	}
	cells := make([]belvedere.Cell, 24)
	for h := range cells {
		cells[h] = val(float64(h))
	}
	r.Rows = append(r.Rows, row("2025-11-10", "", cells...))
	if out := render(t, KindHeat, r, Options{}); !strings.Contains(out, "Le maximum, 23\u00a0connexions, est atteint le lundi 10 novembre 2025 à 23\u00a0h") {
		t.Error("the maximum is not that of the last hour")
	}
}

func TestThresholds(t *testing.T) {
	for _, c := range []struct {
		least, max float64
		whole      bool
	}{{1, 12480, true}, {1, 3, true}, {5, 5, true}, {.001, .9, false}, {1e-9, 1e9, false}, {1, 1, true}, {3, 1e15, true}} {
		b := thresholds(c.least, c.max, c.whole)
		if len(b) == 0 || len(b) > 8 {
			t.Errorf("%v: %d classes", c, len(b))
		}
		for i := range b {
			if i > 0 && b[i] <= b[i-1] || b[i] > c.max {
				t.Errorf("%v: thresholds %v", c, b)
			}
		}
		if class(b, 0) != 0 || class(b, c.max) != len(b) || class(b, c.least) < 1 {
			t.Errorf("%v: zero, least and largest are in classes %d, %d and %d of %d", c, class(b, 0), class(b, c.least), class(b, c.max), len(b))
		}
	}
}

func TestScale(t *testing.T) {
	for _, c := range []struct {
		min, max float64
		whole    bool
		zero     bool
	}{{41286, 42930, true, false}, {0, 41273, true, true}, {-5, 5, true, true}, {0, 0, true, true}, {5, 5, true, true}, {.41, .46, false, false}, {-1e9, -9e8, true, true}, {0, 3e9, true, true}} {
		s := newScale(c.min, c.max, c.whole)
		if s.zero != c.zero || s.lo > c.min || s.hi < c.max || len(s.ticks) < 2 || len(s.ticks) > 9 {
			t.Errorf("%v: %+v", c, s)
		}
		for _, v := range s.ticks {
			if v < s.lo-1e-9 || v > s.hi+1e-9 {
				t.Errorf("%v: tick %v outside of %v to %v", c, v, s.lo, s.hi)
			}
		}
	}
}

// Names beside the lines never touch and stay inside as long as there is room.
func TestNamesDoNotTouch(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for n := 0; n < 300; n++ {
		tags := make([]tag, 1+rnd.IntN(10))
		for i := range tags {
			tags[i] = tag{lines: make([]string, 1+rnd.IntN(2)), at: 26 + rnd.Float64()*300}
		}
		spread(tags, 26, 420)
		for i := 1; i < len(tags); i++ {
			if tags[i].at-tags[i-1].at < tagLine*float64(len(tags[i-1].lines)) {
				t.Fatalf("names %d and %d touch: %v %v", i-1, i, tags[i-1].at, tags[i].at)
			}
		}
		if tags[0].at < 26 || tags[len(tags)-1].at > 420 {
			t.Fatalf("a name leaves the plot: %v to %v", tags[0].at, tags[len(tags)-1].at)
		}
	}
}

func TestHolidays(t *testing.T) {
	for day, want := range map[string]bool{"2025-04-21": true, "2025-05-29": true, "2025-06-09": true, "2026-04-06": true, "2027-03-29": true, "2025-11-11": true, "2025-11-12": false, "2025-04-20": false, "2024-05-09": true} {
		d, err := belvedere.ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		if got := holiday(d) != ""; got != want {
			t.Errorf("%s: holiday %v, want %v", day, got, want)
		}
	}
}

func TestCompact(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 999: "999", 9999: "9\u202f999", 132400: "132\u00a0k", 1.26e6: "1,3\u00a0M", 3e9: "3\u00a0Md", -45000: "−45\u00a0k"} {
		if got := compact(v, 0); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
}

func TestSpark(t *testing.T) {
	for name, pts := range map[string][]Point{
		"none": nil, "one": {{"2025-2026", val(3)}}, "absent": {{"2025-2026", none(belvedere.Expected)}},
		"flat": {{"a", val(3)}, {"b", val(3)}}, "broken": {{"a", val(3)}, {"b", val(math.NaN())}, {"c", part(9)}},
	} {
		var b bytes.Buffer
		if err := Spark(&b, column("eleves", "Élèves", "élèves"), pts, Options{ID: "s"}); err != nil {
			t.Fatal(err)
		}
		check(t, b.String())
		if want := name == "none" || name == "absent"; strings.Contains(b.String(), "Pas de tendance") != want {
			t.Errorf("%s: %s", name, b.String())
		}
	}
}

func TestTwin(t *testing.T) {
	for _, s := range samples() {
		var b bytes.Buffer
		if err := Twin(&b, s.kind, s.result, s.options); err != nil {
			t.Fatal(err)
		}
		check(t, b.String())
	}
	var b bytes.Buffer
	if err := Twin(&b, KindHeat, sampleHours(belvedere.Date(2025, time.November, 10), 21), Options{}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), `<th scope="row">`); n != 24 {
		t.Errorf("%d hours in the table of a timetable, want 24", n)
	}
	if n := strings.Count(b.String(), "en attente"); n != 2 {
		t.Errorf("%d hours missing in the table, want 2", n)
	}
}

func TestDescribe(t *testing.T) {
	for _, s := range samples() {
		if words := Describe(s.kind, s.result, s.options); len(words) < 30 || strings.ContainsAny(words, "<>") {
			t.Errorf("%s: %q", s.name, words)
		}
	}
	for name, r := range degenerate() {
		for _, kind := range kinds {
			if Describe(kind, r, Options{}) == "" {
				t.Errorf("%s, %s: nothing said", name, kind)
			}
		}
	}
}

// FuzzChart draws random results of random shapes: any output is well formed and says something.
func FuzzChart(f *testing.F) {
	f.Add(uint64(1), "Élèves", "2025-11-03")
	f.Add(uint64(7), `<b style="x">`, "2025")
	f.Add(uint64(99), "\x00\xff", "0")
	f.Fuzz(func(t *testing.T, seed uint64, label, code string) {
		r, o := randomResult(rand.New(rand.NewPCG(seed, 3)), label, code)
		for _, kind := range kinds {
			check(t, render(t, kind, r, o))
			var b bytes.Buffer
			if err := Twin(&b, kind, r, o); err != nil {
				t.Fatal(err)
			}
			if b.Len() > 0 {
				check(t, b.String())
			}
			Describe(kind, r, o)
		}
	})
}

func randomResult(rnd *rand.Rand, label, code string) (*belvedere.Result, Options) {
	dims := []string{"annee", "mois", "jour", "heure", "profil", "support", "etablissement", code}
	r := &belvedere.Result{}
	for i := rnd.IntN(4); i > 0; i-- {
		r.Dims = append(r.Dims, dim(dims[rnd.IntN(len(dims))], label))
	}
	for i := rnd.IntN(6); i > 0; i-- {
		c := column(code, label, []string{"", "%", "élèves", label}[rnd.IntN(4)], "profil", []string{"eleves", code, "responsables"}[rnd.IntN(3)])
		c.Percent, c.Decimals = rnd.IntN(4) == 0, rnd.IntN(12)-3
		r.Columns = append(r.Columns, c)
	}
	first := belvedere.Date(2020+rnd.IntN(6), time.Month(1+rnd.IntN(12)), 1+rnd.IntN(28))
	for i := rnd.IntN(60); i > 0; i-- {
		r.Rows = append(r.Rows, randomRow(rnd, len(r.Columns), first, label, code))
	}
	o := Options{ID: label, Title: code, Absolute: rnd.IntN(2) == 0, Column: rnd.IntN(9) - 2, Compare: code, Marks: []Mark{{Code: code, Label: label}}}
	if rnd.IntN(2) == 0 {
		o.Today = first.AddDate(0, 0, rnd.IntN(90))
	}
	o.Groups = map[string]string{code: label}
	o.Outlines = []Outline{{Name: label, Rings: [][][2]float64{{{randomValue(rnd), randomValue(rnd)}, {2, 45}}, nil}}}
	if rnd.IntN(3) == 0 {
		r.Total = &belvedere.ResultRow{Cells: []belvedere.Cell{randomCell(rnd)}}
	}
	return r, o
}

func randomRow(rnd *rand.Rand, n int, first time.Time, label, code string) belvedere.ResultRow {
	d := first.AddDate(0, 0, rnd.IntN(40))
	codes := []string{d.Format("2006-01-02"), strconv.Itoa(d.Year() + rnd.IntN(5)), d.Format("2006-01"), strconv.Itoa(rnd.IntN(26)), code, "eleves"}
	var row belvedere.ResultRow
	for i := rnd.IntN(4); i > 0; i-- {
		k := belvedere.Key{Code: codes[rnd.IntN(len(codes))], Label: label}
		k.Detail = []belvedere.Attribute{{Name: "latitude", Value: strconv.FormatFloat(randomValue(rnd), 'g', -1, 64)}, {Name: "longitude", Value: strconv.FormatFloat(randomValue(rnd), 'g', -1, 64)}}
		row.Keys = append(row.Keys, k)
	}
	for i := max(0, n+rnd.IntN(3)-1); i > 0; i-- {
		row.Cells = append(row.Cells, randomCell(rnd))
	}
	row.Note = []string{"", label}[rnd.IntN(2)]
	return row
}

func randomCell(rnd *rand.Rand) belvedere.Cell {
	return belvedere.Cell{State: belvedere.State(rnd.IntN(9)), Value: randomValue(rnd), Why: "Parce que."}
}

func randomValue(rnd *rand.Rand) float64 {
	switch rnd.IntN(12) {
	case 0:
		return math.NaN()
	case 1:
		return math.Inf(1 - 2*rnd.IntN(2))
	case 2:
		return 0
	case 3:
		return -rnd.Float64() * 100
	case 4:
		return math.Float64frombits(rnd.Uint64())
	case 5:
		return rnd.Float64() * 1e9
	}
	return rnd.Float64() * 60
}

func BenchmarkLines28x4(b *testing.B) {
	r := sampleDays()
	r.Columns = r.Columns[:4]
	b.ReportAllocs()
	for b.Loop() {
		if err := Lines(io.Discard, r, Options{ID: "b", Title: "Connexions"}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHeat3Weeks(b *testing.B) {
	r := sampleHours(belvedere.Date(2025, time.November, 10), 21)
	b.ReportAllocs()
	for b.Loop() {
		if err := Heat(io.Discard, r, Options{ID: "b"}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMap40(b *testing.B) {
	r := sampleSchools()
	b.ReportAllocs()
	for b.Loop() {
		if err := Map(io.Discard, r, Options{ID: "b"}); err != nil {
			b.Fatal(err)
		}
	}
}
