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

// A Difference is a field that two states of an account do not share, in words.
type Difference struct{ Label, Before, After string }

// A Stale error says that someone else has changed an account since its form was read. Nothing
// was written. It is a Conflict.
type Stale struct {
	Kept        registry.Account // as it is now
	By          string           // login of who changed it last, "" when the journal does not tell
	At          time.Time
	Differences []Difference // what is kept (Before) against what was typed (After)
}

// Error says it in one sentence.
func (s *Stale) Error() string {
	who := "Quelqu’un d’autre"
	if s.By != "" {
		who = s.By
	}
	return who + " a modifié ce compte entre-temps\u00a0: rien n’a été enregistré. Comparez, puis validez de nouveau."
}

// Unwrap makes it an error that a visitor may read.
func (s *Stale) Unwrap() error { return belvedere.Errorf(belvedere.Conflict, "%s", s.Error()) }

// UserObject is how the journal names an account: the number finds it, the login tells people.
func UserObject(a registry.Account) string { return fmt.Sprintf("utilisateur %d (%s)", a.ID, a.Login) }

func (u *Users) stale(ctx context.Context, kept registry.Account, differences []Difference) error {
	s := &Stale{Kept: kept, Differences: differences}
	list, _, err := u.Registry.ListJournal(ctx, registry.JournalFilter{Result: "fait", Text: fmt.Sprintf("utilisateur %d (", kept.ID)}, registry.Page{Limit: 1})
	if err == nil && len(list) > 0 { // the journal only helps: the message stands without it
		s.By, s.At = list[0].Login, list[0].At
	}
	return s
}

// formDifferences compares an account with what was typed, whether or not it is right.
func formDifferences(kept registry.Account, f UserForm, k *known) []Difference {
	typed := kept
	typed.LastName, typed.FirstName, typed.Email = writtenText(f.LastName), writtenText(f.FirstName), writtenText(f.Email)
	typed.Function, typed.Place, typed.Groups = writtenText(f.Function), f.Place, slices.Sorted(slices.Values(f.Groups))
	typed.Admin, typed.Auditor, typed.AllSchools = f.Admin, f.Auditor, f.AllSchools
	if l := writtenText(f.Login); l != "" {
		typed.Login = l
	}
	typed.Schools = nil
	for _, s := range f.Schools {
		typed.Schools = append(typed.Schools, belvedere.UAI(quoted(s)))
	}
	slices.Sort(typed.Schools)
	return changes(kept, typed, k)
}

// Changes says in one line what an account gained and lost, for the journal.
func (u *Users) Changes(ctx context.Context, before, after registry.Account) string {
	k, err := u.known(ctx)
	if err != nil {
		k = u.emptyKnown()
	}
	return sayChanges(changes(before, after, k))
}

func sayChanges(list []Difference) string {
	parts := make([]string, len(list))
	for i, d := range list {
		parts[i] = fmt.Sprintf("%s\u00a0: %s → %s", d.Label, d.Before, d.After)
	}
	return strings.Join(parts, "\u202f; ")
}

// changes lists the fields that differ between two states of an account.
func changes(before, after registry.Account, k *known) []Difference {
	var out []Difference
	x, y := fieldsOf(before, k), fieldsOf(after, k)
	for i := range x {
		if x[i].value != y[i].value {
			out = append(out, Difference{x[i].label, orNothing(x[i].value), orNothing(y[i].value)})
		}
	}
	lists := []struct {
		label         string
		before, after []string
	}{
		{"Établissements", schoolNames(before, k), schoolNames(after, k)},
		{"Groupes", groupNames(before, k), groupNames(after, k)},
		{"Rubriques", widgetNames(before, k), widgetNames(after, k)},
		{"Limité à", memberNames(before, k.model), memberNames(after, k.model)},
	}
	for _, l := range lists {
		if gone, come := without(l.before, l.after), without(l.after, l.before); len(gone)+len(come) > 0 {
			out = append(out, Difference{l.label, sayList(l.before, gone), sayList(l.after, come)})
		}
	}
	return out
}

type fieldValue struct{ label, value string }

// fieldsOf are the plain fields of an account as people read them.
func fieldsOf(a registry.Account, k *known) []fieldValue {
	places := map[registry.AccountPlace]string{registry.InTerritory: "collectivité", registry.InSchool: "établissement"}
	all := "choisis"
	if a.AllSchools {
		all = "tous"
	}
	return []fieldValue{
		{"Nom", a.LastName}, {"Prénom", a.FirstName}, {"Adresse", a.Email}, {"Identifiant", a.Login}, {"Fonction", a.Function},
		{"Lieu de travail", places[a.Place]}, {"Administrateur", yesNo(a.Admin)}, {"Protection des données", yesNo(a.Auditor)},
		{"Portée", all}, {"État", string(a.State)},
	}
}

func yesNo(b bool) string {
	if b {
		return "oui"
	}
	return "non"
}

func orNothing(s string) string {
	if s == "" {
		return "(vide)"
	}
	return quoted(s)
}

func schoolNames(a registry.Account, k *known) []string {
	out := make([]string, len(a.Schools))
	for i, s := range a.Schools {
		out[i] = strings.TrimSpace(string(s) + " " + k.schools[s])
	}
	return out
}

func groupNames(a registry.Account, k *known) []string {
	out := make([]string, len(a.Groups))
	for i, g := range a.Groups {
		if out[i] = k.groups[g]; out[i] == "" {
			out[i] = fmt.Sprintf("groupe n° %d", g)
		}
	}
	return out
}

func widgetNames(a registry.Account, k *known) []string {
	var out []string
	for _, code := range k.order {
		if a.AllWidgets || slices.Contains(a.Widgets, code) {
			out = append(out, k.widgets[code])
		}
	}
	return out
}

// without gives what a list has and another has not.
func without(list, other []string) []string {
	has := make(map[string]bool, len(other))
	for _, s := range other {
		has[s] = true
	}
	var out []string
	for _, s := range list {
		if !has[s] {
			out = append(out, s)
		}
	}
	return out
}

// sayList is "8, dont LYCÉE A, LYCÉE B et 3 autres": how many there are and which are not on the other side.
func sayList(all, own []string) string {
	n := belvedere.FormatNumber(float64(len(all)), 0)
	if len(own) == 0 {
		return n
	}
	const shown = 5
	more := ""
	if len(own) > shown {
		more = fmt.Sprintf(" et %d autres", len(own)-shown)
		own = own[:shown]
	}
	return n + ", dont " + strings.Join(own, ", ") + more
}
