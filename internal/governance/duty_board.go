package governance

import (
	"cmp"
	"context"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// A Holder is someone who holds, held or will hold a duty.
type Holder struct {
	registry.Holding
	Current bool
	Trouble string // why he or she cannot be reached, ""
}

// A DutyLine is a responsibility over the whole or over one school.
type DutyLine struct {
	Duty       registry.Duty
	School     belvedere.UAI
	SchoolName string
	Titulars   []Holder // current
	Deputies   []Holder
	Functional []Holder
	Technical  []Holder
	Others     []Holder // past and to come
	Gaps       []string // what is missing, in words
}

// A Board is who answers for what.
type Board struct {
	Lines []DutyLine
	Gaps  int
}

// Board gathers who answers for what, as a viewer may read it, with what is missing.
func (s *Service) Board(ctx context.Context, v belvedere.Viewer) (b Board, err error) {
	defer belvedere.Wrap(&err, "Board")
	duties, err := s.Duties(ctx)
	if err != nil {
		return b, err
	}
	holdings, err := s.Registry.Holdings(ctx)
	if err != nil {
		return b, err
	}
	people, err := s.people(ctx)
	if err != nil {
		return b, err
	}
	names := s.schools(ctx)
	for _, d := range duties {
		for _, school := range placesOf(d.Code, holdings) {
			if !sees(v, school) {
				continue
			}
			line := DutyLine{Duty: d, School: school, SchoolName: schoolName(names, school)}
			for _, h := range holdings {
				if h.Duty == d.Code && h.School == school {
					line.add(s.holder(h, people))
				}
			}
			line.judge(s.today())
			b.Gaps += len(line.Gaps)
			b.Lines = append(b.Lines, line)
		}
	}
	return b, nil
}

// placesOf are the whole, then the schools for which someone was ever named.
func placesOf(duty string, holdings []registry.Holding) []belvedere.UAI {
	out := []belvedere.UAI{""}
	for _, h := range holdings {
		if h.Duty == duty {
			out = append(out, h.School)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// holder is a holding with what is wrong with its account.
func (s *Service) holder(h registry.Holding, people map[int64]registry.Account) Holder {
	out := Holder{Holding: h, Current: h.Holds(s.today())}
	if h.Account == 0 {
		return out
	}
	switch a, known := people[h.Account]; {
	case !known:
		out.Trouble = "compte supprimé"
	case a.State == registry.Locked:
		out.Trouble = "compte verrouillé"
	case a.State == registry.Invited:
		out.Trouble = "n’a pas répondu à son invitation"
	case a.Email == "" || a.EmailConfirmed.IsZero():
		out.Trouble = "adresse non confirmée"
	}
	return out
}

func (l *DutyLine) add(h Holder) {
	into := &l.Others
	if h.Current {
		switch h.Place {
		case registry.Titular:
			into = &l.Titulars
		case registry.Deputy:
			into = &l.Deputies
		case registry.Functional:
			into = &l.Functional
		case registry.Technical:
			into = &l.Technical
		}
	}
	*into = append(*into, h)
}

// soon is how long before its end a holding without successor is a gap.
const soon = 30 * 24 * time.Hour

// judge says what is missing.
func (l *DutyLine) judge(today time.Time) {
	gap := func(text string) { l.Gaps = append(l.Gaps, text) }
	able := slices.DeleteFunc(slices.Clone(l.Titulars), func(h Holder) bool { return h.Trouble != "" })
	switch {
	case len(l.Titulars) == 0:
		gap("personne n’en répond")
	case len(able) == 0:
		gap("aucun titulaire ne peut être joint")
	case len(l.Deputies) == 0:
		gap("pas de suppléant")
	}
	for _, h := range slices.Concat(l.Titulars, l.Deputies, l.Functional, l.Technical) {
		if h.Trouble != "" {
			gap(h.Name + "\u00a0: " + h.Trouble)
		}
	}
	if len(able) > 0 && !slices.ContainsFunc(able, func(h Holder) bool { return h.To.IsZero() || h.To.Sub(today) > soon }) && !l.followed(today) {
		last := slices.MaxFunc(able, func(a, b Holder) int { return cmp.Compare(a.To.Unix(), b.To.Unix()) })
		gap("sans successeur après le " + belvedere.ShortDate(last.To))
	}
	if l.Duty.Code == Assistance && l.School == "" {
		for _, kind := range []struct {
			n    int
			name string
		}{{len(l.Functional), "correspondants fonctionnels"}, {len(l.Technical), "correspondants techniques"}} {
			if kind.n < correspondents {
				gap(belvedere.FormatNumber(float64(kind.n), 0) + " sur 2 " + kind.name)
			}
		}
	}
}

// followed tells whether a titular is named for later.
func (l *DutyLine) followed(today time.Time) bool {
	return slices.ContainsFunc(l.Others, func(h Holder) bool { return h.Place == registry.Titular && h.From.After(today) })
}
