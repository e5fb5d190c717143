package report

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// reasonName is the detail of a school that is left out of a perimeter.
const reasonName = "raison"

// A step is one of the periods that a comparison over time holds against the others.
type step struct {
	period belvedere.Period
	label  string
}

// A sifting sorts the units of a viewer into those that have the data in all steps and the others.
type sifting struct {
	directory  *Directory
	sight      sight
	where      []belvedere.Filter
	column     *semantic.PlanColumn // whose schools share
	receptions []*reception         // of its datasets
	types      []map[string]bool    // of schools that deliver each of them
	shared     [][]belvedere.UAI    // members of each unit whose figures the viewer may see
	steps      []step
	byMonth    bool       // the steps are the months of lines
	wanted     [][][]bool // months of each dataset and step; nil where presence is enough
	families   []*family
}

// sift finds the perimeter of one group of columns, those of one dataset and sharing, and the
// schools that a query over it names.
func (r *Reporter) sift(ctx context.Context, edition int, directory *Directory, scope sight, q belvedere.Query, c *semantic.PlanColumn) (belvedere.Perimeter, []string, error) {
	x := &sifting{directory: directory, sight: scope, where: schoolFilters(q.Where), column: c, byMonth: monthly(q)}
	for _, name := range c.Datasets {
		received, err := r.receptionOf(ctx, edition, name)
		if err != nil {
			return belvedere.Perimeter{}, nil, err
		}
		x.receptions = append(x.receptions, received)
	}
	x.units()
	x.setSteps(q)
	p, kept := x.perimeter()
	return p, kept, nil
}

// schoolFilters are the filters that choose schools.
func schoolFilters(where []belvedere.Filter) []belvedere.Filter {
	return slices.DeleteFunc(slices.Clone(where), func(f belvedere.Filter) bool { return !choosesSchools(f) })
}

func choosesSchools(f belvedere.Filter) bool {
	return f.Dim == "etablissement" || slices.Contains(attributeDims, f.Dim)
}

// units parts the schools that the viewer sees into families.
func (x *sifting) units() {
	var seen []belvedere.UAI
	for _, s := range x.directory.ordered {
		if x.sight.opens(s.UAI) {
			seen = append(seen, s.UAI)
		}
	}
	unlisted := map[belvedere.UAI]bool{}
	for _, received := range x.receptions {
		for u := range received.rows {
			if x.directory.Find(u) == nil && x.sight.opens(u) {
				unlisted[u] = true
			}
		}
	}
	for u := range unlisted {
		seen = append(seen, u)
	}
	x.families = x.directory.kinship().families(seen)
	x.shared = make([][]belvedere.UAI, len(x.families))
	for i, f := range x.families {
		for _, u := range f.members {
			if !x.column.Withheld || x.column.Shared[u] {
				x.shared[i] = append(x.shared[i], u)
			}
		}
	}
	for _, received := range x.receptions {
		types := map[string]bool{}
		for u := range received.rows {
			if s := x.directory.Find(u); s != nil && x.sight.opens(u) && (!x.column.Withheld || x.column.Shared[u]) {
				types[s.Attribute("type")] = true
			}
		}
		x.types = append(x.types, types)
	}
}

// setSteps finds the periods compared and, for events, the months of each that are expected.
func (x *sifting) setSteps(q belvedere.Query) {
	for _, s := range stepsOf(q) {
		if s.period.Year() < x.column.Indicator.SinceYear || !x.anyDelivered(s) {
			continue
		}
		x.steps = append(x.steps, s)
	}
	if x.byMonth {
		x.steps = x.common(x.steps)
	}
	x.wanted = make([][][]bool, len(x.receptions))
	for i, received := range x.receptions {
		x.wanted[i] = make([][]bool, len(x.steps))
		if received.dataset.Kind != belvedere.Flow || received.dataset.Time == belvedere.ByYear {
			continue
		}
		for k, s := range x.steps {
			a, z := received.within(s.period)
			x.wanted[i][k] = received.wanted(x.shared, a, z)
		}
	}
}

// monthly tells whether the lines are months or finer.
func monthly(q belvedere.Query) bool {
	return slices.Contains(q.By, "mois") || slices.Contains(q.By, "jour") || slices.Contains(q.By, "heure")
}

// overTime tells whether the lines are times.
func overTime(q belvedere.Query) bool { return slices.ContainsFunc(q.By, isTime) }

// stepsOf are the periods that a query compares: each year or month of its lines, else its period
// and another. The coverage knows months: days are compared by their months.
func stepsOf(q belvedere.Query) []step {
	if overTime(q) && !q.Against.From.IsZero() {
		other := q
		other.Period, other.Against, q.Against = q.Against, belvedere.Period{}, belvedere.Period{}
		return union(stepsOf(q), stepsOf(other))
	}
	switch {
	case monthly(q):
		var out []step
		for m := monthOf(q.Period.From); m.Before(q.Period.To); m = m.AddDate(0, 1, 0) {
			out = append(out, step{belvedere.Period{From: m, To: m.AddDate(0, 1, 0)}, belvedere.MonthName(m)})
		}
		return out
	case slices.Contains(q.By, "annee"):
		var out []step
		for y := belvedere.SchoolYearOf(q.Period.From); y <= q.Period.Year(); y++ {
			p := belvedere.Period{From: y.First(), To: y.End()}
			if p.From.Before(q.Period.From) {
				p.From = q.Period.From
			}
			p.To = minTime(p.To, q.Period.To)
			out = append(out, step{p, y.String()})
		}
		return out
	}
	other := q.Against
	if other.From.IsZero() {
		other = belvedere.Period{From: q.Period.From.AddDate(-1, 0, 0), To: q.Period.To.AddDate(-1, 0, 0)}
	}
	out := []step{{q.Period, PeriodWords(q.Period)}, {other, PeriodWords(other)}}
	slices.SortFunc(out, func(a, b step) int { return a.period.From.Compare(b.period.From) })
	return out
}

// union puts steps together in the order of time, each once.
func union(a, b []step) []step {
	out := slices.Concat(a, b)
	slices.SortFunc(out, func(x, y step) int { return x.period.From.Compare(y.period.From) })
	return slices.CompactFunc(out, func(x, y step) bool { return x.label == y.label })
}

// span is the months of a step in one dataset: a state counts from the start of its school year,
// because its last observation stands for the period.
func (x *sifting) span(received *reception, s step) (a, z int) {
	p := s.period
	if received.dataset.Kind == belvedere.Stock && !x.byMonth || received.dataset.Time == belvedere.ByYear {
		p.From = belvedere.SchoolYearOf(p.From).First()
	}
	return received.within(p)
}

// anyDelivered tells whether someone delivered each dataset in a step.
func (x *sifting) anyDelivered(s step) bool {
	for _, received := range x.receptions {
		a, z := x.span(received, s)
		found := false
		for _, members := range x.shared {
			found = found || slices.ContainsFunc(members, func(u belvedere.UAI) bool { return received.any(u, a, z) })
		}
		if !found {
			return false
		}
	}
	return len(x.receptions) > 0
}

// common keeps the months that at least half of those who deliver have delivered: a month that
// begins to arrive does not empty the perimeter.
func (x *sifting) common(steps []step) []step {
	counts, most := make([]int, len(steps)), 0
	for i, s := range steps {
		for _, members := range x.shared {
			all := len(members) > 0
			for _, received := range x.receptions {
				a, z := received.within(s.period)
				all = all && slices.ContainsFunc(members, func(u belvedere.UAI) bool { return received.any(u, a, z) })
			}
			if all {
				counts[i]++
			}
		}
		most = max(most, counts[i])
	}
	var out []step
	for i, s := range steps {
		if 2*counts[i] >= most && counts[i] > 0 {
			out = append(out, s)
		}
	}
	return out
}

// perimeter sorts the units. Those that the filters do not choose, and those of which nothing is
// expected, are neither kept nor left out.
func (x *sifting) perimeter() (belvedere.Perimeter, []string) {
	p, kept := belvedere.Perimeter{Left: []belvedere.Key{}}, []string{}
	for _, s := range x.steps {
		p.Steps = append(p.Steps, s.label)
	}
	for i, f := range x.families {
		chosen := x.chosen(f)
		if u := x.named(f); chosen == 0 && u != "" {
			p.Left = append(p.Left, x.left(u, "a fermé : choisissez l’établissement qui lui succède"))
		}
		if chosen == 0 || !x.concerned(f, x.shared[i]) {
			continue
		}
		why := x.whyLeft(f, chosen, x.shared[i])
		if why == "" {
			p.Kept++
			if len(f.members) > 1 {
				p.Families++
			}
			for _, u := range f.members {
				kept = append(kept, string(u))
			}
			continue
		}
		for _, u := range f.heads {
			if !fits(u, x.directory.Find(u), x.where) {
				continue
			}
			p.Left = append(p.Left, x.left(u, why))
		}
	}
	order := func(k belvedere.Key) string {
		if s := x.directory.Find(belvedere.UAI(k.Code)); s != nil {
			return s.sortKey
		}
		return k.Code
	}
	slices.SortStableFunc(p.Left, func(a, b belvedere.Key) int {
		return strings.Compare(order(a)+a.Code, order(b)+b.Code)
	})
	slices.Sort(kept)
	return p, kept
}

// left names a school that is left out, with the reason.
func (x *sifting) left(u belvedere.UAI, why string) belvedere.Key {
	key := x.directory.nameOf(u)
	key.Detail = []belvedere.Attribute{{Name: reasonName, Value: why}}
	return key
}

// named is a predecessor that a filter names, "" when none does.
func (x *sifting) named(f *family) belvedere.UAI {
	for _, filter := range x.where {
		for _, u := range f.members {
			if filter.Dim == "etablissement" && !filter.Not && !slices.Contains(f.heads, u) && slices.Contains(filter.Values, string(u)) {
				return u
			}
		}
	}
	return ""
}

// chosen counts the heads of a family that the filters take: the schools of today choose.
func (x *sifting) chosen(f *family) int {
	n := 0
	for _, u := range f.heads {
		if fits(u, x.directory.Find(u), x.where) {
			n++
		}
	}
	return n
}

// concerned tells whether a family has data in some step, or should have.
func (x *sifting) concerned(f *family, shared []belvedere.UAI) bool {
	if len(x.steps) == 0 {
		return false
	}
	meaningful := slices.ContainsFunc(f.members, func(u belvedere.UAI) bool { return !meaningless(x.column, x.directory.Find(u)) })
	if !meaningful {
		return false
	}
	for _, received := range x.receptions {
		for _, s := range x.steps {
			a, z := x.span(received, s)
			if slices.ContainsFunc(shared, func(u belvedere.UAI) bool { return received.any(u, a, z) }) {
				return true
			}
		}
	}
	last := x.steps[len(x.steps)-1].period
	for _, u := range f.heads {
		s := x.directory.Find(u)
		if s != nil && s.Listed && openDuring(s, last) && x.types[0][s.Attribute("type")] {
			return true
		}
	}
	return false
}

// whyLeft says why a family is left out, "" when it is kept.
func (x *sifting) whyLeft(f *family, chosen int, shared []belvedere.UAI) string {
	switch {
	case len(shared) == 0:
		return "non communiqué"
	case len(shared) < len(f.members):
		return "un établissement de sa famille ne partage pas ces données"
	case f.cut:
		return "se poursuit dans un établissement que vos droits n’ouvrent pas"
	case chosen < len(f.heads):
		return "issu d’un établissement partagé entre la sélection et d’autres"
	}
	var lacking []string
	for k, s := range x.steps {
		if !x.hasStep(f, k) {
			lacking = append(lacking, s.label)
		}
	}
	const most = 3
	switch n := len(lacking); {
	case n == 0:
		return ""
	case n == len(x.steps):
		return "aucune donnée complète"
	case n > most:
		return "données incomplètes en " + strings.Join(lacking[:most], ", ") + fmt.Sprintf(" et %d autres", n-most)
	}
	return "données incomplètes en " + strings.Join(lacking, ", ")
}

// hasStep tells whether a family has all the data of a step: of each member that was open then.
func (x *sifting) hasStep(f *family, k int) bool {
	for i, received := range x.receptions {
		a, z := x.span(received, x.steps[k])
		wanted := x.wanted[i][k]
		if wanted == nil {
			if !x.present(f, i, received, a, z) {
				return false
			}
			continue
		}
		for m := a; m < z; m++ {
			if wanted[m-a] && !x.present(f, i, received, m, m+1) {
				return false
			}
		}
	}
	return true
}

// present tells whether a family delivered within [a, z): someone did, and each member that was
// open then.
func (x *sifting) present(f *family, i int, received *reception, a, z int) bool {
	found := false
	for _, u := range f.members {
		switch {
		case received.any(u, a, z):
			found = true
		case x.awaitedWithin(i, received, u, a, z):
			return false
		}
	}
	return found
}

// awaitedWithin tells whether a member should have delivered within [a, z): it was open, and it
// or schools of its type deliver the dataset. Dates that the register lacks are told by what the
// school delivered.
func (x *sifting) awaitedWithin(i int, received *reception, u belvedere.UAI, a, z int) bool {
	s := x.directory.Find(u)
	if _, delivers := received.rows[u]; !delivers && (s == nil || !x.types[i][s.Attribute("type")]) || meaningless(x.column, s) {
		return false
	}
	kin := x.directory.kinship()
	opened, dated := dayOf(s, "ouverture")
	if !dated && len(kin.prev[u]) > 0 {
		if opened = received.start(u); opened.IsZero() {
			return false
		}
	}
	closed, dated := dayOf(s, "fermeture")
	if !dated && len(kin.next[u]) > 0 {
		if closed = received.end(u); closed.IsZero() {
			return false
		}
	}
	from, to := received.month(a), received.month(z)
	return opened.Before(to) && (closed.IsZero() || closed.After(from))
}

// dayOf reads a date of the register.
func dayOf(s *School, attribute string) (time.Time, bool) {
	d, err := belvedere.ParseDate(s.Attribute(attribute))
	return d, err == nil
}
