package admin

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/words"
)

// AgreementsConfig is what conventions need; all is required but Mail, Now and Zone.
type AgreementsConfig struct {
	Registry registry.Registry
	Schools  Directory
	Model    *belvedere.Model
	Live     func() *belvedere.Model // the catalogue of this moment; nil: Model alone
	Mail     ReminderMail            // nil sends no reminder
	Now      func() time.Time
	Zone     *time.Location // of the territory: the day on which a convention begins and ends
}

// Agreements are the use cases of conventions.
type Agreements struct {
	AgreementsConfig
	writing sync.Mutex   // between the check of what is kept and its writing
	shares  sync.Map     // answers of SharesOf, by what a convention says
	known   atomic.Int64 // how many they are
}

// NewAgreements makes the use cases of conventions.
func NewAgreements(c AgreementsConfig) *Agreements {
	c.Now, c.Zone = clock(c.Now, c.Zone)
	return &Agreements{AgreementsConfig: c}
}

// model is the catalogue of this moment.
func (a *Agreements) model() *belvedere.Model {
	if a.Live != nil {
		return a.Live()
	}
	return a.Model
}

// clock gives the time and the zone their defaults.
func clock(now func() time.Time, zone *time.Location) (func() time.Time, *time.Location) {
	if now == nil {
		now = time.Now
	}
	if zone == nil {
		zone = time.UTC
	}
	return now, zone
}

// today is the calendar date of the territory.
func (a *Agreements) today() time.Time { return belvedere.Date(a.Now().In(a.Zone).Date()) }

// An AgreementState is where a convention stands today.
type AgreementState string

// The states of a convention; EndingSoon is asked of lists only: it is a part of InForce.
const (
	InForce    AgreementState = "en_vigueur"
	Coming     AgreementState = "a_venir"
	Ended      AgreementState = "terminee"
	Withdrawn  AgreementState = "retiree"
	EndingSoon AgreementState = "finit_bientot"
)

// Label is the state as pages write it.
func (s AgreementState) Label() string {
	switch s {
	case InForce:
		return "En vigueur"
	case Coming:
		return "À venir"
	case Ended:
		return "Terminée"
	case Withdrawn:
		return "Retirée"
	case EndingSoon:
		return "Finit bientôt"
	}
	return string(s)
}

// Labels is the state of several.
func (s AgreementState) Labels() string {
	switch s {
	case Ended, Withdrawn:
		return s.Label() + "s"
	case EndingSoon:
		return "Finissent bientôt"
	}
	return s.Label()
}

// StateOf tells where a convention stands on a day.
func StateOf(a registry.Agreement, day time.Time) AgreementState {
	switch {
	case !a.Revoked.IsZero():
		return Withdrawn
	case day.Before(a.From):
		return Coming
	case a.InForce(day):
		return InForce
	}
	return Ended
}

// LastDay is the last day of a convention, the zero time when it has no end.
func LastDay(a registry.Agreement) time.Time {
	if a.To.IsZero() {
		return time.Time{}
	}
	return a.To.AddDate(0, 0, -1)
}

// An AgreementLine is a convention with what a list says of it.
type AgreementLine struct {
	registry.Agreement
	Name    string // of the school, "Tous les établissements" for a collective one
	Unknown bool   // the register does not know the school
	State   AgreementState
	Soon    bool // in force, and ends within the days of the reminder
	Shares  Shares
}

// An AgreementSearch keeps the conventions that meet all that it says; its zero value keeps all.
type AgreementSearch struct {
	Text   string // words of school, UAI, basis or reference, without case or accents
	State  AgreementState
	School belvedere.UAI
}

// An AgreementList is what the page of conventions shows.
type AgreementList struct {
	Lines      []AgreementLine        // by school, the collective ones first
	Counts     map[AgreementState]int // of all conventions, whatever the search
	Collective bool                   // one in force shares for every school
	Nothing    []School               // of the register, that share nothing today
}

// List gives the conventions that pass a search, and the schools that share nothing.
func (a *Agreements) List(ctx context.Context, search AgreementSearch) (_ AgreementList, err error) {
	defer belvedere.Wrap(&err, "List")
	kept, _, err := a.Registry.ListAgreements(ctx, registry.AgreementFilter{School: search.School}, registry.Page{})
	if err != nil {
		return AgreementList{}, err
	}
	schools, err := a.Schools.Schools(ctx)
	if err != nil {
		return AgreementList{}, err
	}
	limit, err := a.reminderLimit(ctx)
	if err != nil {
		return AgreementList{}, err
	}
	names := byUAI(schools)
	list, day, sharing := AgreementList{Counts: map[AgreementState]int{}}, a.today(), map[belvedere.UAI]bool{}
	for _, one := range kept {
		line := a.line(one, names, day, limit)
		list.Counts[line.State]++
		if line.Soon {
			list.Counts[EndingSoon]++
		}
		if line.State == InForce {
			sharing[one.School] = true
			list.Collective = list.Collective || one.School == ""
		}
		if line.passes(search) {
			list.Lines = append(list.Lines, line)
		}
	}
	if !list.Collective && search.School == "" {
		list.Nothing = withoutAgreement(schools, sharing)
	}
	return list, nil
}

func (a *Agreements) line(one registry.Agreement, names map[belvedere.UAI]School, day, limit time.Time) AgreementLine {
	line := AgreementLine{Agreement: one, State: StateOf(one, day), Shares: a.SharesOf(one), Name: "Tous les établissements"}
	line.Soon = line.State == InForce && !one.To.IsZero() && !one.To.After(limit)
	if one.School != "" {
		s, known := names[one.School]
		line.Name, line.Unknown = s.Name, !known || !s.Listed
		if line.Name == "" {
			line.Name = string(one.School)
		}
	}
	return line
}

func (l AgreementLine) passes(s AgreementSearch) bool {
	if s.State != "" && s.State != l.State && !(s.State == EndingSoon && l.Soon) {
		return false
	}
	return holds(l.Name+" "+string(l.School)+" "+l.Basis+" "+l.Reference, s.Text)
}

func withoutAgreement(schools []School, sharing map[belvedere.UAI]bool) []School {
	var out []School
	for _, s := range schools {
		if s.Listed && !sharing[s.UAI] {
			out = append(out, s)
		}
	}
	return out
}

// Agreement gives one with what a list says of it. NotFound when there is none.
func (a *Agreements) Agreement(ctx context.Context, id int64) (_ AgreementLine, err error) {
	defer belvedere.Wrap(&err, "Agreement(%d)", id)
	one, err := a.Registry.Agreement(ctx, id)
	if err != nil {
		return AgreementLine{}, err
	}
	schools, err := a.Schools.Schools(ctx)
	if err != nil {
		return AgreementLine{}, err
	}
	limit, err := a.reminderLimit(ctx)
	if err != nil {
		return AgreementLine{}, err
	}
	return a.line(one, byUAI(schools), a.today(), limit), nil
}

// Withdraw ends a convention at once; a second time is harmless.
func (a *Agreements) Withdraw(ctx context.Context, id int64) (err error) {
	defer belvedere.Wrap(&err, "Withdraw(%d)", id)
	return a.Registry.RevokeAgreement(ctx, id, a.Now().UTC())
}

// Delete removes a convention that was never in force: of one that was, figures were shown, and
// its trace must stay.
func (a *Agreements) Delete(ctx context.Context, id int64) (err error) {
	defer belvedere.Wrap(&err, "Delete(%d)", id)
	a.writing.Lock()
	defer a.writing.Unlock()
	one, err := a.Registry.Agreement(ctx, id)
	if err != nil {
		return err
	}
	if !NeverInForce(one, a.today(), a.Zone) {
		return belvedere.Errorf(belvedere.Conflict, "%s", french("Cette convention a déjà été en vigueur : elle ne se supprime pas, car elle explique les chiffres montrés alors. Retirez-la pour qu’elle ne partage plus rien."))
	}
	return a.Registry.DeleteAgreement(ctx, id)
}

// NeverInForce tells whether a convention has shared nothing so far.
func NeverInForce(a registry.Agreement, day time.Time, zone *time.Location) bool {
	if !a.Revoked.IsZero() {
		day = belvedere.Date(a.Revoked.In(zone).Date())
	}
	return day.Before(a.From)
}

func byUAI(schools []School) map[belvedere.UAI]School {
	out := make(map[belvedere.UAI]School, len(schools))
	for _, s := range schools {
		out[s.UAI] = s
	}
	return out
}

// holds tells whether a text contains all words of a search, without case or accents.
func holds(text, search string) bool {
	return words.Holds(words.Fold(text), words.Fold(search))
}
