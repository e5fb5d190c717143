package admin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// Grants gives people rights beyond those of their account, for a purpose and until a day. Requests give
// them by the procedure of access; here an administrator gives one on his or her own word, to another, and
// never names of persons, which a second person has to approve.
type Grants struct {
	Registry registry.Registry
	Schools  Directory
	Widgets  []belvedere.Widget
	Model    func() *belvedere.Model // of the moment: to whose members a grant may be limited; nil limits none
	Zone     *time.Location          // of the territory; UTC when nil
	Now      func() time.Time        // the clock when nil
}

// A GrantState is where a grant stands.
type GrantState string

// The states of a grant.
const (
	GrantLive    GrantState = "en vigueur"
	GrantEnding  GrantState = "finit bientôt"
	GrantToCome  GrantState = "à venir"
	GrantEnded   GrantState = "échue"
	GrantRevoked GrantState = "retirée"
)

// Live tells whether the grant still opens something, or will.
func (s GrantState) Live() bool { return s == GrantLive || s == GrantEnding || s == GrantToCome }

// A GrantView is a grant as lists show it.
type GrantView struct {
	registry.Grant
	Person  string // whose it is
	Login   string
	State   GrantState
	LastDay time.Time // last day on which it holds
	Opens   string    // what it opens, in words
}

// A GrantQuery chooses grants.
type GrantQuery struct {
	Login string // "": of all
	State string // "en_vigueur", "finies", "": all
}

// List gives the grants that a query chooses, newest first.
func (g *Grants) List(ctx context.Context, q GrantQuery) (_ []GrantView, err error) {
	defer belvedere.Wrap(&err, "List")
	f := registry.GrantFilter{}
	switch q.State {
	case "":
	case "en_vigueur":
		f.Live = g.now()
	case "finies":
		f.Ended = g.now()
	default:
		return nil, belvedere.Errorf(belvedere.Invalid, "L’état est « en_vigueur » ou « finies ».")
	}
	if q.Login != "" {
		a, err := g.person(ctx, q.Login)
		if err != nil {
			return nil, err
		}
		f.Account = a.ID
	}
	list, _, err := g.Registry.ListGrants(ctx, f, registry.Page{})
	if err != nil {
		return nil, err
	}
	people, _, err := g.Registry.ListAccounts(ctx, registry.AccountFilter{}, registry.Page{})
	if err != nil {
		return nil, err
	}
	names := make(map[int64]registry.Account, len(people))
	for _, a := range people {
		names[a.ID] = a
	}
	out := make([]GrantView, len(list))
	for i, one := range list {
		out[i] = g.view(one, names[one.Account])
	}
	return out, nil
}

// Of gives the grants of an account that are not over, newest first.
func (g *Grants) Of(ctx context.Context, account int64) (_ []GrantView, err error) {
	defer belvedere.Wrap(&err, "Of(%d)", account)
	list, _, err := g.Registry.ListGrants(ctx, registry.GrantFilter{Account: account, Live: g.now()}, registry.Page{})
	out := make([]GrantView, len(list))
	for i, one := range list {
		out[i] = g.view(one, registry.Account{})
	}
	return out, err
}

// One gives a grant by its number. NotFound when there is none.
func (g *Grants) One(ctx context.Context, id int64) (_ GrantView, err error) {
	defer belvedere.Wrap(&err, "One(%d)", id)
	one, err := g.Registry.Grant(ctx, id)
	if err != nil {
		return GrantView{}, err
	}
	a, err := g.Registry.Account(ctx, one.Account)
	return g.view(one, a), err
}

// Give makes a grant. Flaws when the form is wrong; Forbidden to oneself.
func (g *Grants) Give(ctx context.Context, by belvedere.Viewer, f GrantForm) (_ GrantView, err error) {
	defer belvedere.Wrap(&err, "Give(%s)", f.Login)
	made, to, err := g.checked(ctx, by, f)
	if err != nil {
		return GrantView{}, err
	}
	kept, err := g.Registry.CreateGrant(ctx, made)
	return g.view(kept, to), err
}

// Renew moves the end of a grant to a last day. Forbidden for one's own.
func (g *Grants) Renew(ctx context.Context, by belvedere.Viewer, id int64, lastDay string) (_ GrantView, err error) {
	defer belvedere.Wrap(&err, "Renew(%d)", id)
	one, err := g.One(ctx, id)
	switch {
	case err != nil:
		return one, err
	case by.ID != 0 && by.ID == one.Account:
		return one, belvedere.Errorf(belvedere.Forbidden, "Nul ne renouvelle sa propre habilitation"+belvedere.NoBreak+": demandez-le à une autre personne.")
	case one.Level == belvedere.Identities && by.Kind != belvedere.Operator:
		return one, belvedere.Errorf(belvedere.Forbidden, "Une habilitation qui ouvre des identités se renouvelle par une demande, que la personne déléguée à la protection des données approuve aussi.")
	}
	var flaws Flaws
	until := g.lastDay(&flaws, lastDay)
	if err := flaws.orNil(); err != nil {
		return one, err
	}
	kept, err := g.Registry.RenewGrant(ctx, id, until)
	return g.view(kept, registry.Account{Login: one.Login, FirstName: one.Person}), err
}

// Revoke ends a grant at once: it bites on the next request. A second time is harmless.
func (g *Grants) Revoke(ctx context.Context, by belvedere.Viewer, id int64, why string) (_ GrantView, err error) {
	defer belvedere.Wrap(&err, "Revoke(%d)", id)
	one, err := g.One(ctx, id)
	if err != nil {
		return one, err
	}
	var flaws Flaws
	if why = writtenText(flaws.text("motif", "Le motif", why, mostPurpose)); why == "" && len(flaws) == 0 {
		flaws.add("motif", "Dites pourquoi : le journal et la personne le lisent.")
	}
	if err := flaws.orNil(); err != nil {
		return one, err
	}
	kept, err := g.Registry.RevokeGrant(ctx, id, by.Login, why, g.now().UTC())
	return g.view(kept, registry.Account{Login: one.Login, FirstName: one.Person}), err
}

func (g *Grants) view(one registry.Grant, of registry.Account) GrantView {
	v, now := GrantView{Grant: one, Person: of.Name(), Login: of.Login, State: GrantLive, LastDay: one.Until.Add(-time.Second).In(g.zone())}, g.now()
	v.Opens = SayGrant(one.Grant, g.Widgets)
	if len(one.Within) > 0 {
		v.Opens += belvedere.NarrowSpace + "; seulement " + memberWords(one.Within, g.model())
	}
	switch {
	case !one.Revoked.IsZero():
		v.State = GrantRevoked
	case now.Before(one.From):
		v.State = GrantToCome
	case !now.Before(one.Until):
		v.State = GrantEnded
	case now.Add(endsSoon).After(one.Until):
		v.State = GrantEnding
	}
	return v
}

// person finds whom a login or an address names.
func (g *Grants) person(ctx context.Context, login string) (registry.Account, error) {
	a, err := g.Registry.AccountByLogin(ctx, login)
	if belvedere.KindOf(err) == belvedere.NotFound {
		a, err = g.Registry.AccountByEmail(ctx, login)
	}
	return a, err
}

func (g *Grants) now() time.Time {
	if g.Now == nil {
		return time.Now()
	}
	return g.Now()
}

func (g *Grants) zone() *time.Location {
	if g.Zone == nil {
		return time.UTC
	}
	return g.Zone
}

// GrantObject is how the journal names a grant.
func GrantObject(g GrantView) string { return fmt.Sprintf("habilitation %d (%s)", g.ID, g.Login) }

// SayGrant says in one line what a grant opens.
func SayGrant(g belvedere.Grant, widgets []belvedere.Widget) string {
	out := map[belvedere.Capability]string{"": "Lecture", belvedere.Author: "Auteur", belvedere.Extractor: "Extracteur", belvedere.DataOfficer: "Responsable des données"}[g.Capability]
	if g.Capability == belvedere.Extractor {
		out += map[belvedere.Level]string{belvedere.Totals: ", agrégats", belvedere.Pseudonyms: ", lignes de personnes sous pseudonyme", belvedere.Identities: ", identités comprises"}[g.Level]
	}
	var opened []string
	for _, w := range widgets {
		if slices.Contains(g.Widgets, w.Code) {
			opened = append(opened, WidgetLabel(w))
		}
	}
	switch {
	case g.AllWidgets:
		out += " ; toutes les rubriques"
	case len(opened) > 0:
		out += " ; " + strings.Join(opened, ", ")
	}
	switch {
	case g.AllSchools:
		out += " ; tous les établissements"
	case len(g.Schools) > 3:
		out += " ; " + belvedere.Plural(len(g.Schools), "établissement", "établissements")
	case len(g.Schools) > 0:
		out += " ; " + strings.Join(texts(g.Schools), ", ")
	}
	return french(out)
}

// WidgetLabel is a widget as forms name it: "Social > Discipline".
func WidgetLabel(w belvedere.Widget) string {
	if w.Menu == "" || w.Menu == w.Label {
		return w.Label
	}
	return w.Menu + " > " + w.Label
}
