package report

import (
	"context"
	"fmt"
	"slices"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/benchmark"
)

// territorial is what the schools share with the territory as a whole, whoever asks: the scope of
// the figures that benchmarks are made of.
func (r *Reporter) territorial(ctx context.Context) (belvedere.Scope, error) {
	if r.config.Territorial == nil {
		return belvedere.Scope{}, nil
	}
	return r.config.Territorial(ctx)
}

// figures asks the figures of every school of the type that share them with the territory, as of an
// edition. They pass by no page and no file: only what benchmark publishes of them does.
func (b *benchmarker) figures(edition int) (map[belvedere.UAI][]belvedere.Cell, error) {
	key := fmt.Sprint(edition)
	if kept, ok := b.kept[key]; ok {
		return kept, nil
	}
	directory, err := b.r.Directory(b.ctx, edition)
	if err != nil {
		return nil, err
	}
	q := belvedere.Query{Columns: slices.Concat(b.columns, b.sizes()), By: []string{"etablissement"}, Period: b.period(), Edition: edition,
		Where: []belvedere.Filter{{Dim: "type", Values: []string{b.school.Attribute("type")}}}}
	plan, err := b.r.plan(q, b.scope, directory)
	if err != nil {
		return nil, err
	}
	a := &answer{r: b.r, plan: plan, q: q, scope: b.scope, sight: sightOf(b.scope), edition: belvedere.Edition{Number: edition}, directory: directory,
		cover: map[coverName]*coverage{}, rows: map[string]*belvedere.ResultRow{}}
	if err := a.readCoverage(b.ctx); err != nil {
		return nil, err
	}
	if err := a.ask(b.ctx); err != nil {
		return nil, err
	}
	out := map[belvedere.UAI][]belvedere.Cell{}
	for code, row := range a.rows {
		for i := range row.Cells {
			if c := &plan.Columns[i]; c.Expr == nil || c.Withheld && !c.Shared[belvedere.UAI(code)] {
				row.Cells[i] = belvedere.Cell{State: belvedere.NotShared}
			}
		}
		out[belvedere.UAI(code)] = row.Cells
	}
	b.kept[key] = out
	return out, nil
}

// members are the schools that have a figure whole and share it.
func (b *benchmarker) members(edition, column int) ([]benchmark.Member, error) {
	all, err := b.figures(edition)
	if err != nil {
		return nil, err
	}
	var out []benchmark.Member
	for u, cells := range all {
		if cells[column].State != belvedere.Value {
			continue
		}
		size, social := placeOf(cells[len(b.columns):])
		out = append(out, benchmark.Member{School: u, Value: cells[column].Value, Size: size, Social: social})
	}
	slices.SortFunc(out, func(x, y benchmark.Member) int {
		if x.School < y.School {
			return -1
		}
		return 1
	})
	return out, nil
}

// figure names what groups are published of.
func (b *benchmarker) figure(column int) string {
	c := b.columns[column]
	return fmt.Sprintf("%s %t %d %s", c.Indicator, c.Rate, int(b.view.Year), b.school.Attribute("type"))
}

// group finds the group that the school is compared with, the figures of it that may be published
// and the edition that they stand as of; none when no group may be.
func (b *benchmarker) group(column int, size, social float64) ([]benchmark.Member, benchmark.Stratum, int, error) {
	none := benchmark.Stratum{}
	now, err := b.members(b.edition.Number, column)
	if err != nil {
		return nil, none, 0, err
	}
	b.r.benchmarks.Lock()
	defer b.r.benchmarks.Unlock()
	for range 3 { // another process may publish a group meanwhile
		published, err := b.r.registry.BenchmarkGroups(b.ctx, b.figure(column))
		if err != nil {
			return nil, none, 0, err
		}
		group, stratum, edition, err := b.decide(column, now, published, size, social)
		if belvedere.KindOf(err) != belvedere.Conflict || err == nil {
			return group, stratum, edition, err
		}
	}
	return nil, none, 0, belvedere.Errorf(belvedere.Unavailable, "Les groupes de comparaison changent en ce moment : réessayez dans un instant.")
}

// decide publishes the group of today when nothing can be learnt by comparing it with those before;
// else it stays with the last one that holds the school, as long as all its schools still share.
func (b *benchmarker) decide(column int, now []benchmark.Member, published []registry.BenchmarkGroup, size, social float64) ([]benchmark.Member, benchmark.Stratum, int, error) {
	today := b.today(now, size, social)
	if today == nil && len(published) == 0 {
		return nil, benchmark.Stratum{}, 0, nil
	}
	var before [][]belvedere.UAI
	for _, g := range published {
		before = append(before, g.Schools)
	}
	if today != nil {
		schools := schoolsOfGroup(today.Members)
		if at := lastIndex(published, schools); at >= 0 {
			return b.renew(column, now, published, at)
		}
		if benchmark.Apart(before, schools, b.need-1) {
			err := b.publish(column, *today, published)
			return today.Members, today.Stratum, b.edition.Number, err
		}
	}
	for at := len(published) - 1; at >= 0; at-- {
		stratum, ok := benchmark.ParseStratum(published[at].Stratum)
		_, member := slices.BinarySearch(published[at].Schools, b.school.UAI)
		if ok && (member || stratum.Holds(size, social)) && len(published[at].Schools) >= b.need && b.allShare(column, published[at].Schools) {
			return b.renew(column, now, published, at)
		}
	}
	return nil, benchmark.Stratum{}, 0, nil
}

// today is the group that the school belongs to as schools are now, nil when there are too few.
func (b *benchmarker) today(now []benchmark.Member, size, social float64) *benchmark.Group {
	groups := benchmark.Partition(now, b.need)
	for i := range groups { // as a member by what it shares, else by what its viewer sees
		if slices.ContainsFunc(groups[i].Members, func(m benchmark.Member) bool { return m.School == b.school.UAI }) {
			return &groups[i]
		}
	}
	for i := range groups {
		if groups[i].Holds(size, social) {
			return &groups[i]
		}
	}
	return nil
}

// renew gives the figures of a published group: those of its edition, until as many schools as a
// group needs have changed theirs.
func (b *benchmarker) renew(column int, now []benchmark.Member, published []registry.BenchmarkGroup, at int) ([]benchmark.Member, benchmark.Stratum, int, error) {
	g := published[at]
	stratum, _ := benchmark.ParseStratum(g.Stratum)
	was, err := b.members(g.Edition, column)
	if err != nil {
		return nil, stratum, 0, err
	}
	was, is := among(was, g.Schools), among(now, g.Schools)
	if len(was) != len(g.Schools) {
		return nil, stratum, 0, nil
	}
	changed := 0
	for i := range is {
		if len(is) == len(was) && is[i].Value != was[i].Value {
			changed++
		}
	}
	if changed < b.need-1 { // or some have no whole figure now: the one that was published stands
		return was, stratum, g.Edition, nil
	}
	err = b.publish(column, benchmark.Group{Stratum: stratum, Members: is}, published)
	return is, stratum, b.edition.Number, err
}

// publish keeps that a group is published from now on.
func (b *benchmarker) publish(column int, g benchmark.Group, published []registry.BenchmarkGroup) error {
	return b.r.registry.PutBenchmarkGroup(b.ctx, registry.BenchmarkGroup{Figure: b.figure(column), Stratum: g.Code(), Schools: schoolsOfGroup(g.Members),
		Edition: b.edition.Number, At: b.r.now()}, len(published))
}

func schoolsOfGroup(members []benchmark.Member) []belvedere.UAI {
	out := make([]belvedere.UAI, len(members))
	for i, m := range members {
		out[i] = m.School
	}
	slices.Sort(out)
	return out
}

// lastIndex is the last published group of the same schools, -1 for none.
func lastIndex(published []registry.BenchmarkGroup, schools []belvedere.UAI) int {
	for i := len(published) - 1; i >= 0; i-- {
		if slices.Equal(published[i].Schools, schools) {
			return i
		}
	}
	return -1
}

// among keeps the members that a sorted list names, in its order.
func among(members []benchmark.Member, list []belvedere.UAI) []benchmark.Member {
	var out []benchmark.Member
	for _, m := range members {
		if _, found := slices.BinarySearch(list, m.School); found {
			out = append(out, m)
		}
	}
	return out
}

// allShare tells whether all schools of a list share a figure with the territory today.
func (b *benchmarker) allShare(column int, list []belvedere.UAI) bool {
	scope := b.scope
	scope.Known = b.directory.known
	shared, all := scope.Shared(b.r.model.Indicator(b.columns[column].Indicator))
	return all || !slices.ContainsFunc(list, func(u belvedere.UAI) bool {
		_, found := slices.BinarySearch(shared, u)
		return !found
	})
}
