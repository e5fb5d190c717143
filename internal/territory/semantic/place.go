package semantic

import (
	"fmt"
	"slices"

	"belvedere"
)

// misplaced says why a column cannot be shown here: a sum of what is counted by commune, or for the
// whole territory, over some schools only. A ratio of two measures of one such dataset is right over
// any schools, since both sides are shared out alike; "" means that nothing is wrong.
func (b *builder) misplaced(pc *PlanColumn) string {
	refs := pc.Indicator.Measures(pc.Rate)
	at := slices.IndexFunc(refs, func(r belvedere.MeasureRef) bool {
		d := b.plan.model.Dataset(r.Dataset)
		return d != nil && d.Place != belvedere.BySchool
	})
	if at < 0 {
		return ""
	}
	d := b.plan.model.Dataset(refs[at].Dataset)
	value, _ := pc.Indicator.Value.(belvedere.Binary)
	ratio := pc.Rate || value.Op == '/'
	if ratio && !slices.ContainsFunc(refs, func(r belvedere.MeasureRef) bool { return r.Dataset != d.Name }) {
		return ""
	}
	if !b.narrowed(d.Place) && !pc.Withheld {
		return ""
	}
	hint := ""
	if pc.Indicator.Rate != nil && !pc.Rate {
		hint = fmt.Sprintf(" Demandez le taux\u00a0: %s.", pc.Indicator.Rate.Label)
	}
	return fmt.Sprintf("%s est compté par %s\u00a0: pas de total d’une partie des établissements.%s", d.Label, d.Place.Label(), hint)
}

// narrowed tells whether the plan parts the schools of a commune, or of the territory.
func (b *builder) narrowed(place belvedere.Place) bool {
	whole := func(dim string) bool {
		attribute := dim == "etablissement" || recordAttributes[dim] != ""
		return !attribute || place == belvedere.ByTown && (dim == "commune" || dim == "departement")
	}
	if !b.scope.AllSchools {
		return true
	}
	for _, d := range b.plan.Dims {
		if (d.Kind == KindSchool || d.Kind == KindAttribute) && !whole(d.Name) {
			return true
		}
	}
	return slices.ContainsFunc(b.plan.Query.Where, func(f belvedere.Filter) bool { return !whole(f.Dim) }) || b.plan.Query.Constant
}
