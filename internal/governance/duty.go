package governance

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// The duties by which others of this package know people.
const (
	Steering   = "pilotage"
	Assistance = "assistance"
)

// declared are the responsibilities that every organisation has (seed 003), in the order of the page.
var declared = []registry.Duty{
	{Code: Steering, Label: "Pilotage", Mission: "Fixe les orientations, les principes de modélisation, les grandes règles de procédure et le calendrier général, avec la gouvernance de l’établissement. Assure la continuité du service, et fait le lien entre la direction, les utilisateurs et les éditeurs."},
	{Code: "modelisation", Label: "Modélisation", Mission: "Anime la réflexion sur l’offre de formation et les modalités de contrôle des connaissances, et la traduit en paramétrages."},
	{Code: "scolarite", Label: "Scolarité", Mission: "Coordonne les travaux des scolarités et des autres services concernés."},
	{Code: "technique", Label: "Technique", Mission: "Au service informatique : le matériel, l’exploitation et les développements propres à l’établissement."},
	{Code: "formation", Label: "Formation", Mission: "Recense les personnes à former, désigne les formateurs, tient le planning et adapte les formations aux besoins."},
	{Code: "documentation", Label: "Documentation", Mission: "Tient la documentation et garde ce que l’établissement apprend."},
	{Code: Assistance, Label: "Assistance", Mission: "Définit les procédures et les structures d’assistance, fonctionnelle et technique. Quatre correspondants, deux fonctionnels et deux techniques, sont seuls habilités à contacter l’assistance de l’éditeur."},
}

// correspondents is how many correspondents of each kind the assistance wants.
const correspondents = 2

// Duties are all responsibilities: those that every organisation has, then those added here.
func (s *Service) Duties(ctx context.Context) ([]registry.Duty, error) {
	added, err := s.Registry.Duties(ctx)
	out := slices.Clone(declared)
	for _, d := range added {
		if i := slices.IndexFunc(out, func(o registry.Duty) bool { return o.Code == d.Code }); i >= 0 {
			out[i] = d // an organisation may say a mission in its own words
		} else {
			out = append(out, d)
		}
	}
	return out, err
}

// Declared tells whether the program itself declares a duty.
func Declared(code string) bool {
	return slices.ContainsFunc(declared, func(d registry.Duty) bool { return d.Code == code })
}

// duty finds one by its code.
func (s *Service) duty(ctx context.Context, code string) (registry.Duty, error) {
	list, err := s.Duties(ctx)
	if err != nil {
		return registry.Duty{}, err
	}
	for _, d := range list {
		if d.Code == code {
			return d, nil
		}
	}
	codes := make([]string, len(list))
	for i, d := range list {
		codes[i] = d.Code
	}
	return registry.Duty{}, belvedere.Errorf(belvedere.Invalid, "La responsabilité «\u00a0%.40s\u00a0» n’existe pas. Elles sont\u00a0: %s.", code, strings.Join(codes, ", "))
}

var dutyCode = regexp.MustCompile(`^[a-z][a-z0-9_]{1,39}$`)

// PutDuty adds a responsibility, or says the mission of one in other words.
func (s *Service) PutDuty(ctx context.Context, v belvedere.Viewer, d registry.Duty) (err error) {
	defer belvedere.Wrap(&err, "PutDuty(%s)", d.Code)
	if err := managing(v); err != nil {
		return err
	}
	if !dutyCode.MatchString(d.Code) {
		return belvedere.Errorf(belvedere.Invalid, "Le code d’une responsabilité s’écrit en minuscules sans accent\u00a0: archives, enquetes_sise.")
	}
	d.Label, d.Mission, d.By, d.At = strings.TrimSpace(d.Label), tidyText(d.Mission), v.Login, s.Now().UTC()
	return s.Registry.PutDuty(ctx, d)
}

// RemoveDuty forgets one that was added, or the other words of one that the program declares.
func (s *Service) RemoveDuty(ctx context.Context, v belvedere.Viewer, code string) (err error) {
	defer belvedere.Wrap(&err, "RemoveDuty(%s)", code)
	if err := managing(v); err != nil {
		return err
	}
	return s.Registry.RemoveDuty(ctx, code)
}

// A HoldingForm names someone, as typed.
type HoldingForm struct {
	ID       int64 // 0: a new one
	Duty     string
	School   string // "" for the whole
	Place    string
	Who      string // identifiant of an account, else the name of a person or a service
	From, To string // To may be ""
}

// Name keeps who holds a duty.
func (s *Service) Name(ctx context.Context, v belvedere.Viewer, f HoldingForm) (out registry.Holding, err error) {
	defer belvedere.Wrap(&err, "Name(%s)", f.Duty)
	if err := managing(v); err != nil {
		return out, err
	}
	if _, err := s.duty(ctx, f.Duty); err != nil {
		return out, err
	}
	h := registry.Holding{ID: f.ID, Duty: f.Duty, Place: registry.HoldingPlace(f.Place), By: v.Login, At: s.Now().UTC()}
	if (h.Place == registry.Functional || h.Place == registry.Technical) && f.Duty != Assistance {
		return out, belvedere.Errorf(belvedere.Invalid, "Les correspondants sont ceux de l’assistance.")
	}
	if h.School, err = s.checkSchool(v, strings.TrimSpace(f.School)); err != nil {
		return out, err
	}
	if h.Account, h.Name, err = s.who(ctx, f.Who); err != nil {
		return out, err
	}
	if h.From, h.To, err = s.dates(f.From, f.To); err != nil {
		return out, err
	}
	return s.Registry.PutHolding(ctx, h)
}

// who reads a person: an account by its identifiant, else a name.
func (s *Service) who(ctx context.Context, typed string) (int64, string, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return 0, "", belvedere.Errorf(belvedere.Invalid, "Nommez une personne, par son identifiant, ou un service.")
	}
	account, err := s.Registry.AccountByLogin(ctx, typed)
	switch {
	case err == nil:
		return account.ID, account.Name(), nil
	case belvedere.KindOf(err) != belvedere.NotFound:
		return 0, "", err
	case strings.Contains(typed, "@"):
		return 0, "", belvedere.Errorf(belvedere.Invalid, "Aucun compte n’a l’identifiant «\u00a0%.60s\u00a0».", typed)
	}
	return 0, typed, nil
}

// dates reads the first and last days of something; no first day is today.
func (s *Service) dates(from, to string) (first, last time.Time, err error) {
	first = s.today()
	if from = strings.TrimSpace(from); from != "" {
		if first, err = belvedere.ParseDate(from); err != nil {
			return first, last, belvedere.WrapError(belvedere.Invalid, err, "%v", err)
		}
	}
	if to = strings.TrimSpace(to); to != "" {
		if last, err = belvedere.ParseDate(to); err != nil {
			return first, last, belvedere.WrapError(belvedere.Invalid, err, "%v", err)
		}
	}
	return first, last, nil
}

// EndHolding makes a holding end today, and removes one that has not begun.
func (s *Service) EndHolding(ctx context.Context, v belvedere.Viewer, id int64) (h registry.Holding, err error) {
	defer belvedere.Wrap(&err, "EndHolding(%d)", id)
	if err := managing(v); err != nil {
		return h, err
	}
	list, err := s.Registry.Holdings(ctx)
	if err != nil {
		return h, err
	}
	i := slices.IndexFunc(list, func(h registry.Holding) bool { return h.ID == id })
	if i < 0 || !sees(v, list[i].School) {
		return h, belvedere.Errorf(belvedere.NotFound, "Cette désignation n’existe pas, ou plus.")
	}
	h = list[i]
	if !h.From.Before(s.today()) {
		return h, s.Registry.RemoveHolding(ctx, id)
	}
	h.To, h.By, h.At = s.today().AddDate(0, 0, -1), v.Login, s.Now().UTC()
	return s.Registry.PutHolding(ctx, h)
}

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

// holders are the accounts that hold a duty today in one of some places: those of a school, else those
// of the whole. Who cannot be reached is left out.
func (s *Service) holders(ctx context.Context, duty string, school belvedere.UAI, places ...registry.HoldingPlace) ([]registry.Account, error) {
	holdings, err := s.Registry.Holdings(ctx)
	if err != nil {
		return nil, err
	}
	for _, at := range slices.Compact([]belvedere.UAI{school, ""}) {
		var out []registry.Account
		for _, h := range holdings {
			if h.Duty != duty || h.School != at || h.Account == 0 || !h.Holds(s.today()) || !slices.Contains(places, h.Place) {
				continue
			}
			a, err := s.Registry.Account(ctx, h.Account)
			if belvedere.KindOf(err) == belvedere.NotFound && err != nil {
				continue
			}
			if err != nil {
				return nil, err
			}
			if unreachable(a) == "" && !slices.ContainsFunc(out, func(o registry.Account) bool { return o.ID == a.ID }) {
				out = append(out, a)
			}
		}
		if len(out) > 0 {
			return out, nil
		}
	}
	return nil, nil
}

// heldBy tells whether a viewer holds a duty on a day, as titular or deputy, for a school or for the whole.
func heldBy(holdings []registry.Holding, v belvedere.Viewer, duty string, school belvedere.UAI, day time.Time) bool {
	return v.Kind == belvedere.AccountViewer && v.ID != 0 && slices.ContainsFunc(holdings, func(h registry.Holding) bool {
		return h.Account == v.ID && h.Duty == duty && (h.School == "" || h.School == school) && h.Holds(day) &&
			(h.Place == registry.Titular || h.Place == registry.Deputy)
	})
}

// answers tells whether a viewer may act for a duty: who holds it, and who manages all of it.
func (s *Service) answers(ctx context.Context, v belvedere.Viewer, duty string, school belvedere.UAI) error {
	if Manages(v) {
		return nil
	}
	holdings, err := s.Registry.Holdings(ctx)
	if err == nil && !heldBy(holdings, v, duty, school, s.today()) {
		err = belvedere.Errorf(belvedere.Forbidden, "Le titulaire de cette responsabilité, son suppléant, les administrateurs et les responsables des données le font.")
	}
	return err
}

// A ground is what many lines of one page need, read once.
type ground struct {
	viewer   belvedere.Viewer
	today    time.Time
	duties   []registry.Duty
	holdings []registry.Holding
	rules    map[int64]string
	names    map[belvedere.UAI]string
	settings Settings
}

func (s *Service) ground(ctx context.Context, v belvedere.Viewer) (g ground, err error) {
	g = ground{viewer: v, today: s.today(), names: s.schools(ctx)}
	if g.duties, err = s.Duties(ctx); err != nil {
		return g, err
	}
	if g.holdings, err = s.Registry.Holdings(ctx); err != nil {
		return g, err
	}
	if g.rules, err = s.ruleTitles(ctx); err != nil {
		return g, err
	}
	g.settings, err = s.Settings(ctx)
	return g, err
}

// label is what pages call a duty.
func (g ground) label(duty string) string {
	for _, d := range g.duties {
		if d.Code == duty {
			return d.Label
		}
	}
	return duty
}

// acts tells whether the viewer may act for a duty.
func (g ground) acts(duty string, school belvedere.UAI) bool {
	return Manages(g.viewer) || heldBy(g.holdings, g.viewer, duty, school, g.today)
}

// titulars are the names of who holds a duty for a school, else for the whole.
func (g ground) titulars(duty string, school belvedere.UAI) (names []string) {
	for _, at := range slices.Compact([]belvedere.UAI{school, ""}) {
		for _, h := range g.holdings {
			if h.Duty == duty && h.School == at && h.Place == registry.Titular && h.Holds(g.today) {
				if !slices.Contains(names, h.Name) {
					names = append(names, h.Name)
				}
			}
		}
		if len(names) > 0 {
			break
		}
	}
	return names
}

// Acts is answers as a page asks it: a mistake of the registry is a no.
func (s *Service) Acts(ctx context.Context, v belvedere.Viewer, duty string, school belvedere.UAI) bool {
	return s.answers(ctx, v, duty, school) == nil
}

// An Owner is who answers for something: a duty, and who holds it.
type Owner struct {
	Duty  string // label
	Names []string
}

// Owners are those of some duties for a school.
func (s *Service) Owners(ctx context.Context, v belvedere.Viewer, school belvedere.UAI, duties ...string) (map[string]Owner, error) {
	g, err := s.ground(ctx, v)
	out := map[string]Owner{}
	for _, d := range duties {
		out[d] = Owner{g.label(d), g.titulars(d, school)}
	}
	return out, err
}
