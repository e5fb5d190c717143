package report

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/benchmark"
)

// A BenchmarkAsk is what is asked of the place of a school among its like.
type BenchmarkAsk struct {
	School     belvedere.UAI        // "" is the first that the viewer works in
	Year       belvedere.SchoolYear // 0 is the last with data
	Theme      string               // "" is the first with figures
	Indicators []string             // codes, in the place of a theme
}

// What the benchmark package publishes, for those who show it.
type (
	Quantile = benchmark.Quantile
	Summary  = benchmark.Summary
)

// A BenchmarkView is a school among its like.
type BenchmarkView struct {
	Ask      BenchmarkAsk
	School   belvedere.Key
	Type     string // label
	Schools  []Option
	Years    []Option
	Themes   []Option
	Year     belvedere.SchoolYear
	Edition  belvedere.Edition
	Least    int // other schools at least
	Rows     []BenchmarkRow
	Heading  belvedere.Heading
	NoSchool bool // the rights of the viewer open none
	Empty    bool // nothing was ever published
}

// A BenchmarkRow is one indicator.
type BenchmarkRow struct {
	Column  belvedere.ResultColumn
	Own     belvedere.Cell
	Summary benchmark.Summary
	Quarter int    // 1 to 4, 0 when it cannot be told
	Group   string // the comparable schools, in words
	Edition int    // as of which the figures of the group stand
	Why     string // why nothing is compared, "" when something is
}

// Benchmark places a school that the viewer sees among its like. The figures of the others come
// by a way of their own: a question over all schools that share with the territory, whose answer
// never leaves this file but through the benchmark package.
func (r *Reporter) Benchmark(ctx context.Context, viewer belvedere.Viewer, ask BenchmarkAsk) (_ *BenchmarkView, err error) {
	defer belvedere.Wrap(&err, "Benchmark(%s)", ask.School)
	if r, err = r.live(ctx); err != nil {
		return nil, err
	}
	edition, err := r.Edition(ctx, 0)
	if err != nil {
		return nil, err
	}
	directory, err := r.Directory(ctx, edition.Number)
	if err != nil {
		return nil, err
	}
	v := &BenchmarkView{Ask: ask, Edition: edition, Empty: edition.Number == 0}
	if v.Empty {
		return v, nil
	}
	b := &benchmarker{r: r, ctx: holdEdition(ctx, 0, edition, directory), viewer: viewer, edition: edition, directory: directory, view: v, kept: map[string]map[belvedere.UAI][]belvedere.Cell{}}
	if err := b.choose(); err != nil || v.NoSchool {
		return v, err
	}
	return v, b.compare()
}

// A benchmarker fills a BenchmarkView.
type benchmarker struct {
	r         *Reporter
	ctx       context.Context
	viewer    belvedere.Viewer
	edition   belvedere.Edition
	directory *Directory
	view      *BenchmarkView
	school    *School
	columns   []belvedere.QueryColumn
	scope     belvedere.Scope                               // of the territory as a whole
	kept      map[string]map[belvedere.UAI][]belvedere.Cell // figures of all, by edition and column
	need      int
}

// choose finds the school, the year and the indicators.
func (b *benchmarker) choose() error {
	v, sight := b.view, sightOf(b.viewer.Scope)
	if err := b.viewer.Scope.Whole("La comparaison porte sur des établissements entiers"); err != nil {
		return err
	}
	own := b.viewer.Scope.Own
	if len(own) == 0 && !sight.all {
		own = b.viewer.Scope.Schools
	}
	for _, u := range own[:min(len(own), mostOptions)] {
		if s := b.directory.Find(u); s != nil {
			v.Schools = append(v.Schools, Option{Value: string(u), Label: s.label})
		}
	}
	if v.Ask.School == "" && len(v.Schools) > 0 {
		v.Ask.School = belvedere.UAI(v.Schools[0].Value)
	}
	if v.Ask.School == "" {
		v.NoSchool = true
		return b.times()
	}
	b.school = b.directory.Find(v.Ask.School)
	if b.school == nil || !sight.opens(v.Ask.School) { // one that is not and one that is not open read alike
		return belvedere.Errorf(belvedere.NotFound, "Vos droits n’ouvrent aucun établissement d’UAI %s.", v.Ask.School)
	}
	if !slices.ContainsFunc(v.Schools, func(o Option) bool { return o.Value == string(v.Ask.School) }) {
		v.Schools = append(v.Schools, Option{Value: string(v.Ask.School), Label: b.school.label})
	}
	for i := range v.Schools {
		v.Schools[i].Selected = v.Schools[i].Value == string(v.Ask.School)
	}
	v.School = b.school.key()
	if list := b.r.model.CodeLists["types"]; list != nil {
		if code := list.Find(b.school.Attribute("type")); code != nil {
			v.Type = code.Label
		}
	}
	if err := b.times(); err != nil {
		return err
	}
	return b.indicators()
}

// times finds the school years with data.
func (b *benchmarker) times() error {
	v := b.view
	spans, err := b.r.spansOf(b.ctx, b.edition.Number)
	if err != nil {
		return err
	}
	first, last := b.r.bounds(spans, nil)
	if v.Year = v.Ask.Year; v.Year == 0 {
		v.Year = belvedere.SchoolYearOf(last)
	}
	for y := belvedere.SchoolYearOf(last); y >= belvedere.SchoolYearOf(first); y-- {
		v.Years = append(v.Years, Option{Value: strconv.Itoa(int(y)), Label: y.String(), Selected: y == v.Year})
	}
	return nil
}

// indicators are those asked by name, else those of a theme, as rates where they have one.
func (b *benchmarker) indicators() error {
	v, m := b.view, b.r.model
	add := func(ind *belvedere.Indicator) {
		b.columns = append(b.columns, b.r.queryColumn(belvedere.Column{Indicator: ind.Code, Show: "auto"}, true))
	}
	comparable := func(ind *belvedere.Indicator) bool {
		return (ind.Value != nil || ind.Rate != nil) && b.viewer.Scope.Sees(ind.Widget)
	}
	for _, code := range v.Ask.Indicators { // "eleves" is the value, "eleves_taux" the rate
		columns, err := b.r.askColumns(b.ctx, Ask{}, code)
		if err != nil {
			return err
		}
		for _, c := range columns {
			if len(c.Where) > 0 || c.Formula != nil { // parts of schools would be other, smaller figures
				return belvedere.Errorf(belvedere.Invalid, "La comparaison porte sur des indicateurs entiers.")
			}
			b.columns = append(b.columns, c)
		}
	}
	if len(b.columns) > mostColumns {
		return belvedere.Errorf(belvedere.Invalid, "Une comparaison porte sur %d indicateurs au plus.", mostColumns)
	}
	for _, theme := range m.Themes {
		if slices.ContainsFunc(m.Indicators, func(i *belvedere.Indicator) bool { return i.Theme == theme.Code && i.Annexed && comparable(i) }) {
			v.Themes = append(v.Themes, Option{Value: theme.Code, Label: theme.Label})
		}
	}
	if len(b.columns) == 0 {
		if v.Ask.Theme == "" && len(v.Themes) > 0 {
			v.Ask.Theme = v.Themes[0].Value
		}
		for _, ind := range m.Indicators {
			if ind.Theme == v.Ask.Theme && ind.Annexed && comparable(ind) {
				add(ind)
			}
		}
		if len(b.columns) == 0 {
			return belvedere.Errorf(belvedere.NotFound, "Vos droits n’ouvrent aucun indicateur de ce thème.")
		}
	}
	for i := range v.Themes {
		v.Themes[i].Selected = v.Themes[i].Value == v.Ask.Theme
	}
	b.columns = unique(b.columns)
	return nil
}

func (b *benchmarker) period() belvedere.Period {
	return belvedere.Period{Kind: belvedere.ThisYear, From: b.view.Year.First(), To: b.view.Year.End()}
}

// compare asks the figures of the school as the viewer sees them, and places each.
func (b *benchmarker) compare() error {
	v := b.view
	sized := b.sizes()
	own, err := b.r.Query(b.ctx, b.viewer, belvedere.Query{Columns: slices.Concat(b.columns, sized), By: []string{"etablissement"}, Period: b.period(),
		Where: []belvedere.Filter{{Dim: "etablissement", Values: []string{string(b.school.UAI)}}}})
	if err != nil {
		return err
	}
	if b.scope, err = b.r.territorial(b.ctx); err != nil {
		return err
	}
	settings, err := b.r.registry.Settings(b.ctx)
	if err != nil {
		return err
	}
	least, _ := strconv.Atoi(settings[registry.SettingBenchmark])
	b.need = benchmark.Need(least)
	v.Least = b.need - 1
	cells := make([]belvedere.Cell, len(own.Columns))
	if len(own.Rows) > 0 {
		cells = own.Rows[0].Cells
	} else {
		for i := range cells {
			cells[i] = belvedere.Cell{State: belvedere.Expected, Why: "Aucune livraison reçue de cet établissement pour cette période."}
		}
	}
	size, social := placeOf(cells[len(b.columns):])
	for i := range b.columns {
		row := BenchmarkRow{Column: own.Columns[i], Own: cells[i]}
		if err := b.place(&row, i, size, social); err != nil {
			return err
		}
		v.Rows = append(v.Rows, row)
	}
	b.heading()
	return nil
}

// sizes are the columns that place schools in strata: pupils and social index.
func (b *benchmarker) sizes() []belvedere.QueryColumn {
	var out []belvedere.QueryColumn
	for _, code := range []string{"eleves", "ips"} {
		if b.r.model.Indicator(code) != nil {
			c := b.r.queryColumn(belvedere.Column{Indicator: code}, false)
			c.Key = "strate_" + code
			out = append(out, c)
		}
	}
	return out
}

// placeOf reads the size and the social index of a school; NaN when one is not known.
func placeOf(cells []belvedere.Cell) (size, social float64) {
	out := []float64{math.NaN(), math.NaN()}
	for i, c := range cells {
		if i < len(out) && c.State.Shown() {
			out[i] = c.Value
		}
	}
	return out[0], out[1]
}

// place compares the school by one indicator, when its own figure is shown whole.
func (b *benchmarker) place(row *BenchmarkRow, i int, size, social float64) error {
	if !row.Own.State.Shown() {
		row.Why = "Le chiffre de l’établissement n’est pas affiché" + belvedere.NoBreak + ": " + strings.TrimSuffix(row.Own.State.Word(), ".") + "."
		return nil
	}
	group, stratum, edition, err := b.group(i, size, social)
	if err != nil {
		return err
	}
	if group == nil {
		row.Why = "Trop peu d’établissements comparables ont ce chiffre et le partagent, ou leur groupe a changé de trop peu d’établissements."
		return nil
	}
	var values []float64
	for _, m := range group {
		values = append(values, m.Value)
	}
	row.Summary, row.Edition = benchmark.Summarise(values, b.need), edition
	row.Group = b.groupWords(stratum)
	if row.Why = row.Summary.Why; row.Why == "" && row.Own.State == belvedere.Value {
		row.Quarter = row.Summary.Quarter(row.Own.Value)
	}
	return nil
}

func (b *benchmarker) groupWords(s benchmark.Stratum) string {
	words := s.Words()
	if b.view.Type != "" {
		words = b.view.Type + ", " + words
	}
	return strings.TrimSuffix(strings.TrimSpace(words), ",")
}

// heading titles the page.
func (b *benchmarker) heading() {
	h := &b.view.Heading
	h.Title = "Mon établissement parmi ses semblables"
	h.Period = "année " + b.view.Year.String()
	h.Selection = b.view.School.Label + ", " + h.Period
	h.At = b.r.now().In(b.r.zone)
	if t, err := b.r.Territory(b.ctx); err == nil {
		h.Territory = t.Name
	}
	h.FileStem = slug(fmt.Sprint("comparaison ", b.view.School.Code, " ", h.Period))
}
