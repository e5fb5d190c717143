package belvedere

import "slices"

// A Viewer is who asks. Scope is what he or she may see; the plan joins it to every query. The
// zero Viewer is nobody: it is not signed in and its scope is empty.
type Viewer struct {
	ID      int64  // of the account; 0 for nobody, a token or the operator at the command line
	Login   string // identifiant, or the name of a token; what the journal names
	Name    string // "Claire MORVAN", shown on the page
	Kind    ViewerKind
	Admin   bool    // manages the console: accounts, conventions, territory, tokens
	Auditor bool    // data protection officer: reads the journal, sets the secrecy of figures, edits nothing else
	School  bool    // works in the schools of Scope.Own
	Strong  bool    // signed in with a second factor
	Grants  []Grant // in force now
	Scope   Scope
}

// A ViewerKind is by which door someone came in.
type ViewerKind string

// The kinds of viewer.
const (
	Nobody        ViewerKind = ""
	AccountViewer ViewerKind = "compte"    // signed in by a session
	TokenViewer   ViewerKind = "jeton"     // a program with an API token
	Operator      ViewerKind = "operateur" // the command line of the machine that holds the data
)

// A Scope limits a query. Its zero value sees nothing.
//
// visible = Schools ∩ Widgets ∩ Parts ∩ (Sharing ∪ Own): see DESIGN section 6. The release rules come after.
type Scope struct {
	AllSchools  bool
	Schools     []UAI               // when AllSchools is false
	AllWidgets  bool                // all menus and widgets
	Widgets     map[string]bool     // when AllWidgets is false
	Parts       []Part              // when grants open widgets for other schools: Schools and Widgets are what any of them opens; nil: each widget for each school
	Members     map[string][]string // of dimensions that every right over them limits: the codes that may be named, sorted
	Own         []UAI               // schools whose own staff the viewer is: neither agreements nor recipients withhold
	Sharing     Sharing             // what schools share with this viewer by their agreements in force today
	Agreements  []AgreementRef      // those in force today for schools of the scope, by number
	Known       []UAI               // sorted; every school with data or in the register, nil when unknown (set by report)
	Fingerprint string              // of rights and agreements, part of the receipt; "" keeps nothing in caches
}

// An AgreementRef names an agreement as it stood.
type AgreementRef struct {
	ID, Version int64
	School      UAI // "": of all schools
}

// Sees tells whether the scope opens a widget ("" is open to all).
func (s Scope) Sees(widget string) bool {
	return widget == "" || s.AllWidgets || s.Widgets[widget]
}

// Sharing is what the agreements in force share with a viewer. Its zero value shares nothing.
// All lists are sorted and without double.
type Sharing struct {
	Everything bool                 // no agreement is asked (tests of declarations); Extended still binds
	Themes     map[string]SchoolSet // by code of theme (Indicator.Theme)
	Indicators map[int]SchoolSet    // by number in the annex: shared one by one
	Extended   map[int][]UAI        // indicators kept for schools: those whose agreement extends their recipients to this viewer
}

// A SchoolSet is all schools, those that come later included, or a sorted list.
type SchoolSet struct {
	All     bool
	Schools []UAI
}

// Shared gives the schools whose figures of an indicator may be shown to the viewer, as far as
// agreements, recipients and the parts of the scope decide: all tells that they withhold no school of
// the scope. The list is sorted; without parts it does not say which schools the viewer's rights open.
func (s Scope) Shared(ind *Indicator) (list []UAI, all bool) {
	return s.SharedOf(ind, ind.Value == nil)
}

// SharedOf is Shared for the value of an indicator or for its rate, which may read other datasets.
func (s Scope) SharedOf(ind *Indicator, rate bool) (list []UAI, all bool) {
	datasets := ind.Datasets(rate)
	return s.ofAll(ind, func(one *Indicator) ([]UAI, bool) {
		list, all := s.agreed(one)
		return s.opened(one.Widget, datasets, list, all)
	})
}

// Agreed is what agreements and recipients share of an indicator, whatever the parts of the scope open.
func (s Scope) Agreed(ind *Indicator) (list []UAI, all bool) { return s.ofAll(ind, s.agreed) }

// agreed is what agreements and recipients share of an indicator.
func (s Scope) agreed(ind *Indicator) (list []UAI, all bool) {
	number := ind.Number
	if number == 0 {
		number = ind.Of
	}
	switch {
	case ind.SchoolOnly:
		list = merge(s.Own, s.Sharing.Extended[number])
	case s.Sharing.Everything:
		return nil, true
	default:
		theme, one := s.Sharing.Themes[ind.Theme], s.Sharing.Indicators[number]
		if theme.All || one.All {
			return nil, true
		}
		list = merge(s.Own, theme.Schools, one.Schools)
	}
	return list, s.Covers(list)
}

// Covers tells whether a sorted list holds every school that the scope may reach.
func (s Scope) Covers(list []UAI) bool {
	want := s.Schools
	if s.AllSchools {
		if want = s.Known; want == nil {
			return false
		}
	}
	for _, u := range want {
		if !holds(list, u) {
			return false
		}
	}
	return true
}

// holds looks a school up in a sorted list.
func holds(list []UAI, u UAI) bool {
	_, found := slices.BinarySearch(list, u)
	return found
}

// merge is the sorted union of lists.
func merge(lists ...[]UAI) []UAI {
	out := slices.Concat(lists...)
	slices.Sort(out)
	return slices.Compact(out)
}
