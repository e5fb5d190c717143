package rights

import (
	"fmt"
	"slices"

	"belvedere"
	"belvedere/internal/registry"
)

// A Question is what someone wonders about: a page, a widget or an indicator, for one school or,
// when School is empty, for all those that the account manages.
type Question struct {
	Page      *belvedere.Page      // a missing menu or an empty page
	Widget    string               // a widget
	Indicator *belvedere.Indicator // a cell
	School    belvedere.UAI
}

// An Explanation is the four gates that a figure passes, in order, and who can open the one that
// is closed.
type Explanation struct {
	Gates   []Gate
	Decides int    // place of the gate that is closed, -1 when all that were asked are open
	Ask     string // whom to ask, one sentence, "" when nothing is closed
}

// Open tells whether nothing withholds what the question is about.
func (e Explanation) Open() bool { return e.Decides < 0 }

// A Gate is one of the four. A gate that was not asked has neither been passed nor closed:
// another had decided, or the question names no indicator.
type Gate struct {
	Name   string // "Vos droits", "Convention", "Destinataires", "Règles de diffusion"
	Asked  bool
	Passed bool
	Rule   string // one sentence that names the rule
}

// Explain says why an account sees or does not see a figure, as Scope and the plan decide it.
func Explain(in Input, contacts Contacts, q Question) Explanation {
	x := &explainer{in: in, q: q}
	x.schools, x.all = Schools(in)
	x.part = in.own(belvedere.Scope{AllSchools: x.all, Schools: x.schools, AllWidgets: in.Account.Admin || in.Account.AllWidgets, Widgets: widgetsOf(in.Account)})
	x.reached, x.reachAll = x.schools, x.all
	if scope := Scope(in); q.Indicator != nil && scope.Parts != nil {
		x.reached, x.reachAll = scope.SchoolsOf(q.Indicator.Widget, x.datasets()...)
		x.reachAll = x.reachAll && scope.AllSchools
	}
	gates := []struct {
		name string
		ask  func() (passed bool, rule string)
	}{
		{"Vos droits", x.rights}, {"Convention", x.agreement}, {"Destinataires", x.recipients}, {"Règles de diffusion", x.release},
	}
	out := Explanation{Decides: -1}
	for i, g := range gates {
		gate := Gate{Name: g.name}
		switch {
		case out.Decides >= 0:
			gate.Rule = "Cette règle n’est pas examinée" + belvedere.NoBreak + ": la précédente décide."
		case i > 0 && q.Indicator == nil:
			gate.Rule = "Cette règle se vérifie pour chaque indicateur et chaque établissement."
		default:
			gate.Asked = true
			if gate.Passed, gate.Rule = g.ask(); !gate.Passed {
				out.Decides = i
			}
		}
		out.Gates = append(out.Gates, gate)
	}
	if out.Decides >= 0 {
		out.Ask = contacts.ask(in, q, out.Decides)
	}
	return out
}

type explainer struct {
	in       Input
	q        Question
	schools  []belvedere.UAI // of the account
	all      bool
	part     belvedere.Part  // that the account opens by itself
	reached  []belvedere.UAI // of the account and its grants, for what is asked
	reachAll bool
}

// rights is the first gate: the account, its widgets, its schools.
func (x *explainer) rights() (bool, string) {
	a := x.in.Account
	switch a.State {
	case registry.Locked:
		return false, "Votre compte est verrouillé."
	case registry.Active:
	default:
		return false, "Votre compte n’est pas encore ouvert" + belvedere.NoBreak + ": suivez le lien de l’invitation que vous avez reçue."
	}
	closed, said := x.widgets()
	if !closed && x.q.Indicator != nil && !x.part.Opens(x.q.Indicator.Widget, x.datasets()) {
		closed, said = true, x.unknownBy()
	}
	if said, ok := x.byGrant(closed); ok {
		return true, said
	}
	if closed {
		return false, said
	}
	open, said := x.account(said)
	if open {
		said += x.only(x.part)
	}
	return open, said
}

// account says which schools the rights of the account open.
func (x *explainer) account(said string) (bool, string) {
	switch {
	case x.q.School != "" && !x.manages(x.q.School): // as typed: what is not in the rights has no name here
		return false, fmt.Sprintf("%s L’établissement %s n’est pas parmi ceux que vous gérez.", said, x.q.School)
	case !x.all && len(x.schools) == 0:
		return false, said + " Aucun établissement ne vous est confié."
	case x.q.School == "" && x.all:
		return true, said + " Tous les établissements du territoire vous sont ouverts."
	case x.q.School == "":
		return true, said + " Vous gérez " + belvedere.Plural(len(x.schools), "établissement", "établissements") + "."
	case x.all:
		return true, fmt.Sprintf("%s Tous les établissements vous sont ouverts, %s compris.", said, x.name(x.q.School))
	}
	return true, fmt.Sprintf("%s %s est parmi les établissements que vous gérez%s.", said, x.name(x.q.School), x.byGroup())
}

// manages tells whether the rights of the account, opens whether they or a grant, open a school.
func (x *explainer) manages(u belvedere.UAI) bool { return x.all || contains(x.schools, u) }
func (x *explainer) opens(u belvedere.UAI) bool   { return x.reachAll || contains(x.reached, u) }

// widgets tells whether the widgets of the question are closed, and which rule says so. A page is
// closed when each of its widgets is.
func (x *explainer) widgets() (closed bool, said string) {
	a := x.in.Account
	asked := x.asked()
	var shut []string
	for _, code := range asked {
		switch {
		case code == "":
			return false, "Comptes et connexions sont ouverts à tous, pour leurs établissements."
		case a.Admin:
			return false, "Vous administrez la console" + belvedere.NoBreak + ": toutes les rubriques vous sont ouvertes."
		case a.AllWidgets:
			return false, "Toutes les rubriques vous sont ouvertes."
		case slices.Contains(a.Widgets, code):
			return false, fmt.Sprintf("La rubrique %s est ouverte pour vous.", x.widget(code))
		}
		shut = append(shut, x.widget(code))
	}
	switch len(shut) {
	case 0:
		return false, "Cette page est ouverte à tous."
	case 1:
		return true, fmt.Sprintf("La rubrique %s est fermée pour vous.", shut[0])
	}
	return true, fmt.Sprintf("Les rubriques de cette page sont fermées pour vous"+belvedere.NoBreak+": %s.", enumerate(shut))
}

// asked are the widgets that the question is about.
func (x *explainer) asked() []string {
	switch {
	case x.q.Indicator != nil:
		return []string{x.q.Indicator.Widget}
	case x.q.Page == nil:
		return []string{x.q.Widget}
	}
	var codes []string
	for _, c := range PageIndicators(x.in.Model, x.q.Page) {
		if !slices.Contains(codes, c.Widget) {
			codes = append(codes, c.Widget)
		}
	}
	slices.Sort(codes) // what is open to all comes first
	return codes
}

// PageIndicators are the indicators that a page shows, in the order of its blocks.
func PageIndicators(m *belvedere.Model, p *belvedere.Page) []*belvedere.Indicator {
	var out []*belvedere.Indicator
	add := func(c belvedere.Column) {
		if ind := m.Indicator(c.Indicator); ind != nil && !slices.Contains(out, ind) {
			out = append(out, ind)
		}
	}
	for _, b := range p.Blocks {
		switch {
		case b.Strip != nil:
			for _, f := range b.Strip.Figures {
				add(f.Column)
				for _, c := range f.Context {
					add(c)
				}
			}
		case b.Chart != nil:
			for _, c := range b.Chart.Columns {
				add(c)
			}
		case b.Table != nil:
			for _, c := range b.Table.Columns {
				add(c)
			}
		}
	}
	return out
}

// release is the last gate: no figure is withheld to protect a person yet.
func (x *explainer) release() (bool, string) {
	return true, "Aucune règle de diffusion ne retient ce chiffre."
}
