package report

import (
	"context"
	"strings"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// Query answers a query for a viewer: rights join when the plan is built, totals are the
// engine's, and each cell says its value or why it has none.
func (r *Reporter) Query(ctx context.Context, viewer belvedere.Viewer, q belvedere.Query) (_ *belvedere.Result, err error) {
	if r, err = r.live(ctx); err != nil {
		return nil, err
	}
	if q, err = r.compiled(q); err != nil {
		return nil, err
	}
	if crossed(q) {
		return r.cross(ctx, viewer, q)
	}
	if q.Compare != "" {
		return r.compared(ctx, viewer, q)
	}
	edition, err := r.Edition(ctx, q.Edition)
	if err != nil {
		return nil, err
	}
	directory, err := r.Directory(ctx, edition.Number)
	if err != nil {
		return nil, err
	}
	if parts, err := r.parts(ctx, viewer, q, edition.Number, directory); err != nil || parts != nil {
		return r.queryParts(ctx, viewer, q, parts, edition, directory, err)
	}
	if cuts := r.cuts(q); len(cuts) > 0 { // the schools of all pieces are chosen by now
		return r.joined(ctx, viewer, q, cuts)
	}
	plan, err := r.plan(q, viewer.Scope, directory)
	if err != nil {
		return nil, err
	}
	veil, err := r.veil(ctx, plan, viewer.Scope, edition.Number)
	if err != nil {
		return nil, err
	}
	receipt := receipt(q, r.model.Version, edition.Number, viewer.Scope.Fingerprint, directory.edits, veil.rules())
	if kept, ok := r.answers.get(receipt.Hash); ok && viewer.Scope.Fingerprint != "" {
		return copied(kept), nil
	}
	a := &answer{r: r, plan: plan, q: q, scope: viewer.Scope, sight: sightOf(viewer.Scope), edition: edition, directory: directory, veil: veil,
		cover: map[coverName]*coverage{}, rows: map[string]*belvedere.ResultRow{}}
	if err := a.readCoverage(ctx); err != nil {
		return nil, err
	}
	if a.large() {
		err = a.askLarge(ctx)
	} else {
		err = a.ask(ctx)
	}
	if err == nil {
		err = veil.draw(ctx, a)
	}
	if err != nil {
		return nil, err
	}
	out := a.result()
	out.Receipt, out.Notes = receipt, append(out.Notes, r.definitionNotes(q)...)
	if viewer.Scope.Fingerprint != "" && len(out.Rows) <= manySchools {
		r.answers.put(receipt.Hash, copied(out), resultSize(out))
	}
	return out, nil
}

// plan joins the scope to a query. A scope over all schools is told which there are at the
// edition that answers, so that agreements of every one of them withhold nothing; the sums of the
// whole territory may answer then.
func (r *Reporter) plan(q belvedere.Query, scope belvedere.Scope, directory *Directory) (*semantic.Plan, error) {
	q, err := r.compiled(q)
	if err != nil {
		return nil, err
	}
	scope.Known = directory.known
	return semantic.NewPlan(r.model, r.pinned(q), scope)
}

// An answer is a query on its way to a result.
type answer struct {
	r         *Reporter
	plan      *semantic.Plan
	q         belvedere.Query
	scope     belvedere.Scope
	sight     sight
	veil      *veil // what is protected from the viewer, nil when nothing is
	edition   belvedere.Edition
	directory *Directory
	cover     map[coverName]*coverage
	order     []string // codes of the lines as the engine gave them
	rows      map[string]*belvedere.ResultRow
	total     *belvedere.ResultRow
	counts    map[string]map[string]int32 // of schools, by what is counted, then by line
	lines     int                         // of a large answer, before its cut
	highest   map[int]float64             // of a large answer, by column
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
	a.counts = map[string]map[string]int32{}
	if a.edition.Number == 0 {
		return nil
	}
	for i := range a.plan.Columns {
		c := &a.plan.Columns[i]
		for _, name := range c.Datasets {
			if a.coverage(c, name) != nil {
				continue
			}
			cover, err := a.readCover(ctx, c, name)
			if err != nil {
				return err
			}
			a.cover[coverName{name, c.Sharing}] = cover
		}
	}
	return nil
}

// readCover reads the coverage of one dataset over the schools that a column shows.
func (a *answer) readCover(ctx context.Context, c *semantic.PlanColumn, dataset string) (*coverage, error) {
	ledger, err := a.r.ledgerOf(ctx, a.edition.Number, dataset, a.q.Period, a.directory)
	if err != nil || a.sight.all && !c.Withheld {
		return ledger.all(), err
	}
	key := a.perimeterKey("cover", dataset, sharingKey(c))
	if cover, ok := a.r.cover.get(key); ok && key != "" {
		return cover, nil
	}
	cover := ledger.among(a.directory, func(u belvedere.UAI) bool { return a.sight.opens(u) && (!c.Withheld || c.Shared[u]) })
	if key != "" {
		a.r.cover.put(key, cover, keySize*len(cover.schools))
	}
	return cover, nil
}

// mostCells bounds an answer, where a line and each of its names count for rowCells: a table of
// 60,000 schools with 50 columns fits, and one school by hour for years; the hours of a year of
// all schools do not. Such an answer stands in memory and in a file at once, so that one
// question could take the whole machine.
const (
	mostCells = 4_000_000
	rowCells  = 4
)

// ask runs the statement and turns each row of the engine into cells.
func (a *answer) ask(ctx context.Context) error {
	if a.plan.Empty || a.edition.Number == 0 {
		return nil
	}
	keys, left := len(a.plan.Dims), mostCells
	return a.r.engine.Query(ctx, a.plan.SQL(a.r.dialect, a.edition.Number), func(row []any) error {
		if left -= len(a.plan.Columns) + rowCells*(keys+1); left < 0 {
			return belvedere.Errorf(belvedere.TooLarge, "la réponse est trop grande : réduisez la période, les lignes ou les colonnes demandées, ou filtrez par établissement")
		}
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

// result puts the grid together: awaited lines, order, extremes, page, coverage.
func (a *answer) result() *belvedere.Result {
	out := &belvedere.Result{Query: a.q, Edition: a.edition}
	for _, d := range a.plan.Dims {
		out.Dims = append(out.Dims, belvedere.ResultDim{Name: d.Name, Label: dimLabel(d)})
	}
	for i := range a.plan.Columns {
		out.Columns = append(out.Columns, column(&a.plan.Columns[i]))
	}
	if a.highest == nil {
		a.addAwaited()
		a.fillSparse()
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
		out.Rows = out.Rows[min(a.q.Offset, len(out.Rows)):]
		out.Rows = out.Rows[:min(a.q.Limit, len(out.Rows))]
	}
	if a.q.Total && len(a.plan.Dims) > 0 {
		out.Total = a.totalRow()
	}
	out.Coverage, out.Limit = a.resultCoverage(), a.limit()
	out.Notes = a.notes(out)
	return out
}

// resultCoverage is the coverage that stands over the result: of the dataset that most schools
// delivered, the first of the columns among equals.
func (a *answer) resultCoverage() belvedere.Coverage {
	var column *semantic.PlanColumn
	best, most := "", -1
	for i := range a.plan.Columns {
		for _, name := range a.plan.Columns[i].Datasets {
			if cover := a.coverage(&a.plan.Columns[i], name); cover != nil && len(cover.schools) > most {
				column, best, most = &a.plan.Columns[i], name, len(cover.schools)
			}
		}
	}
	if column == nil {
		return belvedere.Coverage{}
	}
	key := a.perimeterKey("coverage", best, sharingKey(column))
	out, ok := a.r.sums.get(key)
	if !ok || key == "" {
		out = a.summary(column, best)
		if key != "" {
			a.r.sums.put(key, out, keySize*(len(out.Missing)+len(out.Withheld)))
		}
	}
	return out
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
	row.Keys = []belvedere.Key{{Code: "ensemble", Label: wholeName(a.limit())}}
	return row
}

// note says beside the name of a line why its figures are partial, and what its school contests.
func (a *answer) note(row *belvedere.ResultRow) {
	if a.schoolDim < 0 {
		return
	}
	u := belvedere.UAI(row.Keys[a.schoolDim].Code)
	row.Note = a.partialNote(u, row)
	if contest := a.contestNote(u); contest != "" {
		if row.Note != "" {
			row.Note += belvedere.NarrowSpace + "; "
		}
		row.Note += contest
	}
}

// partialNote says why the figures of a school are partial.
func (a *answer) partialNote(u belvedere.UAI, row *belvedere.ResultRow) string {
	for _, cell := range row.Cells {
		if cell.State == belvedere.Partial {
			return strings.ToLower(cell.Why[:1]) + strings.TrimSuffix(cell.Why[1:], ".")
		}
	}
	if s := a.directory.Find(u); s == nil || !s.Listed {
		return "hors registre"
	}
	return ""
}

// notes are what a reader must know beside the figures.
func (a *answer) notes(out *belvedere.Result) []string {
	notes := append(a.limitNotes(), a.contestNotes()...)
	if n := len(out.Coverage.Withheld); n > 0 {
		notes = append(notes, belvedere.Plural(n, "établissement ne partage pas ces données", "établissements ne partagent pas ces données")+
			" par une convention en vigueur"+belvedere.NoBreak+": aucun total ne "+one(n, "le", "les")+" compte.")
	}
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

// one picks a word by number.
func one(n int, single, several string) string {
	if n < 2 {
		return single
	}
	return several
}

// column heads a column of the result.
func column(c *semantic.PlanColumn) belvedere.ResultColumn {
	ind := c.Indicator
	out := belvedere.ResultColumn{QueryColumn: c.QueryColumn, Unit: ind.Unit, Decimals: ind.Decimals, Number: max(ind.Number, ind.Of)}
	if c.Rate {
		out.Unit, out.Percent, out.Decimals = "", ind.Rate.Percent, ind.Rate.Decimals
		if ind.Rate.Percent {
			out.Unit = "%"
		} else if c.Composed() {
			out.Unit = ind.Unit
		}
	} else if ind.Unit == "%" && !c.Composed() {
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
