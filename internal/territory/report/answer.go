package report

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// Query answers a query for a viewer: rights join when the plan is built, totals are the
// engine's, and each cell says its value or why it has none.
func (r *Reporter) Query(ctx context.Context, viewer belvedere.Viewer, q belvedere.Query) (_ *belvedere.Result, err error) {
	edition, err := r.Edition(ctx, q.Edition)
	if err != nil {
		return nil, err
	}
	plan, err := semantic.NewPlan(r.model, q, viewer.Scope)
	if err != nil {
		return nil, err
	}
	receipt := receipt(q, r.model.Version, edition.Number, viewer.Scope.Fingerprint)
	if kept, ok := r.answers.get(receipt.Hash); ok && viewer.Scope.Fingerprint != "" {
		return copied(kept), nil
	}
	directory, err := r.Directory(ctx, edition.Number)
	if err != nil {
		return nil, err
	}
	a := &answer{r: r, plan: plan, q: q, scope: viewer.Scope, edition: edition, directory: directory,
		cover: map[string]*coverage{}, rows: map[string]*belvedere.ResultRow{}}
	if err := a.readCoverage(ctx); err != nil {
		return nil, err
	}
	if a.large() {
		err = a.askLarge(ctx)
	} else {
		err = a.ask(ctx)
	}
	if err != nil {
		return nil, err
	}
	out, err := a.result(ctx)
	if err != nil {
		return nil, err
	}
	out.Receipt = receipt
	if viewer.Scope.Fingerprint != "" && len(out.Rows) <= manySchools {
		r.answers.put(receipt.Hash, copied(out))
	}
	return out, nil
}

// An answer is a query on its way to a result.
type answer struct {
	r         *Reporter
	plan      *semantic.Plan
	q         belvedere.Query
	scope     belvedere.Scope
	edition   belvedere.Edition
	directory *Directory
	cover     map[string]*coverage // by dataset
	order     []string             // codes of the lines as the engine gave them
	rows      map[string]*belvedere.ResultRow
	total     *belvedere.ResultRow
	expected  map[string]int32 // schools awaited, by datasets of a column
	lines     int              // of a large answer, before its cut
	highest   map[int]float64  // of a large answer, by column
	lowest    map[int]float64
	timeDim   string // "annee", "mois", "jour", "heure" or ""
	schoolDim int    // place of "etablissement" among the dimensions, -1
}

// readCoverage reads the coverage of each dataset that a column reads.
func (a *answer) readCoverage(ctx context.Context) error {
	a.schoolDim = -1
	for i, d := range a.plan.Dims {
		if d.Kind == semantic.KindTime {
			a.timeDim = d.Name
		}
		if d.Kind == semantic.KindSchool {
			a.schoolDim = i
		}
	}
	a.expected = map[string]int32{}
	if a.edition.Number == 0 {
		return nil
	}
	for _, c := range a.plan.Columns {
		for _, name := range c.Datasets {
			if a.cover[name] != nil {
				continue
			}
			cover, err := a.r.coverageOf(ctx, a.edition.Number, name, a.q.Period)
			if err != nil {
				return err
			}
			a.cover[name] = cover
		}
	}
	return nil
}

// ask runs the statement and turns each row of the engine into cells.
func (a *answer) ask(ctx context.Context) error {
	if a.plan.Empty || a.edition.Number == 0 {
		return nil
	}
	keys := len(a.plan.Dims)
	return a.r.engine.Query(ctx, a.plan.SQL(a.r.dialect, a.edition.Number), func(row []any) error {
		whole, _ := row[keys].(int64)
		values := row[keys+1:]
		out := &belvedere.ResultRow{Cells: make([]belvedere.Cell, len(a.plan.Columns))}
		if whole == 0 {
			out.Keys = a.keys(row[:keys])
			code := codeOf(out.Keys)
			a.order = append(a.order, code)
			a.rows[code] = out
		} else {
			a.total = out
		}
		a.cells(out, values, whole == 1)
		return nil
	})
}

// cells reads the values and school counts of one row.
func (a *answer) cells(row *belvedere.ResultRow, values []any, whole bool) {
	at := 0
	for i, c := range a.plan.Columns {
		if c.Expr == nil {
			continue
		}
		v, known := values[at].(float64)
		at++
		n := int32(-1)
		if !a.plan.Territory {
			count, _ := values[at].(int64)
			n = int32(count)
			at++
		}
		known = known && !math.IsNaN(v) && !math.IsInf(v, 0)
		row.Cells[i] = a.cell(i, row.Keys, v, known, n, whole)
	}
}

// cell decides the state of a cell that the engine answered.
func (a *answer) cell(i int, keys []belvedere.Key, v float64, known bool, n int32, whole bool) belvedere.Cell {
	c := &a.plan.Columns[i]
	if why := a.noTotal(c); whole && why != "" {
		return belvedere.Cell{State: belvedere.NotApplicable, Why: why}
	}
	if year, ok := a.yearOf(keys); ok && c.Indicator.SinceYear > year {
		return belvedere.Cell{State: belvedere.NotAvailable, Why: fmt.Sprintf("Cet indicateur est disponible depuis le millésime %d.", c.Indicator.SinceYear)}
	}
	cell := belvedere.Cell{Value: v, Covered: n}
	if a.schoolDim >= 0 && !whole {
		return a.schoolCell(cell, c, keys, known)
	}
	cell.Expected = a.expectedSchools(c)
	if n < 0 {
		cell.Covered = a.coveredSchools(c)
	}
	switch {
	case !known && cell.Covered > 0:
		cell.State, cell.Why = belvedere.NotApplicable, "Le dénominateur est nul."
	case !known:
		cell.State, cell.Why = belvedere.Expected, "Aucune livraison reçue pour cette période."
	case (whole || len(keys) == 0) && cell.Covered < cell.Expected:
		cell.State = belvedere.Partial
		cell.Why = fmt.Sprintf("%d établissements sur %d ont livré.", cell.Covered, cell.Expected)
	}
	return cell
}

// schoolCell decides the state of a cell of one school.
func (a *answer) schoolCell(cell belvedere.Cell, c *semantic.PlanColumn, keys []belvedere.Key, known bool) belvedere.Cell {
	u := belvedere.UAI(keys[a.schoolDim].Code)
	s := a.directory.Find(u)
	cell.Expected = 1
	if c.Withheld && !c.Shared[u] {
		return belvedere.Cell{State: belvedere.NotShared, Why: withheldWhy(c.Indicator)}
	}
	if c.Indicator.Applicable != "" && s.Attribute(c.Indicator.Applicable) == "non" {
		return belvedere.Cell{State: belvedere.NotApplicable, Why: "Sans objet dans cet établissement."}
	}
	if known {
		for _, name := range c.Datasets {
			if cover := a.cover[name]; cover != nil && cover.late(u) && a.timeDim == "" {
				got := cover.schools[u]
				cell.State = belvedere.Partial
				cell.Why = fmt.Sprintf("%d mois reçus sur %d, à jour au %s.", got.months, cover.expected, belvedere.ShortDate(got.last))
				return cell
			}
		}
		return cell
	}
	if cell.Covered > 0 {
		return belvedere.Cell{State: belvedere.NotApplicable, Why: "Le dénominateur est nul.", Expected: 1, Covered: cell.Covered}
	}
	for _, name := range c.Datasets {
		if cover := a.cover[name]; cover != nil && len(cover.schools) > 0 && !cover.expects(s, a.q.Period) {
			if _, has := cover.schools[u]; !has {
				return belvedere.Cell{State: belvedere.NotApplicable, Why: "Aucune donnée de ce type n’est attendue de cet établissement sur la période."}
			}
		}
	}
	if a.deliveredAll(c, u) {
		return belvedere.Cell{State: belvedere.NotAvailable, Expected: 1, Why: "L’établissement a livré ses données sans ce détail."}
	}
	return belvedere.Cell{State: belvedere.Expected, Expected: 1, Why: "Aucune livraison reçue de cet établissement pour cette période."}
}

// deliveredAll tells whether a school delivered all datasets of a column.
func (a *answer) deliveredAll(c *semantic.PlanColumn, u belvedere.UAI) bool {
	for _, name := range c.Datasets {
		if cover := a.cover[name]; cover == nil {
			return false
		} else if _, has := cover.schools[u]; !has {
			return false
		}
	}
	return len(c.Datasets) > 0
}

func withheldWhy(ind *belvedere.Indicator) string {
	return fmt.Sprintf("L’annexe réserve l’indicateur %d à l’établissement, et aucune convention de celui-ci n’en étend les destinataires.", max(ind.Number, ind.Of))
}

// noTotal says why a column has no total over the lines: persons who are counted once per line
// must not be added, nor the states of several dates.
func (a *answer) noTotal(c *semantic.PlanColumn) string {
	overTime := slices.ContainsFunc(a.plan.Dims, func(d semantic.Dim) bool { return d.Kind == semantic.KindTime })
	overCodes := slices.ContainsFunc(a.plan.Dims, func(d semantic.Dim) bool { return d.Kind == semantic.KindCode })
	for _, name := range c.Datasets {
		switch kind := a.r.model.Dataset(name).Kind; {
		case kind == belvedere.Distinct && (overTime || overCodes):
			return "Des personnes comptées une fois ne s’additionnent pas entre profils, supports ou périodes."
		case kind == belvedere.Stock && overTime:
			return "Des états à plusieurs dates ne s’additionnent pas."
		}
	}
	return ""
}

// yearOf is the school year of a line, where a dimension tells it.
func (a *answer) yearOf(keys []belvedere.Key) (belvedere.SchoolYear, bool) {
	for i, d := range a.plan.Dims {
		if i >= len(keys) {
			break
		}
		switch d.Name {
		case "annee":
			y, err := belvedere.ParseSchoolYear(keys[i].Code)
			return y, err == nil
		case "mois":
			t, err := time.Parse("2006-01", keys[i].Code)
			return belvedere.SchoolYearOf(t), err == nil
		}
	}
	return 0, false
}

// expectedSchools counts the schools that a figure over several schools should hold.
func (a *answer) expectedSchools(c *semantic.PlanColumn) int32 {
	key := strings.Join(c.Datasets, ",") + c.Indicator.Applicable
	if n, ok := a.expected[key]; ok {
		return n
	}
	kept := a.perimeterKey("expected", key)
	if n, ok := a.r.counts.get(kept); ok && kept != "" {
		a.expected[key] = n
		return n
	}
	var n int32
	count := func(u belvedere.UAI, s *School) {
		if !visible(u, s, a.scope, a.q.Where) || c.Indicator.Applicable != "" && s.Attribute(c.Indicator.Applicable) == "non" {
			return
		}
		for _, name := range c.Datasets {
			cover := a.cover[name]
			if cover == nil {
				return
			}
			if _, has := cover.schools[u]; !has && !cover.expects(s, a.q.Period) {
				return
			}
		}
		n++
	}
	for _, s := range a.directory.ordered {
		count(s.UAI, s)
	}
	if len(c.Datasets) > 0 && a.cover[c.Datasets[0]] != nil {
		for u := range a.cover[c.Datasets[0]].schools {
			if a.directory.Find(u) == nil {
				count(u, nil)
			}
		}
	}
	a.expected[key] = n
	if kept != "" {
		a.r.counts.put(kept, n)
	}
	return n
}

// coveredSchools counts the schools behind a figure of the territory as a whole.
func (a *answer) coveredSchools(c *semantic.PlanColumn) int32 {
	if len(c.Datasets) == 0 || a.cover[c.Datasets[0]] == nil {
		return 0
	}
	return int32(len(a.cover[c.Datasets[0]].schools))
}

// result puts the grid together: awaited lines, order, extremes, page, coverage, receipt.
func (a *answer) result(ctx context.Context) (*belvedere.Result, error) {
	out := &belvedere.Result{Query: a.q, Edition: a.edition}
	for _, d := range a.plan.Dims {
		out.Dims = append(out.Dims, belvedere.ResultDim{Name: d.Name, Label: dimLabel(d)})
	}
	for i := range a.plan.Columns {
		out.Columns = append(out.Columns, column(&a.plan.Columns[i]))
	}
	if a.highest == nil {
		a.addAwaited()
		a.presetStates()
		a.sortLines(out.Columns)
	} else {
		a.presetStates()
	}
	for _, code := range a.order {
		row := a.rows[code]
		a.note(row)
		out.Rows = append(out.Rows, *row)
	}
	out.RowCount = len(out.Rows)
	if a.highest != nil {
		a.markBounds(out)
		out.RowCount = a.lines
	} else {
		markExtremes(out)
	}
	if a.q.Limit > 0 && a.highest == nil {
		from := min(a.q.Offset, len(out.Rows))
		out.Rows = out.Rows[from:min(from+a.q.Limit, len(out.Rows))]
	}
	if a.q.Total && len(a.plan.Dims) > 0 {
		out.Total = a.totalRow()
	}
	dataset := a.mainDataset()
	key := a.perimeterKey("coverage", dataset)
	var ok bool
	if out.Coverage, ok = a.r.sums.get(key); !ok || key == "" {
		var err error
		if out.Coverage, err = a.r.summary(ctx, a.edition.Number, dataset, a.q, a.scope); err != nil {
			return nil, err
		}
		if key != "" {
			a.r.sums.put(key, out.Coverage)
		}
	}
	out.Notes = a.notes(out)
	return out, nil
}

// mainDataset is the dataset whose coverage stands over the result: the one that most schools
// delivered, the first of the columns among equals.
func (a *answer) mainDataset() string {
	best, most := "", -1
	for _, c := range a.plan.Columns {
		for _, name := range c.Datasets {
			if cover := a.cover[name]; cover != nil && len(cover.schools) > most {
				best, most = name, len(cover.schools)
			}
		}
	}
	return best
}

// presetStates fills the columns whose state the plan decided, on every line.
func (a *answer) presetStates() {
	rows := make([]*belvedere.ResultRow, 0, len(a.rows)+1)
	for _, row := range a.rows {
		rows = append(rows, row)
	}
	if a.total != nil {
		rows = append(rows, a.total)
	}
	for i, c := range a.plan.Columns {
		if c.Expr != nil {
			continue
		}
		for _, row := range rows {
			row.Cells[i] = belvedere.Cell{State: c.State, Why: c.Why}
		}
	}
}

// totalRow is the line of totals, even where nothing was received.
func (a *answer) totalRow() *belvedere.ResultRow {
	row := a.total
	if row == nil {
		row = a.awaitedRow(nil, true)
	}
	row.Keys = []belvedere.Key{{Code: "ensemble", Label: "Ensemble"}}
	return row
}

// note says beside the name of a line why its figures are partial.
func (a *answer) note(row *belvedere.ResultRow) {
	if a.schoolDim < 0 {
		return
	}
	u := belvedere.UAI(row.Keys[a.schoolDim].Code)
	for _, cell := range row.Cells {
		if cell.State == belvedere.Partial {
			row.Note = strings.ToLower(cell.Why[:1]) + strings.TrimSuffix(cell.Why[1:], ".")
			return
		}
	}
	if s := a.directory.Find(u); s == nil || !s.Listed {
		row.Note = "hors registre"
	}
}

// notes are what a reader must know beside the figures.
func (a *answer) notes(out *belvedere.Result) []string {
	var notes []string
	for _, c := range a.plan.Columns {
		for _, name := range c.Datasets {
			if a.r.model.Dataset(name).Kind == belvedere.Distinct && c.Expr != nil {
				return append(notes, "Une personne connue de deux établissements compte deux fois dans l’ensemble.")
			}
		}
	}
	if n := len(out.Coverage.Unlisted); n > 0 {
		notes = append(notes, belvedere.Plural(n, "établissement hors registre est compté", "établissements hors registre sont comptés")+" dans l’ensemble.")
	}
	return notes
}

// column heads a column of the result.
func column(c *semantic.PlanColumn) belvedere.ResultColumn {
	ind := c.Indicator
	out := belvedere.ResultColumn{QueryColumn: c.QueryColumn, Unit: ind.Unit, Decimals: ind.Decimals, Number: max(ind.Number, ind.Of)}
	if c.Rate {
		out.Unit, out.Percent, out.Decimals = "", ind.Rate.Percent, ind.Rate.Decimals
		if ind.Rate.Percent {
			out.Unit = "%"
		}
	} else if ind.Unit == "%" {
		out.Percent = true
	}
	if out.Label == "" {
		out.Label = ind.Short
		if c.Rate && ind.Rate.Label != "" {
			out.Label = ind.Rate.Label
		}
	}
	if len(c.Datasets) > 0 {
		out.Dataset = c.Datasets[0]
	}
	return out
}

// markExtremes marks the largest and smallest values of each column over all lines: ties all
// marked, masked and partial cells never, nothing where all are equal.
func markExtremes(out *belvedere.Result) {
	if len(out.Dims) == 0 || out.Dims[0].Name == "annee" || len(out.Rows) < 3 {
		return
	}
	for i := range out.Columns {
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, row := range out.Rows {
			if row.Cells[i].State == belvedere.Value {
				lo, hi = min(lo, row.Cells[i].Value), max(hi, row.Cells[i].Value)
			}
		}
		if !out.Columns[i].NoExtreme && lo < hi {
			markColumn(out.Rows, i, lo, hi)
		}
	}
}

// markColumn marks the extremes of a column. One that so many lines share that it tells nothing
// (zero sanctions, as a rule) is left unmarked.
func markColumn(rows []belvedere.ResultRow, i int, lo, hi float64) {
	ties := map[float64]int{}
	for _, row := range rows {
		if c := row.Cells[i]; c.State == belvedere.Value && (c.Value == lo || c.Value == hi) {
			ties[c.Value]++
		}
	}
	most := max(3, len(rows)/8)
	for _, row := range rows {
		switch c := &row.Cells[i]; {
		case c.State != belvedere.Value || ties[c.Value] > most:
		case c.Value == hi:
			c.Extreme = belvedere.Maximum
		case c.Value == lo:
			c.Extreme = belvedere.Minimum
		}
	}
}

// sortLines orders the lines: by the asked column, cells without value last; otherwise by name
// for schools and attributes, by the order of the list for codes, by time.
func (a *answer) sortLines(columns []belvedere.ResultColumn) {
	key, down := strings.CutPrefix(a.q.Sort, "-")
	at := slices.IndexFunc(columns, func(c belvedere.ResultColumn) bool { return c.Key == key })
	natural := a.naturalOrder()
	sort.SliceStable(a.order, func(i, j int) bool {
		x, y := a.rows[a.order[i]], a.rows[a.order[j]]
		if at >= 0 {
			cx, cy := x.Cells[at], y.Cells[at]
			if sx, sy := cx.State.Shown(), cy.State.Shown(); sx != sy {
				return sx
			} else if sx && cx.Value != cy.Value {
				return (cx.Value < cy.Value) != down
			}
			return natural(x, y) < 0
		}
		if down {
			return natural(x, y) > 0
		}
		return natural(x, y) < 0
	})
}
