package app_test

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/territory/report"
)

// TestOracle asks random questions of random worlds and compares each cell with a plain
// computation from the rows in force, made from the rules of arithmetic and of cells, and not
// from the SQL: value, state, and how many schools it holds of those that it should.
func TestOracle(t *testing.T) {
	unprotected(t)
	worlds, questions := 5, 500
	if testing.Short() {
		worlds, questions = 1, 400
	}
	for seed := range worlds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWorld(t, uint64(seed))
			shown := map[belvedere.State]int{}
			for i := range questions {
				w.check(t, seed, i, shown)
			}
			if seed == 0 { // what was rebuilt from the landing folder answers the same
				if _, err := w.app.Ingest.Rebuild(t.Context(), nil); err != nil {
					t.Fatal(err)
				}
				for i := range questions / 5 {
					w.check(t, seed, i, shown)
				}
			}
			cells := 0
			for _, n := range shown {
				cells += n
			}
			if cells < 5000 {
				t.Errorf("only %d cells: the questions prove too little", cells)
			}
			for state := belvedere.Value; state <= belvedere.NotApplicable; state++ {
				if state != belvedere.Secret && shown[state] < 20 {
					t.Errorf("only %d cells are %q: the questions prove too little", shown[state], state.Code())
				}
			}
		})
	}
}

// check asks one question and compares the answer.
func (w *world) check(t *testing.T, seed, i int, shown map[belvedere.State]int) {
	t.Helper()
	ctx := context.Background()
	w.r = rand.New(rand.NewPCG(uint64(seed), uint64(i)))
	ask := w.question()
	q, err := w.app.Reporter.Build(ctx, ask)
	if err != nil {
		t.Fatalf("question %d %+v: %v", i, ask, err)
	}
	if from, to, ok := dates(ask.Where); ok && (!q.Period.From.Equal(from) || !q.Period.To.Equal(to)) {
		t.Errorf("question %d: %v asks %s to %s", i, ask.Where, q.Period.From, q.Period.To)
	}
	who := w.whoever(seed)
	scope := who.scope(w, w.r.IntN(4) > 0)
	got, err := w.app.Reporter.Query(ctx, belvedere.Viewer{Scope: scope}, q)
	if err != nil {
		t.Fatalf("question %d %+v: %v", i, ask, err)
	}
	edition := ask.Edition
	if edition == 0 {
		edition = slices.Max(slices.Collect(maps.Keys(w.editions)))
	}
	o := newOracle(w, edition, q, who)
	if problems := o.compare(got, shown); len(problems) > 0 {
		sql, _ := w.app.Reporter.SQL(ctx, belvedere.Viewer{Scope: scope}, q)
		t.Errorf("question %d: %s\nperiod %s to %s, %+v\n%s\n%s", i, describe(ask), q.Period.From.Format("2006-01-02"), q.Period.To.Format("2006-01-02"),
			who, strings.Join(problems[:min(len(problems), 5)], "\n"), sql)
	}
}

func describe(a report.Ask) string {
	return fmt.Sprintf("%s by %s where %s, rates %v, total %v, at %d", strings.Join(a.Indicators, ", "), strings.Join(a.By, ", "), strings.Join(a.Where, " "), a.Rates, a.Total, a.Edition)
}

// compare checks the lines of a result and looks for those that it lacks.
func (o *oracle) compare(got *belvedere.Result, shown map[belvedere.State]int) []string {
	var problems []string
	there := map[string]bool{}
	if u, ok := o.stranger(got); ok {
		problems = append(problems, string(u)+" is named, whom the rights do not open")
	}
	for _, row := range got.Rows {
		line := map[string]string{}
		for i, name := range o.q.By {
			line[name] = row.Keys[i].Code
		}
		if there[fmt.Sprint(line)] {
			problems = append(problems, fmt.Sprintf("%v stands twice", line))
		}
		there[fmt.Sprint(line)] = true
		problems = append(problems, o.compareCells(row.Cells, line, shown)...)
	}
	if got.Total != nil {
		problems = append(problems, o.compareCells(got.Total.Cells, nil, shown)...)
	} else if o.q.Total && len(o.q.By) > 0 {
		problems = append(problems, "no total")
	}
	for key, line := range o.missing(there) {
		problems = append(problems, "no line "+key+fmt.Sprint(line))
	}
	return problems
}

// missing are the lines with a figure, or of a school from which one is awaited, that a result lacks.
func (o *oracle) missing(there map[string]bool) map[string]map[string]string {
	out := map[string]map[string]string{}
	if slices.Equal(o.q.By, []string{"etablissement"}) && o.nothing() {
		for _, u := range o.w.schools {
			if line := map[string]string{"etablissement": string(u)}; o.perimeter(u) && o.open(u) && !there[fmt.Sprint(line)] {
				out["without agreement"] = line
			}
		}
	}
	for _, c := range o.q.Columns {
		if _, ok := o.decided(c); ok {
			continue
		}
		for _, d := range o.datasets(c) {
			for _, u := range o.w.schools {
				if !o.perimeter(u) {
					continue
				}
				if slices.Equal(o.q.By, []string{"etablissement"}) && o.awaited(c, d, u) && !there[fmt.Sprint(map[string]string{"etablissement": string(u)})] {
					out["awaited"] = map[string]string{"etablissement": string(u)}
				}
				if !o.shares(c, u) {
					continue // its rows make no line
				}
				for _, f := range o.observed(d, u) {
					line := o.lineOf(u, f)
					if there[fmt.Sprint(line)] || out[fmt.Sprint(line)] != nil {
						continue
					}
					if cell := o.cell(c, line); cell.state.Shown() && !cell.loose {
						out[fmt.Sprint(line)] = line
					}
				}
			}
		}
	}
	return out
}

func (o *oracle) lineOf(u belvedere.UAI, f fact) map[string]string {
	line := map[string]string{}
	for _, name := range o.q.By {
		switch {
		case name == "etablissement":
			line[name] = string(u)
		case slices.Contains(attributeNames, name):
			line[name] = o.in.register[u][name]
		default:
			line[name] = o.code(name, f)
		}
	}
	return line
}

func (o *oracle) compareCells(cells []belvedere.Cell, line map[string]string, shown map[belvedere.State]int) []string {
	var problems []string
	for i, got := range cells {
		c := o.q.Columns[i]
		want := o.cell(c, line)
		shown[got.State]++
		if slices.ContainsFunc(o.datasets(c), func(d *belvedere.Dataset) bool {
			_, plain := o.persons(c, d)
			return d.Kind == belvedere.Distinct && !plain
		}) && (got.State == belvedere.NotAvailable || got.State == want.state) {
			continue // several rights of different members: persons counted once are not added
		}
		if o.skipped(line) && (got.State == belvedere.NotApplicable || got.State == want.state) {
			continue
		}
		if want.loose && (got.State == belvedere.NotAvailable || got.State == belvedere.Expected || got.State == belvedere.NotApplicable || got.State.Shown() && got.Value == 0) {
			continue
		}
		same := got.State == want.state
		if same && got.State.Shown() {
			same = math.Abs(got.Value-want.value) <= 1e-9*math.Max(1, math.Abs(want.value))
			same = same && (o.manyLines(line) || int(got.Covered) == want.covered && int(got.Expected) == want.expected || got.Value == 0 && o.calendar())
		}
		if !same {
			problems = append(problems, fmt.Sprintf("%v %s: got %s %v %d/%d (%s), want %s %v %d/%d", line, c.Key,
				got.State.Code(), got.Value, got.Covered, got.Expected, got.Why, want.state.Code(), want.value, want.covered, want.expected))
		}
	}
	return problems
}

// manyLines tells whether a cell is one of lines by time or code over several schools: it says
// how many schools the lines hold, all together or each, after the roll-up that answers.
func (o *oracle) manyLines(line map[string]string) bool {
	return len(line) > 0 && line["etablissement"] == "" && !o.wholeSchools()
}

// skipped tells whether a line is an hour that the clock leaps over.
func (o *oracle) skipped(line map[string]string) bool {
	day, err := time.Parse("2006-01-02 15", line["jour"]+" "+line["heure"])
	return err == nil && time.Date(day.Year(), day.Month(), day.Day(), day.Hour(), 0, 0, 0, o.w.zone).Hour() != day.Hour()
}
