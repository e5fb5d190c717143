package admin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// A Proposal is a checked convention with what saving it would do.
type Proposal struct {
	Agreement registry.Agreement
	Before    *registry.Agreement // the kept one that it replaces
	Name      string              // of the school
	State     AgreementState      // on the day it is proposed
	Shares    Shares
	Warnings  []Flaw
	Changes   []string // "dernier jour : 31/08/2027 → 31/08/2028"; all that it says when it is new
	Sum       string   // of what would be written: who confirms has seen exactly this
}

// Propose checks a form. Its error is a Flaws for what the person must correct, Conflict when
// the convention was withdrawn or changed since the form was shown.
func (a *Agreements) Propose(ctx context.Context, f AgreementForm) (_ Proposal, err error) {
	defer belvedere.Wrap(&err, "Propose")
	r, err := a.reading(ctx)
	if err != nil {
		return Proposal{}, err
	}
	one, flaws, warnings, err := r.read(f)
	if err != nil {
		return Proposal{}, err
	}
	p := Proposal{Agreement: one, Warnings: warnings}
	if f.ID != 0 {
		p.Before, err = a.kept(ctx, f.ID)
	} else if len(flaws) == 0 {
		err = a.sameKey(ctx, one, &flaws)
	}
	if err == nil {
		err = flaws.orNil()
	}
	if err != nil {
		return p, err
	}
	if p.Before != nil {
		p.Agreement.Created, p.Agreement.Reminded = p.Before.Created, p.Before.Reminded
		if !p.Before.To.Equal(one.To) {
			p.Agreement.Reminded = time.Time{} // the new end has its own reminder
		}
	}
	line := a.line(p.Agreement, r.schools, a.today(), a.today())
	p.Name, p.State, p.Shares = line.Name, line.State, line.Shares
	p.Changes, p.Sum = a.changes(p.Before, p.Agreement), sumOf(p.Agreement)
	return p, nil
}

// kept is the convention that a form replaces.
func (a *Agreements) kept(ctx context.Context, id int64) (*registry.Agreement, error) {
	before, err := a.Registry.Agreement(ctx, id)
	if err != nil {
		return nil, err
	}
	if !before.Revoked.IsZero() {
		return nil, belvedere.Errorf(belvedere.Conflict, "%s", french("Cette convention a été retirée : elle ne se modifie plus. Créez-en une nouvelle."))
	}
	return &before, nil
}

// sameKey refuses a new convention that would stand in the place of a kept one.
func (a *Agreements) sameKey(ctx context.Context, one registry.Agreement, flaws *Flaws) error {
	kept, _, err := a.Registry.ListAgreements(ctx, registry.AgreementFilter{School: one.School}, registry.Page{})
	if err != nil {
		return err
	}
	for _, k := range kept {
		if keyOf(k) == keyOf(one) {
			flaws.add("reference", "La convention n° %d a le même établissement, le même premier jour et la même référence : modifiez-la, ou donnez une autre référence.", k.ID)
			return nil
		}
	}
	return nil
}

// keyOf is by what a convention is the same as another, from one file to the next.
func keyOf(a registry.Agreement) string {
	return string(a.School) + "|" + a.From.Format(time.DateOnly) + "|" + a.Reference
}

// Save writes a proposal. Conflict when another has written the convention since the form was shown.
func (a *Agreements) Save(ctx context.Context, p Proposal) (_ registry.Agreement, err error) {
	defer belvedere.Wrap(&err, "Save(%d)", p.Agreement.ID)
	a.writing.Lock()
	defer a.writing.Unlock()
	if p.Agreement.ID == 0 {
		var flaws Flaws
		if err := a.sameKey(ctx, p.Agreement, &flaws); err != nil {
			return registry.Agreement{}, err
		}
		if err := flaws.orNil(); err != nil {
			return registry.Agreement{}, err
		}
		p.Agreement.Created = a.Now().UTC()
	}
	return a.Registry.PutAgreement(ctx, p.Agreement)
}

// sumOf is the fingerprint of what a convention says.
func sumOf(a registry.Agreement) string {
	b, err := json.Marshal([]any{a.ID, a.Version, a.School, a.From, a.To, a.AllThemes, a.Themes, a.Indicators, a.Extended, a.Recipients, a.Basis, a.Reference})
	if err != nil {
		panic(err) // plain values always have a JSON form
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// changes says what differs between two states of a convention, in words.
func (a *Agreements) changes(before *registry.Agreement, after registry.Agreement) []string {
	now := a.words(after)
	if before == nil {
		return now.all()
	}
	return now.since(a.words(*before))
}

// facts are what a convention or a form says, name by name.
type facts [][2]string

func (f facts) all() (out []string) {
	for _, one := range f {
		if one[1] != "" {
			out = append(out, french(one[0]+" : "+one[1]))
		}
	}
	return out
}

// since says what differs from other facts of the same names.
func (f facts) since(before facts) (out []string) {
	for i, one := range f {
		if was := before[i][1]; was != one[1] {
			out = append(out, french(fmt.Sprintf("%s : %s → %s", one[0], or(was, "aucun"), or(one[1], "aucun"))))
		}
	}
	return out
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func (a *Agreements) words(one registry.Agreement) facts {
	school, themes, recipients := string(one.School), a.themeLabels(one.Themes), strings.Join(one.Recipients, ", ")
	if school == "" {
		school = "tous les établissements"
	}
	if one.AllThemes {
		themes = "tous"
	}
	if recipients == "" && len(one.Extended) > 0 {
		recipients = "toute personne dont les droits ouvrent l’indicateur"
	}
	last := ""
	if d := LastDay(one); !d.IsZero() {
		last = belvedere.ShortDate(d)
	}
	return facts{
		{"établissement", school}, {"premier jour", belvedere.ShortDate(one.From)}, {"dernier jour", last}, {"thèmes", themes},
		{"indicateurs", list(one.Indicators)}, {"indicateurs étendus", list(one.Extended)}, {"destinataires de l’extension", recipients},
		{"base légale", one.Basis}, {"référence", one.Reference},
	}
}

// Facts say all of a convention, one by one.
func (a *Agreements) Facts(one registry.Agreement) []string { return a.words(one).all() }

// Describe says all of a convention in one line, for the journal.
func (a *Agreements) Describe(one registry.Agreement) string {
	return strings.Join(a.words(one).all(), french(" ; "))
}

func (a *Agreements) themeLabels(codes []string) string {
	labels := make([]string, len(codes))
	for i, c := range codes {
		labels[i] = a.model().Theme(c)
	}
	return strings.Join(labels, ", ")
}

func list(numbers []int) string {
	sorted := slices.Clone(numbers)
	slices.Sort(sorted)
	out := make([]string, len(sorted))
	for i, n := range sorted {
		out[i] = strconv.Itoa(n)
	}
	return strings.Join(out, ", ")
}
