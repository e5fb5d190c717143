package rights

import (
	"slices"

	"belvedere"
	"belvedere/internal/registry"
)

// A gathering collects the schools that share something.
type gathering struct {
	all  bool
	list []belvedere.UAI
}

func (g *gathering) add(school belvedere.UAI) {
	if school == "" {
		g.all = true
	} else {
		g.list = append(g.list, school)
	}
}

func (g *gathering) set() belvedere.SchoolSet {
	return belvedere.SchoolSet{All: g.all, Schools: sorted(g.list)}
}

// sharing is what agreements in force share with who bears one of the names.
func (in Input) sharing(inForce []registry.Agreement, names []string) belvedere.Sharing {
	themes, indicators := map[string]*gathering{}, map[int]*gathering{}
	out := belvedere.Sharing{Themes: map[string]belvedere.SchoolSet{}, Indicators: map[int]belvedere.SchoolSet{}, Extended: map[int][]belvedere.UAI{}}
	for _, a := range inForce {
		for _, code := range in.themesOf(a) {
			into(themes, code).add(a.School)
		}
		for _, n := range a.Indicators {
			into(indicators, n).add(a.School)
		}
		if a.School == "" || !reaches(a, names) { // no one agrees to that in the place of a school
			continue
		}
		for _, n := range a.Extended {
			out.Extended[n] = append(out.Extended[n], a.School)
		}
	}
	for code, g := range themes {
		out.Themes[code] = g.set()
	}
	for n, g := range indicators {
		out.Indicators[n] = g.set()
	}
	for n, list := range out.Extended {
		out.Extended[n] = sorted(list)
	}
	return out
}

// into finds or makes the gathering of a key.
func into[K comparable](m map[K]*gathering, key K) *gathering {
	if m[key] == nil {
		m[key] = &gathering{}
	}
	return m[key]
}

// themesOf are the codes of the themes that an agreement shares whole.
func (in Input) themesOf(a registry.Agreement) []string {
	if !a.AllThemes {
		return a.Themes
	}
	var codes []string
	for _, t := range in.Model.Themes {
		codes = append(codes, t.Code)
	}
	return codes
}

// reaches tells whether an extension is for who bears one of the names: when it names nobody, it
// is for the whole territory.
func reaches(a registry.Agreement, names []string) bool {
	if len(a.Recipients) == 0 {
		return true
	}
	return slices.ContainsFunc(a.Recipients, func(r string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return n != "" && samePerson(r, n) })
	})
}
