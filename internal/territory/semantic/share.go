package semantic

import (
	"fmt"
	"slices"

	"belvedere"
)

// A sharing is a set of the viewer's schools that share an indicator, with the condition that
// keeps their rows.
type sharing struct {
	list []belvedere.UAI
	set  map[belvedere.UAI]bool
	cond Cond
}

// share joins agreements and recipients to a column: when they withhold a school of the viewer,
// the column holds the figures of the others alone, and it has none when no school is left.
func (b *builder) share(pc *PlanColumn) {
	list, all, ok := b.sharedOf(pc)
	if all || !ok {
		return
	}
	for _, ind := range pc.Indicator.Sources() {
		_, whole := b.scope.SchoolsOf(ind.Widget, pc.Indicator.Datasets(pc.Rate)...)
		pc.Parted = pc.Parted || !whole
	}
	if !b.scope.AllSchools {
		list = intersection(list, b.scope.Schools)
	}
	at := slices.IndexFunc(b.sharings, func(s sharing) bool { return slices.Equal(s.list, list) })
	if at < 0 {
		at = len(b.sharings)
		s := sharing{list: list, set: make(map[belvedere.UAI]bool, len(list)), cond: uaiCond(list)}
		for _, u := range list {
			s.set[u] = true
		}
		s.cond.id = fmt.Sprint("shared", at)
		b.sharings = append(b.sharings, s)
	}
	pc.Withheld, pc.Sharing, pc.Shared = true, at+1, b.sharings[at].set
	if len(list) == 0 {
		bySchool := slices.ContainsFunc(b.plan.Dims, func(d Dim) bool { return d.Kind == KindSchool })
		pc.State, pc.Why = belvedere.NotShared, pc.WhyNotShared(bySchool)
	}
}

// sharedOf are the schools whose figures of a column may be shown; ok is false when rights that are
// limited to members open nothing of it, and its state says why.
func (b *builder) sharedOf(pc *PlanColumn) (list []belvedere.UAI, all, ok bool) {
	if !b.scope.Limited() {
		list, all = b.scope.SharedOf(pc.Indicator, pc.Rate)
		return list, all, true
	}
	pc.openings = b.openings(pc)
	if len(pc.openings) == 0 {
		pc.State, pc.Why = belvedere.NotShared, b.whyClosed(pc)
		return nil, false, false
	}
	b.limits(pc)
	open, whole := reach(pc.openings)
	list, all = b.scope.Agreed(pc.Indicator)
	switch {
	case whole:
		return list, all, true
	case all:
		list = open
	default:
		list = intersection(list, open)
	}
	return list, b.scope.Covers(list), true
}

// limits notes the members to which openings limit a column: those of each part of the schools that they
// reach, unless one of them opens all that it has.
func (b *builder) limits(pc *PlanColumn) {
	datasets := pc.Indicator.Datasets(pc.Rate)
	for _, c := range classesOf(pc.openings) {
		var sets [][]belvedere.Within
		for _, at := range c.openings {
			var set []belvedere.Within
			for _, w := range pc.openings[at].within {
				if slices.ContainsFunc(datasets, func(name string) bool { return b.plan.model.Dataset(name).Dimension(w.Dim) != nil }) {
					set = append(set, w)
				}
			}
			if set == nil {
				sets = nil
				break
			}
			sets = append(sets, belvedere.SortWithin(set))
		}
		pc.Mixed = pc.Mixed || sets == nil
		for _, set := range sets {
			if !slices.ContainsFunc(pc.Limits, func(l []belvedere.Within) bool { return belvedere.SameWithin(l, set) }) {
				pc.Limits = append(pc.Limits, set)
			}
		}
	}
	pc.Mixed = pc.Limits != nil && (pc.Mixed || len(pc.Limits) > 1)
}

// whyClosed says why rights that are limited to members open nothing of a column.
func (b *builder) whyClosed(pc *PlanColumn) string {
	for _, ind := range pc.Indicator.Sources() {
		known := false
		var within []belvedere.Within
		for _, p := range b.scope.Parts {
			switch {
			case !p.Sees(ind.Widget):
			case b.carried(p, pc.Indicator.Datasets(pc.Rate)):
				known = true
			case within == nil:
				within = p.Within
			}
		}
		if !known && within != nil {
			return b.plan.model.NotKnownBy(within)
		}
	}
	return WhyOtherMembers
}

// WhyOtherMembers is why a figure is not shown of members that no right opens.
const WhyOtherMembers = "Vos droits ne portent pas sur ces valeurs\u00a0: ils se limitent à d’autres."

// Opens tells whether rights open a member of a dimension to a column, or one of its groups; school is ""
// for any of them.
func (pc *PlanColumn) Opens(d Dim, code string, school belvedere.UAI) bool {
	if pc.Limits == nil || d.Kind != KindCode {
		return true
	}
	return slices.ContainsFunc(pc.openings, func(o opening) bool {
		if _, named := slices.BinarySearch(o.schools, school); !o.all && school != "" && !named {
			return false
		}
		at := slices.IndexFunc(o.within, func(w belvedere.Within) bool { return w.Dim == d.Base() })
		return at < 0 || takesMember(d, o.within[at].Codes, code)
	})
}

// takesMember tells whether codes hold a member of the lines, or one of its group.
func takesMember(d Dim, codes []string, code string) bool {
	if slices.Contains(codes, code) {
		return true
	}
	if d.Dim == nil || d.Dim.List == nil {
		return false
	}
	return slices.ContainsFunc(d.Dim.List.All(), func(c belvedere.Code) bool {
		if d.Groups {
			return d.Dim.GroupOf(c.Code) == code && (slices.Contains(codes, c.Code) || slices.Contains(codes, c.Group))
		}
		return c.Code == code && c.Group != "" && slices.Contains(codes, c.Group)
	})
}

// intersection keeps the members of a sorted list that another, in any order, holds.
func intersection(sorted, other []belvedere.UAI) []belvedere.UAI {
	out := []belvedere.UAI{}
	for _, u := range other {
		if _, found := slices.BinarySearch(sorted, u); found {
			out = append(out, u)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// annexNumber is the number of the annex that an indicator bears or details.
func annexNumber(ind *belvedere.Indicator) int { return max(ind.Number, ind.Of) }

// WhyNotShared is WhyNotShared of the indicator, unless rights open it for some schools alone.
func (pc *PlanColumn) WhyNotShared(bySchool bool) string {
	switch {
	case !pc.Parted:
		return WhyNotShared(pc.Indicator, bySchool)
	case bySchool:
		return "Vos droits n’ouvrent pas ce thème pour cet établissement, ou aucune convention en vigueur ne l’y partage."
	}
	return "Vos droits n’ouvrent pas ce thème pour ces établissements, ou aucune convention en vigueur ne l’y partage."
}

// WhyNotShared says why a cell is "non communiqué" when rights open it: of one school, or of all
// those that the cell is about.
func WhyNotShared(ind *belvedere.Indicator, bySchool bool) string {
	switch {
	case ind.SchoolOnly && len(ind.Reads) > 0:
		return WhyNotShared(ind.Reads[slices.IndexFunc(ind.Reads, func(i *belvedere.Indicator) bool { return i.SchoolOnly })], bySchool)
	case len(ind.Reads) > 1 && bySchool:
		return "Aucune convention en vigueur ne partage pour cet établissement tout ce que lit cette formule."
	case len(ind.Reads) > 1:
		return "Aucune convention en vigueur ne partage tout ce que lit cette formule."
	case ind.SchoolOnly && annexNumber(ind) == 0:
		return "Cet indicateur n’a que l’établissement pour destinataire."
	case ind.SchoolOnly:
		return fmt.Sprintf("L’annexe réserve l’indicateur %d à l’établissement, et aucune convention de celui-ci n’en étend les destinataires.", annexNumber(ind))
	case bySchool:
		return "Aucune convention en vigueur ne partage cet indicateur pour cet établissement."
	}
	return "Aucune convention en vigueur ne partage cet indicateur."
}

// key is what the condition says, as a part of the key of a source.
func (c Cond) key() string {
	if c.id != "" {
		return "\n" + c.id
	}
	return fmt.Sprintf("\n%s %s %t %#v", c.Column, c.Op, c.Record, c.Values)
}
