package report

import (
	"fmt"
	"strings"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// A sight is the schools that a viewer's rights open, before any agreement.
type sight struct {
	all     bool
	schools map[belvedere.UAI]bool
}

func sightOf(scope belvedere.Scope) sight {
	s := sight{all: scope.AllSchools}
	if !s.all {
		s.schools = make(map[belvedere.UAI]bool, len(scope.Schools))
		for _, u := range scope.Schools {
			s.schools[u] = true
		}
	}
	return s
}

// opens tells whether the rights of the viewer open a school.
func (s sight) opens(u belvedere.UAI) bool { return s.all || s.schools[u] }

// fits tells whether a school passes the filters of a query. One that the register does not know
// passes only where no attribute is asked.
func fits(u belvedere.UAI, s *School, where []belvedere.Filter) bool {
	for _, f := range where {
		switch f.Dim {
		case "etablissement":
			if contains(f.Values, string(u)) == f.Not {
				return false
			}
		case "type", "secteur", "commune", "departement", "academie":
			v := s.Attribute(f.Dim)
			if v == "" || contains(f.Values, v) == f.Not {
				return false
			}
		}
	}
	return true
}

func contains[T comparable](list []T, v T) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return false
}

// takes tells whether the rights of the viewer and the filters of the query take a school.
func (a *answer) takes(u belvedere.UAI, s *School) bool {
	return a.sight.opens(u) && fits(u, s, a.q.Where)
}

// A coverName tells the coverages of an answer apart: by dataset, and by the schools that share
// the column.
type coverName struct {
	dataset string
	sharing int
}

// coverage is what the schools that a column shows delivered of a dataset, nil when nothing was
// asked of it.
func (a *answer) coverage(c *semantic.PlanColumn, dataset string) *coverage {
	return a.cover[coverName{dataset, c.Sharing}]
}

// sharingKey names the schools that share a column for caches whose keys hold the rights already.
func sharingKey(c *semantic.PlanColumn) string {
	if !c.Withheld {
		return ""
	}
	var keys []string
	for _, ind := range c.Indicator.Sources() {
		keys = append(keys, fmt.Sprint(ind.Widget, ind.Theme, max(ind.Number, ind.Of), ind.SchoolOnly))
	}
	if limits := c.OpenedBy(); limits != "" { // rights limited to members may open less of other datasets, or under other filters
		keys = append(keys, limits)
	}
	return strings.Join(keys, "+")
}
