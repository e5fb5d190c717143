package report

import (
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// expectedSchools counts the schools that a figure over several schools should hold, on a line
// or, without keys, in all. Lines by attributes of schools await the schools of that attribute.
func (a *answer) expectedSchools(c *semantic.PlanColumn, keys []belvedere.Key) int32 {
	key := strings.Join(c.Datasets, ",") + c.Indicator.Applicable
	counts, ok := a.expected[key]
	if !ok {
		kept := a.perimeterKey("expected", key, a.attributes())
		if counts, ok = a.r.counts.get(kept); !ok || kept == "" {
			counts = a.countExpected(c)
			if kept != "" {
				a.r.counts.put(kept, counts, keySize*len(counts))
			}
		}
		a.expected[key] = counts
	}
	if len(keys) > 0 && a.byAttributes() {
		return counts[codeOf(keys)]
	}
	return counts[""]
}

// countExpected counts the awaited schools in all, and for each line by attributes.
func (a *answer) countExpected(c *semantic.PlanColumn) map[string]int32 {
	counts := map[string]int32{}
	names := a.attributes()
	count := func(u belvedere.UAI, s *School) {
		if !a.awaitsColumn(c, u, s) {
			return
		}
		counts[""]++
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
	if len(c.Datasets) > 0 && a.cover[c.Datasets[0]] != nil {
		for u := range a.cover[c.Datasets[0]].schools {
			if a.directory.Find(u) == nil {
				count(u, nil)
			}
		}
	}
	return counts
}

// awaitsColumn tells whether a school delivered, or should have, all datasets of a column.
func (a *answer) awaitsColumn(c *semantic.PlanColumn, u belvedere.UAI, s *School) bool {
	if !visible(u, s, a.scope, a.q.Where) || c.Indicator.Applicable != "" && s.Attribute(c.Indicator.Applicable) == "non" {
		return false
	}
	for _, name := range c.Datasets {
		cover := a.cover[name]
		if cover == nil {
			return false
		}
		if _, has := cover.schools[u]; !has && !cover.expects(s, a.q.Period) {
			return false
		}
	}
	return true
}

// attributes are the dimensions of the lines when all of them are attributes of schools.
func (a *answer) attributes() []string {
	if !a.byAttributes() {
		return nil
	}
	return a.q.By
}

func (a *answer) byAttributes() bool {
	return len(a.plan.Dims) > 0 && !slices.ContainsFunc(a.plan.Dims, func(d semantic.Dim) bool { return d.Kind != semantic.KindAttribute })
}

// coveredSchools counts the schools behind a figure of the territory as a whole.
func (a *answer) coveredSchools(c *semantic.PlanColumn) int32 {
	if len(c.Datasets) == 0 || a.cover[c.Datasets[0]] == nil {
		return 0
	}
	return int32(len(a.cover[c.Datasets[0]].schools))
}
