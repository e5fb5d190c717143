package report

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/territory/gap"
)

// mostOuter and mostInner bound the causes that are told apart. An outer one takes questions of
// its own, 2^n of them; an inner one takes columns of the same questions, which cost little.
const (
	mostOuter = 3
	mostInner = 3
)

// A gapWorld is the figure with some causes changed and others not, and what it holds of each school.
type gapWorld struct {
	cell    belvedere.Cell
	schools map[belvedere.UAI]belvedere.Cell // nil where schools are too many to list
}

// value is the figure in the unit that is shown, nil when it is withheld or missing.
func (w gapWorld) value(c belvedere.ResultColumn) *big.Rat {
	if !w.cell.State.Shown() {
		return nil
	}
	return exactly(c, w.cell.Value)
}

// outer tells whether a factor needs questions of its own: another time, edition or set of schools.
func outer(f gap.Factor) bool {
	switch f.Kind {
	case gap.Population:
		return false
	case gap.Filter:
		return slices.Contains(attributeDims, f.Dim)
	}
	return true
}

// clustersOf parts factors into those that are told apart. The last filters go together when
// there are too many, so that an explanation costs a few questions however many things differ.
func clustersOf(factors []gap.Factor) []gap.World {
	var outers, inners []gap.World
	for i, f := range factors {
		if outer(f) {
			outers = append(outers, 1<<i)
		} else {
			inners = append(inners, 1<<i)
		}
	}
	clusters := append(atMost(outers, mostOuter), atMost(inners, mostInner)...)
	slices.SortFunc(clusters, func(a, b gap.World) int { return gap.Members(a)[0] - gap.Members(b)[0] })
	return clusters
}

func atMost(list []gap.World, most int) []gap.World {
	for len(list) > most {
		last := len(list) - 1
		list[last-1] |= list[last]
		list = list[:last]
	}
	return list
}

// worlds asks for the figure of every world between two sides, 2^k of them for k clusters. Worlds
// that differ by inner causes alone are columns of one question.
func (b *gapBuilder) worlds(a, z gap.Figure, factors []gap.Factor, clusters []gap.World) ([]gapWorld, error) {
	out := make([]gapWorld, 1<<len(clusters))
	byOuter := map[gap.World][]gap.World{}
	var order []gap.World
	for w := range gap.World(len(out)) {
		key := gap.World(0)
		for i, c := range clusters {
			if w>>i&1 == 1 && outer(factors[gap.Members(c)[0]]) {
				key |= 1 << i
			}
		}
		if byOuter[key] == nil {
			order = append(order, key)
		}
		byOuter[key] = append(byOuter[key], w)
	}
	for _, key := range order {
		figures := make([]gap.Figure, len(byOuter[key]))
		for i, w := range byOuter[key] {
			figures[i] = gap.Between(a, z, factors, gap.Union(clusters, w))
		}
		answers, err := b.answer(figures)
		if err != nil {
			return nil, err
		}
		for i, w := range byOuter[key] {
			out[w] = answers[i]
		}
	}
	return out, nil
}

// answer asks for figures that differ by their indicator and by filters on codes alone, in one
// question: what only some of them have stands in their columns.
func (b *gapBuilder) answer(figures []gap.Figure) ([]gapWorld, error) {
	first := figures[0]
	r, err := b.reporterOf(first.Definition)
	if err != nil {
		return nil, err
	}
	q := belvedere.Query{Period: first.Period, Edition: first.Edition, By: first.Lines, Constant: first.Constant, Follow: first.Follow, Against: first.Against}
	common := func(f belvedere.Filter) bool {
		return !slices.ContainsFunc(figures, func(other gap.Figure) bool { return !slices.ContainsFunc(other.Where, sameAs(f)) })
	}
	for _, f := range first.Where {
		if common(f) {
			q.Where = append(q.Where, f)
		}
	}
	column := make([]int, len(figures))
	keys := map[string]int{}
	for i, f := range figures {
		c := belvedere.QueryColumn{Indicator: f.Indicator, Rate: f.Rate, Version: f.Version}
		for _, one := range f.Where {
			if !common(one) {
				c.Where = append(c.Where, one)
			}
		}
		name := fmt.Sprint(c.Indicator, c.Rate, c.Where)
		at, known := keys[name]
		if !known {
			at = len(q.Columns)
			c.Key = fmt.Sprintf("v%d", at+1)
			keys[name], q.Columns = at, append(q.Columns, c)
		}
		column[i] = at
	}
	return b.cells(r, q, column)
}

func sameAs(f belvedere.Filter) func(belvedere.Filter) bool {
	return func(o belvedere.Filter) bool {
		return o.Dim == f.Dim && o.Not == f.Not && slices.Equal(o.Values, f.Values)
	}
}

// cells asks a question by school, with its total, and gives the figures of its columns. Schools
// too many to list are left out. A figure that is a line of a table is asked as that line, and by
// school apart.
func (b *gapBuilder) cells(r *Reporter, q belvedere.Query, column []int) ([]gapWorld, error) {
	listed, err := b.listed(r, q.Edition)
	if err != nil {
		return nil, err
	}
	lines := q.By
	if listed && len(lines) == 0 {
		q.By, q.Total = []string{"etablissement"}, true
	}
	result, err := b.queryOf(r, q)
	if err != nil {
		return nil, err
	}
	whole, schools := result.Total, result
	if whole == nil {
		whole = onlyRow(result)
	}
	if listed && len(lines) > 0 {
		q.By = append([]string{"etablissement"}, lines...)
		if schools, err = b.queryOf(r, q); err != nil {
			return nil, err
		}
	}
	out := make([]gapWorld, len(column))
	for i, at := range column {
		out[i].cell = whole.Cells[at]
		if !listed {
			continue
		}
		out[i].schools = make(map[belvedere.UAI]belvedere.Cell, len(schools.Rows))
		for j := range schools.Rows {
			out[i].schools[belvedere.UAI(schools.Rows[j].Keys[0].Code)] = schools.Rows[j].Cells[at]
		}
	}
	return out, nil
}

// listed tells whether figures are asked school by school: when wanted, and not too many.
func (b *gapBuilder) listed(r *Reporter, edition int) (bool, error) {
	if !b.bySchool {
		return false, nil
	}
	e, err := r.Edition(b.ctx, edition)
	if err != nil {
		return false, err
	}
	dir, err := r.Directory(b.ctx, e.Number)
	return err == nil && len(dir.ordered) <= manySchools, err
}

// onlyRow is the one line of a result. Where there is none nothing was received, and where there
// are several the figure is none of them.
func onlyRow(r *belvedere.Result) *belvedere.ResultRow {
	if len(r.Rows) == 1 {
		return &r.Rows[0]
	}
	cell := belvedere.Cell{State: belvedere.Expected, Why: "Aucune livraison reçue pour cette période."}
	if len(r.Rows) > 1 {
		cell = belvedere.Cell{State: belvedere.NotApplicable, Why: "Plusieurs lignes d’un tableau ne font pas un chiffre."}
	}
	return &belvedere.ResultRow{Cells: slices.Repeat([]belvedere.Cell{cell}, len(r.Columns))}
}

// queryOf asks on behalf of the viewer.
func (b *gapBuilder) queryOf(r *Reporter, q belvedere.Query) (*belvedere.Result, error) {
	b.view.Asked++
	return r.Query(b.ctx, b.viewer, q)
}

// reporterOf answers with the definitions of a version of the catalogue.
func (b *gapBuilder) reporterOf(definition string) (*Reporter, error) {
	if definition == b.r.model.Version || definition == "" {
		return b.r, nil
	}
	model, err := b.r.ModelAt(b.ctx, definition)
	if err != nil {
		return nil, err
	}
	return b.r.As(model), nil
}

// definitionOf is the version of the catalogue of a result, or today's where that counts the same.
func (b *gapBuilder) definitionOf(version, indicator string) (string, error) {
	r, err := b.reporterOf(version)
	if err != nil || r == b.r {
		return b.r.model.Version, err
	}
	if countsAs(r.model.Indicator(indicator)) == countsAs(b.r.model.Indicator(indicator)) {
		return b.r.model.Version, nil
	}
	return version, nil
}

// countsAs writes what of an indicator decides its figures.
func countsAs(ind *belvedere.Indicator) string {
	if ind == nil {
		return ""
	}
	text := fmt.Sprint(ind.SinceYear, ind.Applicable, ind.SchoolOnly, ind.Secrecy)
	for _, d := range ind.Definitions() {
		text += fmt.Sprintf(" %d %s %s %#v", d.Number, d.From, d.To, d.Value)
		if d.Rate != nil {
			text += fmt.Sprintf(" %#v %#v", d.Rate.Num, d.Rate.Den)
		}
	}
	return text
}

// mergedWhy says why the causes of a group are told as one, "" for a cause alone.
func mergedWhy(clusters []gap.World, group gap.World, worlds []gapWorld) string {
	inside := gap.Members(group)
	if len(inside) == 1 {
		if len(gap.Members(clusters[inside[0]])) > 1 {
			return "regroupés" + belvedere.NoBreak + ": trop de changements pour les séparer en peu de temps"
		}
		return ""
	}
	states := map[belvedere.State]bool{}
	for w, world := range worlds {
		part := gap.World(w) & group
		if !world.cell.State.Shown() && part != 0 && part != group {
			states[world.cell.State] = true
		}
	}
	if states[belvedere.Secret] || states[belvedere.NotShared] {
		return "regroupé" + belvedere.NoBreak + ": le détail serait protégé"
	}
	var words []string
	for _, state := range []belvedere.State{belvedere.Expected, belvedere.NotAvailable, belvedere.NotApplicable} {
		if states[state] {
			words = append(words, "«"+belvedere.NoBreak+state.Word()+belvedere.NoBreak+"»")
		}
	}
	if len(words) == 0 {
		return "regroupé" + belvedere.NoBreak + ": le détail serait protégé"
	}
	return "regroupé" + belvedere.NoBreak + ": séparément, le chiffre serait " + strings.Join(words, " ou ")
}
