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
	list, all := b.scope.Shared(pc.Indicator)
	if all {
		return
	}
	for _, ind := range pc.Indicator.Sources() {
		_, whole := b.scope.SchoolsOf(ind.Widget)
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
