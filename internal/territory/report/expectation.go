package report

import (
	"time"

	"belvedere"
)

// A ReceptionState says of a school, a dataset and a month what was received of it.
type ReceptionState string

// The states of a month.
const (
	MonthReceived   ReceptionState = "recu"
	MonthLate       ReceptionState = "en_retard"      // expected, and nothing was received since
	MonthMissing    ReceptionState = "manquant"       // expected, and a hole: later months came, or none ever did
	MonthUnexpected ReceptionState = "non_attendu"    // few deliver it, or the school is closed
	MonthWithheld   ReceptionState = "non_communique" // no agreement in force shares the dataset
)

// Word is the state as pages write it.
func (s ReceptionState) Word() string {
	switch s {
	case MonthReceived:
		return "reçu"
	case MonthLate:
		return "en retard"
	case MonthMissing:
		return "manquant"
	case MonthWithheld:
		return "non communiqué"
	}
	return "non attendu"
}

// An expectation tells what is expected of schools of one dataset over a school year, judged
// among the schools whose figures a viewer sees.
type expectation struct {
	received *reception
	sees     func(belvedere.UAI) bool // shares the dataset with the viewer
	types    map[string]bool
	a, z     int    // months of the year that hold any data
	wanted   []bool // of them
	from     time.Time
}

// expect works out what is expected of a dataset in a school year.
func expect(received *reception, directory *Directory, sees func(belvedere.UAI) bool, y belvedere.SchoolYear) *expectation {
	e := &expectation{received: received, sees: sees, types: map[string]bool{}, from: y.First()}
	e.a, e.z = received.within(belvedere.Period{From: y.First(), To: y.End()})
	var units [][]belvedere.UAI
	for u := range received.rows {
		if !sees(u) || !received.any(u, e.a, e.z) {
			continue
		}
		units = append(units, []belvedere.UAI{u})
		if s := directory.Find(u); s != nil {
			e.types[s.Attribute("type")] = true
		}
	}
	e.wanted = received.wanted(units, e.a, e.z)
	return e
}

// month is the state of the k-th month of the year, from September on.
func (e *expectation) month(u belvedere.UAI, s *School, k int) ReceptionState {
	day := e.from.AddDate(0, k, 0)
	at := -1
	if e.received.months > 0 {
		at = e.received.index(day)
	}
	switch {
	case !e.sees(u):
		return MonthWithheld
	case e.received.has(u, at):
		return MonthReceived
	case !e.expects(k) || !e.awaited(u, s, day):
		return MonthUnexpected
	}
	row, ever := e.received.rows[u]
	if ever && row.last.Before(day) {
		return MonthLate
	}
	return MonthMissing
}

// expects tells whether the k-th month of the year is expected of anyone.
func (e *expectation) expects(k int) bool {
	if e.received.months == 0 {
		return false
	}
	at := e.received.index(e.from.AddDate(0, k, 0))
	return at >= e.a && at < e.z && e.wanted[at-e.a]
}

// awaited tells whether a school is open in a month, and of those that deliver the dataset.
func (e *expectation) awaited(u belvedere.UAI, s *School, month time.Time) bool {
	if s == nil || !s.Listed {
		return e.received.any(u, e.a, e.z)
	}
	if opened, ok := dayOf(s, "ouverture"); ok && !opened.Before(month.AddDate(0, 1, 0)) {
		return false
	}
	if closed, ok := dayOf(s, "fermeture"); ok && !closed.After(month) {
		return false
	}
	return e.types[s.Attribute("type")]
}

// concerns tells whether a school has a line: something came from it in the year, or should have.
func (e *expectation) concerns(u belvedere.UAI, s *School) bool {
	for k := range 12 {
		switch e.month(u, s, k) {
		case MonthReceived, MonthLate, MonthMissing:
			return true
		}
	}
	return false
}

// sharers tells which schools show a viewer some figure of a dataset; none when no right opens
// any indicator that reads it.
func (r *Reporter) sharers(scope belvedere.Scope, directory *Directory, dataset string) (sees func(belvedere.UAI) bool, open bool) {
	scope.Known = directory.known
	shared := map[belvedere.UAI]bool{}
	opens := sightOf(scope).opens
	for _, ind := range r.model.Indicators {
		if !scope.Sees(ind.Widget) || !contains(r.datasetsOf(ind.Code), dataset) {
			continue
		}
		open = true
		list, all := scope.Shared(ind)
		if all {
			return opens, true
		}
		for _, u := range list {
			shared[u] = true
		}
	}
	return func(u belvedere.UAI) bool { return shared[u] && opens(u) }, open
}
