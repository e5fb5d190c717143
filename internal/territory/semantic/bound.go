package semantic

import (
	"fmt"
	"slices"

	"belvedere"
)

// Rights may be limited to members of a dimension. This file joins them to a plan as though the question
// had those filters, one set for each right: a figure is the sum over the rights that open it of the rows
// that each of them takes, no row twice. Rights are not crossed with one another: what a column reads, one
// right must open whole.

// An opening is what one right opens of a column: schools, and members of dimensions.
type opening struct {
	all     bool
	schools []belvedere.UAI // sorted, when all is false
	within  []belvedere.Within
}

// openings are those of a column: of a formula, each meeting of a right to one of its indicators with
// rights to the others. What the filters of the question leave nothing of is none.
func (b *builder) openings(pc *PlanColumn) []opening {
	datasets := pc.Indicator.Datasets(pc.Rate)
	out := []opening{{all: true}}
	for _, ind := range pc.Indicator.Sources() {
		var next []opening
		for _, p := range b.scope.Parts {
			if !p.Opens(ind.Widget, datasets) || !b.carried(p, datasets) {
				continue
			}
			for _, o := range out {
				if both, ok := b.meet(o, opening{p.AllSchools, p.Schools, p.Within}); ok {
					next = append(next, both)
				}
			}
		}
		out = next
	}
	return slices.DeleteFunc(out, func(o opening) bool { return !b.leaves(pc, o, datasets) })
}

// carried tells whether each of the datasets has a dimension of a limited right.
func (b *builder) carried(p belvedere.Part, datasets []string) bool {
	return len(p.Within) == 0 || !slices.ContainsFunc(datasets, func(name string) bool {
		d := b.plan.model.Dataset(name)
		return d == nil || !slices.ContainsFunc(p.Within, func(w belvedere.Within) bool { return d.Dimension(w.Dim) != nil })
	})
}

// meet is what two openings have in common; ok is false for nothing.
func (b *builder) meet(x, y opening) (opening, bool) {
	out := opening{all: x.all && y.all, within: slices.Clone(x.within)}
	switch {
	case x.all:
		out.schools = y.schools
	case y.all:
		out.schools = x.schools
	default:
		out.schools = intersection(x.schools, y.schools)
	}
	for _, w := range y.within {
		at := slices.IndexFunc(out.within, func(o belvedere.Within) bool { return o.Dim == w.Dim })
		if at < 0 {
			out.within = append(out.within, w)
			continue
		}
		codes := b.common(w.Dim, out.within[at].Codes, w.Codes)
		if len(codes) == 0 {
			return opening{}, false
		}
		out.within[at] = belvedere.Within{Dim: w.Dim, Codes: codes}
	}
	return out, out.all || len(out.schools) > 0
}

// common are the codes of both lists, where a group stands for its members.
func (b *builder) common(dim string, x, y []string) []string {
	x, y = b.spread(dim, x), b.spread(dim, y)
	return slices.DeleteFunc(x, func(code string) bool { return !slices.Contains(y, code) })
}

// spread is codes with the members of those that are groups.
func (b *builder) spread(dim string, codes []string) []string {
	out := slices.Clone(codes)
	for _, d := range b.plan.model.Datasets {
		x := d.Dimension(dim)
		if x == nil || x.List == nil || d.Kind == belvedere.Register {
			continue
		}
		for _, c := range x.List.All() {
			if c.Group != "" && slices.Contains(codes, c.Group) && !slices.Contains(out, c.Code) {
				out = append(out, c.Code)
			}
		}
	}
	return out
}

// leaves tells whether the filters of question and column leave an opening a member of each of its
// dimensions: a right to one department says nothing of another, not even zero.
func (b *builder) leaves(pc *PlanColumn, o opening, datasets []string) bool {
	for _, w := range o.within {
		if !slices.ContainsFunc(datasets, func(name string) bool { return b.plan.model.Dataset(name).Dimension(w.Dim) != nil }) {
			continue
		}
		asked := slices.Concat(pc.Where, b.codeFilters())
		for _, ref := range pc.Indicator.Measures(pc.Rate) { // a part of a formula, too, is not zero because rights do not open it
			if !b.leavesOf(w, slices.Concat(ref.Where, asked)) {
				return false
			}
		}
	}
	return true
}

// leavesOf tells whether filters leave a limit some of its members.
func (b *builder) leavesOf(w belvedere.Within, where []belvedere.Filter) bool {
	codes := b.spread(w.Dim, w.Codes)
	for _, f := range where {
		if f.Dim == w.Dim {
			taken := b.spread(w.Dim, f.Values)
			codes = slices.DeleteFunc(codes, func(code string) bool { return slices.Contains(taken, code) == f.Not })
		}
	}
	return len(codes) > 0
}

// OpenedBy tells apart the columns to which rights that are limited to members open other figures; "" where
// no right is limited.
func (pc *PlanColumn) OpenedBy() string {
	if pc.openings == nil {
		return ""
	}
	return fmt.Sprint(pc.openings)
}

// reach are the schools that openings reach, as Scope.SchoolsOf says it.
func reach(list []opening) (schools []belvedere.UAI, all bool) {
	for _, o := range list {
		if o.all {
			return nil, true
		}
		schools = append(schools, o.schools...)
	}
	slices.Sort(schools)
	return slices.Compact(schools), false
}

// A box is a part of the rows of a dataset that openings take: of some schools, with conditions on
// dimensions. The boxes of a bound have no row in common, so that what is held of a sum adds up.
type box struct {
	schools *Cond // nil for those that no other box names
	within  []Cond
}

// A bound is what rights leave of the rows of a dataset.
type bound struct {
	filters []belvedere.Filter // as filters of the question, when one set says it all
	boxes   []box              // when it takes several
	dims    []string
	key     string
}

// bound works out what openings leave of a dataset; nil for all of it.
func (b *builder) bound(d *belvedere.Dataset, list []opening) *bound {
	classes := classesOf(list)
	var out bound
	whole := true
	var sets [][][]belvedere.Within
	for i := range classes {
		set := b.project(d, list, classes[i].openings)
		whole = whole && set == nil
		sets = append(sets, set)
		for _, one := range set {
			for _, w := range one {
				if !slices.Contains(out.dims, w.Dim) {
					out.dims = append(out.dims, w.Dim)
				}
			}
		}
	}
	if whole {
		return nil
	}
	out.key = fmt.Sprint(classes, sets)
	same := !slices.ContainsFunc(sets, func(s [][]belvedere.Within) bool { return fmt.Sprint(s) != fmt.Sprint(sets[0]) })
	if same && len(sets[0]) == 1 {
		for _, w := range sets[0][0] {
			out.filters = append(out.filters, belvedere.Filter{Dim: w.Dim, Values: w.Codes})
		}
		return &out
	}
	for i, c := range classes {
		school := c.cond(classes)
		if same {
			if school = nil; i > 0 {
				break
			}
		}
		for _, conds := range b.apart(d, sets[i]) {
			out.boxes = append(out.boxes, box{school, conds})
		}
	}
	return &out
}

// project keeps of the openings of a class their limits on the dimensions of a dataset, those on one
// dimension put together; nil when one of them takes all its rows.
func (b *builder) project(d *belvedere.Dataset, list []opening, class []int) [][]belvedere.Within {
	var out [][]belvedere.Within
	for _, at := range class {
		var one []belvedere.Within
		for _, w := range list[at].within {
			if d.Dimension(w.Dim) != nil {
				one = append(one, w)
			}
		}
		if len(one) == 0 {
			return nil
		}
		one = belvedere.SortWithin(one)
		alone := func(o []belvedere.Within) bool { return len(o) == 1 && len(one) == 1 && o[0].Dim == one[0].Dim }
		if k := slices.IndexFunc(out, alone); k >= 0 {
			out[k] = belvedere.SortWithin(append(slices.Clone(out[k]), one...))
		} else if !slices.ContainsFunc(out, func(o []belvedere.Within) bool { return belvedere.SameWithin(o, one) }) {
			out = append(out, one)
		}
	}
	return out
}

// apart writes sets of limits as conditions that no row meets twice: a row of the second set that the
// first takes already fails one of its limits, the first of them or a later one after meeting the others.
func (b *builder) apart(d *belvedere.Dataset, sets [][]belvedere.Within) [][]Cond {
	if sets == nil {
		return [][]Cond{nil}
	}
	var out [][]Cond
	for i, set := range sets {
		heads := [][]Cond{conds(d, set)}
		for _, before := range sets[:i] {
			var next [][]Cond
			for _, head := range heads {
				for k := range before {
					more := conds(d, before[:k])
					next = append(next, slices.Concat(head, more, []Cond{codeCond(d, d.Dimension(before[k].Dim), belvedere.Filter{Dim: before[k].Dim, Values: before[k].Codes, Not: true})}))
				}
			}
			heads = next
		}
		out = append(out, heads...)
	}
	return out
}

func conds(d *belvedere.Dataset, set []belvedere.Within) []Cond {
	var out []Cond
	for _, w := range set {
		out = append(out, codeCond(d, d.Dimension(w.Dim), belvedere.Filter{Dim: w.Dim, Values: w.Codes}))
	}
	return out
}

// A class is the schools that the same openings reach.
type class struct {
	openings []int
	schools  []belvedere.UAI // nil for all that no other class names
}

// classesOf parts schools by the openings that reach them, in order.
func classesOf(list []opening) []class {
	reached := map[belvedere.UAI][]int{}
	var everywhere []int
	for i, o := range list {
		if o.all {
			everywhere = append(everywhere, i)
		}
		for _, u := range o.schools {
			if !o.all {
				reached[u] = nil
			}
		}
	}
	for u := range reached {
		for i, o := range list {
			if _, named := slices.BinarySearch(o.schools, u); o.all || named {
				reached[u] = append(reached[u], i)
			}
		}
	}
	byKey := map[string]*class{}
	var keys []string
	for u, at := range reached {
		key := fmt.Sprint(at)
		if byKey[key] == nil {
			byKey[key], keys = &class{openings: at}, append(keys, key)
		}
		byKey[key].schools = append(byKey[key].schools, u)
	}
	slices.Sort(keys)
	var out []class
	for _, key := range keys {
		slices.Sort(byKey[key].schools)
		out = append(out, *byKey[key])
	}
	if len(everywhere) > 0 {
		out = append(out, class{openings: everywhere})
	}
	return out
}

// cond keeps the rows of the schools of a class; nil when it is the only one.
func (c class) cond(all []class) *Cond {
	var out Cond
	switch {
	case len(all) == 1:
		return nil
	case c.schools != nil:
		out = uaiCond(c.schools)
	default:
		var named []belvedere.UAI
		for _, o := range all {
			named = append(named, o.schools...)
		}
		out = uaiCond(named)
		out.Op = "NOT IN"
	}
	return &out
}

// cond writes the boxes as one condition.
func (o *bound) cond() Cond {
	c := Cond{id: o.key}
	for _, x := range o.boxes {
		c.Any = append(c.Any, x.conds())
	}
	return c
}

func (x box) conds() []Cond {
	if x.schools == nil {
		return x.within
	}
	return append([]Cond{*x.schools}, x.within...)
}

// detailed is the condition that the rows have the detail by which boxes limit them.
func (c Cond) detailed(d *belvedere.Dataset) Cond {
	out := Cond{}
	for _, one := range c.Any {
		var list []Cond
		for _, x := range one {
			switch dim := d.Dimension(x.Column); {
			case dim == nil:
				list = append(list, x)
			case x.Op == "IN" && dim.Optional:
				list = append(list, Cond{Column: x.Column, Op: "<>", Type: x.Type, Values: []any{""}})
			}
		}
		out.Any = append(out.Any, list)
	}
	return out
}
