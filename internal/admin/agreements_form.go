package admin

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/words"
)

// Bases are the legal bases that the form offers; another may be written.
var Bases = []string{
	"Consentement de l’établissement", "Coresponsabilité de traitement", "Mission d’intérêt public",
	"Intérêt légitime", "Obligation légale", "Données ouvertes",
}

// An AgreementForm is a convention as a person writes it: in the form, or in a line of a file.
// The names of its flaws are etablissement, debut, fin, base, reference, themes, indicateurs,
// etendus and destinataires.
type AgreementForm struct {
	ID, Version int64    // 0: a new one
	Collective  bool     // every school of the territory
	School      string   // UAI
	From        string   // first day, 2026-09-01 or 01/09/2026
	LastDay     string   // last day included, "" for no end
	AllThemes   bool     // every theme of the annex
	Themes      []string // codes or labels
	Indicators  []string // numbers of the annex, or ranges: "7-12"
	Extended    []string
	Recipients  []string // logins or addresses; none: everyone whose rights open the indicator
	Basis       string
	Reference   string
}

// AgreementFormOf is the form of a kept convention.
func AgreementFormOf(a registry.Agreement) AgreementForm {
	f := AgreementForm{
		ID: a.ID, Version: a.Version, Collective: a.School == "", School: string(a.School), From: a.From.Format(time.DateOnly),
		AllThemes: a.AllThemes, Themes: slices.Clone(a.Themes), Recipients: slices.Clone(a.Recipients), Basis: a.Basis, Reference: a.Reference,
		Indicators: numbersOf(a.Indicators), Extended: numbersOf(a.Extended),
	}
	if last := LastDay(a); !last.IsZero() {
		f.LastDay = last.Format(time.DateOnly)
	}
	return f
}

func numbersOf(list []int) []string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = strconv.Itoa(n)
	}
	return out
}

// reading turns forms into conventions; what it asks of the registry is asked once.
type reading struct {
	a       *Agreements
	ctx     context.Context
	schools map[belvedere.UAI]School
	people  map[string]string // as typed → as kept, "" when nobody bears the name
}

func (a *Agreements) reading(ctx context.Context) (*reading, error) {
	schools, err := a.Schools.Schools(ctx)
	if err != nil {
		return nil, err
	}
	return &reading{a: a, ctx: ctx, schools: byUAI(schools), people: map[string]string{}}, nil
}

// read checks a form. Warnings are worth a look and forbid nothing.
func (r *reading) read(f AgreementForm) (one registry.Agreement, flaws Flaws, warnings []Flaw, err error) {
	one = registry.Agreement{ID: f.ID, Version: f.Version, AllThemes: f.AllThemes}
	var warn Flaws
	r.school(&one, f, &flaws, &warn)
	r.days(&one, f, &flaws)
	r.shared(&one, f, &flaws)
	if err := r.recipients(&one, f, &flaws); err != nil {
		return one, nil, nil, err
	}
	if one.Basis = flaws.text("base", "La base légale", f.Basis, mostText); one.Basis == "" {
		flaws.add("base", "Indiquez la base légale de la convention : consentement, coresponsabilité, mission d’intérêt public…")
	}
	one.Reference = flaws.text("reference", "La référence", f.Reference, mostText)
	return one, flaws, warn, nil
}

func (r *reading) school(one *registry.Agreement, f AgreementForm, flaws, warn *Flaws) {
	if f.Collective {
		return
	}
	if strings.TrimSpace(f.School) == "" {
		flaws.add("etablissement", "Indiquez l’UAI de l’établissement, ou choisissez tous les établissements.")
		return
	}
	uai, err := belvedere.ParseUAI(f.School)
	if err != nil {
		flaws.add("etablissement", "%s", capital(err.Error())+".")
		return
	}
	one.School = uai
	if s, known := r.schools[uai]; !known || !s.Listed {
		warn.add("etablissement", "Le registre des établissements ne connaît pas l’UAI %s : vérifiez-le. La convention vaudra quand il y entrera.", uai)
	}
}

func (r *reading) days(one *registry.Agreement, f AgreementForm, flaws *Flaws) {
	var err error
	if strings.TrimSpace(f.From) == "" {
		flaws.add("debut", "Indiquez le premier jour de la convention.")
	} else if one.From, err = belvedere.ParseDate(f.From); err != nil {
		flaws.add("debut", "%s", capital(err.Error())+".")
	}
	if strings.TrimSpace(f.LastDay) == "" {
		return
	}
	last, err := belvedere.ParseDate(f.LastDay)
	switch {
	case err != nil:
		flaws.add("fin", "%s", capital(err.Error())+".")
	case !one.From.IsZero() && last.Before(one.From):
		flaws.add("fin", "Le dernier jour (%s) précède le premier (%s) : corrigez l’une des deux dates.", belvedere.ShortDate(last), belvedere.ShortDate(one.From))
	default:
		one.To = last.AddDate(0, 0, 1)
	}
}

// shared reads what the convention opens.
func (r *reading) shared(one *registry.Agreement, f AgreementForm, flaws *Flaws) {
	before := len(*flaws)
	if !f.AllThemes {
		one.Themes = r.themes(f.Themes, flaws)
	}
	one.Indicators = r.numbers("indicateurs", f.Indicators, flaws)
	one.Extended = r.numbers("etendus", f.Extended, flaws)
	for _, n := range one.Indicators {
		if r.a.annexed(n).SchoolOnly {
			flaws.add("indicateurs", "L’annexe réserve l’indicateur %d à l’établissement : une convention l’ouvre en étendant ses destinataires (« etendus »), et non par le partage.", n)
		}
	}
	for _, n := range one.Extended {
		if ind := r.a.annexed(n); !ind.SchoolOnly {
			flaws.add("etendus", "L’annexe ne réserve pas l’indicateur %d (%s) à l’établissement : il se partage par son thème ou par son numéro.", n, ind.Label)
		}
	}
	if f.Collective && len(one.Extended) > 0 {
		flaws.add("etendus", "Une convention collective ne peut pas étendre les destinataires des indicateurs réservés à l’établissement : chaque établissement le décide par la sienne.")
	}
	if len(*flaws) == before && r.a.SharesOf(*one).Count() == 0 && !r.a.ownTheme(one.Themes) {
		flaws.add("themes", "Cette convention ne partage rien : choisissez au moins un thème ou un indicateur.")
	}
}

func (r *reading) themes(typed []string, flaws *Flaws) (out []string) {
	for _, t := range typed {
		i := slices.IndexFunc(r.a.model().Themes, func(m belvedere.Theme) bool {
			return words.Fold(m.Code) == words.Fold(t) || words.Fold(m.Label) == words.Fold(t)
		})
		if i < 0 {
			flaws.add("themes", "Le thème « %s » n’existe pas : les thèmes sont %s, ou « tous ».", quoted(t), strings.Join(themeCodes(r.a.model()), ", "))
			continue
		}
		out = append(out, r.a.model().Themes[i].Code)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func themeCodes(m *belvedere.Model) []string {
	out := make([]string, len(m.Themes))
	for i, t := range m.Themes {
		out[i] = t.Code
	}
	return out
}

// numbers reads numbers of the annex and ranges of them.
func (r *reading) numbers(field string, typed []string, flaws *Flaws) (out []int) {
	for _, t := range typed {
		first, last, isRange := strings.Cut(t, "-")
		from, err := strconv.Atoi(strings.TrimSpace(first))
		to := from
		if isRange && err == nil {
			to, err = strconv.Atoi(strings.TrimSpace(last))
		}
		if err != nil || from > to || r.a.annexed(from) == nil || r.a.annexed(to) == nil {
			flaws.add(field, "« %s » n’est pas un numéro d’indicateur de l’annexe.", quoted(t))
			continue
		}
		for n := from; n <= to; n++ {
			if r.a.annexed(n) != nil {
				out = append(out, n)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// mostRecipients bounds the people that an extension names.
const mostRecipients = 200

// recipients finds who an extension names: by login or by address, an account must bear it.
func (r *reading) recipients(one *registry.Agreement, f AgreementForm, flaws *Flaws) error {
	if len(f.Recipients) > mostRecipients {
		flaws.add("destinataires", "Une convention nomme au plus %d destinataires.", mostRecipients)
		return nil
	}
	for _, typed := range f.Recipients {
		name, err := r.person(strings.TrimSpace(typed))
		if err != nil {
			return err
		}
		if name == "" {
			flaws.add("destinataires", "Aucun compte ne porte l’identifiant ou l’adresse « %s » : vérifiez-le dans la liste des utilisateurs.", quoted(typed))
			continue
		}
		one.Recipients = append(one.Recipients, name)
	}
	slices.Sort(one.Recipients)
	one.Recipients = slices.Compact(one.Recipients)
	if len(one.Recipients) > 0 && len(one.Extended) == 0 && len(*flaws) == 0 {
		flaws.add("destinataires", "Les destinataires nommés ne concernent que les indicateurs réservés à l’établissement : choisissez ceux que la convention leur étend, ou ne nommez personne.")
	}
	return nil
}

// person gives the login or the address of an account as it is kept. Who has not answered the
// invitation may still choose another login: the address stays.
func (r *reading) person(typed string) (string, error) {
	if name, known := r.people[typed]; known || typed == "" {
		return name, nil
	}
	account, err := r.a.Registry.AccountByLogin(r.ctx, typed)
	name := account.Login
	if err == nil && account.State == registry.Invited {
		name = account.Email
	}
	if notFound(err) {
		account, err = r.a.Registry.AccountByEmail(r.ctx, typed)
		name = account.Email
	}
	if notFound(err) {
		name, err = "", nil
	}
	if err == nil {
		r.people[typed] = name
	}
	return name, err
}

func notFound(err error) bool {
	return err != nil && belvedere.KindOf(err) == belvedere.NotFound
}

// capital starts a sentence, French apostrophes in it.
func capital(s string) string {
	s = strings.ReplaceAll(s, "'", "’")
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}
