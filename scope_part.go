package belvedere

// A Part of a scope is what one right opens: widgets for schools. The first is the account's own,
// the others come of its grants, and what one opens is never crossed with what another does.
type Part struct {
	Grant      int64 // its number; 0 for the rights of the account
	AllSchools bool
	Schools    []UAI // sorted
	AllWidgets bool
	Widgets    map[string]bool
}

// Sees tells whether a part opens a widget. What is open to all is open for the schools of the account.
func (p Part) Sees(widget string) bool {
	if widget == "" {
		return p.Grant == 0
	}
	return p.AllWidgets || p.Widgets[widget]
}

// SchoolsOf gives the schools for which rights open a widget, sorted; all tells that they are all those
// of the scope.
func (s Scope) SchoolsOf(widget string) (list []UAI, all bool) {
	switch {
	case !s.Sees(widget):
		return nil, false
	case s.Parts == nil:
		return s.Schools, true
	}
	for _, p := range s.Parts {
		switch {
		case !p.Sees(widget):
		case p.AllSchools:
			return nil, true
		default:
			list = merge(list, p.Schools)
		}
	}
	return list, s.covered(list)
}

// opened keeps the schools of a list (all of the scope when all is true) for which rights open a widget.
func (s Scope) opened(widget string, list []UAI, all bool) ([]UAI, bool) {
	if s.Parts == nil {
		return list, all
	}
	open, openAll := s.SchoolsOf(widget)
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
	return both, s.covered(both)
}
