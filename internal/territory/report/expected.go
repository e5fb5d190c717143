package report

import (
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// A counting is a reason to count a school behind a figure of several.
type counting string

// The countings.
const (
	awaited   counting = "expected"  // it delivered, or should have
	delivered counting = "delivered" // it delivered all that the column reads, and shares it
	shared    counting = "shared"    // it shares the indicator with the viewer
	withheld  counting = "withheld"  // it delivered or should have, and does not share it
)

// allSchools is the key of the count over all lines; no text of the register has this byte.
const allSchools = "\xff"

// schools counts the schools of a line or, without keys, of all lines.
func (a *answer) schools(c *semantic.PlanColumn, keys []belvedere.Key, what counting) int32 {
	key := string(what) + " " + strings.Join(c.Datasets, ",") + " " + strings.Join(c.Indicator.Needs(), ",")
	key += " " + sharingKey(c)
	counts, ok := a.counts[key]
	if !ok {
		kept := a.perimeterKey(key, a.attributes())
		if counts, ok = a.r.counts.get(kept); !ok || kept == "" {
			counts = a.countSchools(c, what)
			if kept != "" {
				a.r.counts.put(kept, counts, keySize*len(counts))
			}
		}
		a.counts[key] = counts
	}
	line := allSchools
	if len(keys) > 0 && len(a.attributes()) > 0 {
		var values []string
		for i, d := range a.plan.Dims {
			if d.Kind == semantic.KindAttribute {
				values = append(values, keys[i].Code)
			}
		}
		line = strings.Join(values, "\x00")
	}
	return counts[line]
}

// countSchools counts in all, and for each combination of the attributes of the lines.
func (a *answer) countSchools(c *semantic.PlanColumn, what counting) map[string]int32 {
	counts := map[string]int32{}
	names := a.attributes()
	count := func(u belvedere.UAI, s *School) {
		if !a.concerns(c, u, s, what) {
			return
		}
		counts[allSchools]++
		if len(names) == 0 {
			return
		}
		values := make([]string, len(names))
		for i, name := range names {
			values[i] = s.Attribute(name)
		}
		counts[strings.Join(values, "\x00")]++
	}
	for _, s := range a.directory.ordered {
		count(s.UAI, s)
	}
	unlisted := map[belvedere.UAI]bool{}
	for _, cover := range a.cover {
		for u := range cover.schools {
			if a.directory.Find(u) == nil && !unlisted[u] {
				unlisted[u] = true
				count(u, nil)
			}
		}
	}
	return counts
}

// concerns tells whether a school counts.
func (a *answer) concerns(c *semantic.PlanColumn, u belvedere.UAI, s *School, what counting) bool {
	if !a.takes(u, s) {
		return false
	}
	switch what {
	case awaited:
		return a.awaitsColumn(c, u, s)
	case withheld:
		return c.Withheld && !c.Shared[u] && a.awaitsColumn(c, u, s)
	case delivered:
		return !meaningless(c, s) && a.deliveredAll(c, u)
	}
	return c.Shared[u]
}

// meaningless tells whether an indicator has no sense in a school.
func meaningless(c *semantic.PlanColumn, s *School) bool {
	return slices.ContainsFunc(c.Indicator.Needs(), func(name string) bool { return s.Attribute(name) == "non" })
}

// awaitsColumn tells whether a school delivered, or should have, all datasets of a column.
func (a *answer) awaitsColumn(c *semantic.PlanColumn, u belvedere.UAI, s *School) bool {
	if meaningless(c, s) {
		return false
	}
	for _, name := range c.Datasets {
		cover := a.coverage(c, name)
		if cover == nil {
			return false
		}
		if _, has := cover.schools[u]; !has && !cover.expects(s, a.q.Period) {
			return false
		}
	}
	return true
}

// attributes are the dimensions of the lines that are attributes of schools.
func (a *answer) attributes() []string {
	var names []string
	for _, d := range a.plan.Dims {
		if d.Kind == semantic.KindAttribute {
			names = append(names, d.Name)
		}
	}
	return names
}

// byAttributes tells whether lines hold schools with all their data, so that a missing one makes
// a figure partial.
func (a *answer) byAttributes() bool {
	return !slices.ContainsFunc(a.plan.Dims, func(d semantic.Dim) bool { return d.Kind != semantic.KindAttribute })
}

// coveredSchools counts the schools behind a figure of the territory as a whole.
func (a *answer) coveredSchools(c *semantic.PlanColumn) int32 {
	if len(c.Datasets) == 0 || a.coverage(c, c.Datasets[0]) == nil {
		return 0
	}
	return int32(len(a.coverage(c, c.Datasets[0]).schools))
}
