package belvedere

import "slices"

// A Part of a scope is what one right opens: widgets for schools. The first is the account's own,
// the others come of its grants, and what one opens is never crossed with what another does.
//
// One that is limited to members opens the datasets that have one of these dimensions, and of each
// the rows of its members alone: a figure that is not known by any of them stays closed.
type Part struct {
	Grant      int64 // its number; 0 for the rights of the account
	AllSchools bool
	Schools    []UAI // sorted
	AllWidgets bool
	Widgets    map[string]bool
	Within     []Within // as SortWithin gives them; nil for no limit
	Datasets   []string // with Within: those that have one of its dimensions, sorted
}

// Opens tells whether a part opens a widget for figures of some datasets.
func (p Part) Opens(widget string, datasets []string) bool {
	return p.Sees(widget) && (len(p.Within) == 0 || !slices.ContainsFunc(datasets, func(d string) bool { return !slices.Contains(p.Datasets, d) }))
}

// Sees tells whether a part opens a widget. What is open to all is open for the schools of the account.
func (p Part) Sees(widget string) bool {
	if widget == "" {
		return p.Grant == 0
	}
	return p.AllWidgets || p.Widgets[widget]
}

// SchoolsOf gives the schools for which rights open a widget for figures of some datasets, sorted; all
// tells that they are all those of the scope.
func (s Scope) SchoolsOf(widget string, datasets ...string) (list []UAI, all bool) {
	switch {
	case !s.Sees(widget):
		return nil, false
	case s.Parts == nil:
		return s.Schools, true
	}
	for _, p := range s.Parts {
		switch {
		case !p.Opens(widget, datasets):
		case p.AllSchools:
			return nil, true
		default:
			list = merge(list, p.Schools)
		}
	}
	return list, s.Covers(list)
}

// opened keeps the schools of a list (all of the scope when all is true) for which rights open a widget.
func (s Scope) opened(widget string, datasets []string, list []UAI, all bool) ([]UAI, bool) {
	if s.Parts == nil {
		return list, all
	}
	open, openAll := s.SchoolsOf(widget, datasets...)
	switch {
	case openAll:
		return list, all
	case all:
		return open, false
	}
	both := []UAI{}
	for _, u := range list {
		if holds(open, u) {
			both = append(both, u)
		}
	}
	return both, s.Covers(both)
}
