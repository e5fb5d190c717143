package admin

import (
	"context"
	"net/mail"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"belvedere"
	"belvedere/internal/registry"
)

// The limits of what a person writes about a user.
const (
	mostName     = 80
	mostFunction = 120
	mostAddress  = 254 // bytes, RFC 5321
	mostSchools  = 5000
)

// A UserForm is what an administrator fills in about a user. Rights over menus and widgets are apart.
type UserForm struct {
	Version    int64 // of the account that the form was made from, 0 for a new one
	LastName   string
	FirstName  string
	Email      string
	Login      string // "" to propose Prénom@NOM
	Function   string
	Place      registry.AccountPlace // "" is InTerritory
	Admin      bool
	Auditor    bool
	AllSchools bool
	Schools    []string // UAIs
	Groups     []int64
}

// FormOf is the form of an account as it is kept.
func FormOf(a registry.Account) UserForm {
	f := UserForm{
		Version: a.Version, LastName: a.LastName, FirstName: a.FirstName, Email: a.Email, Login: a.Login, Function: a.Function,
		Place: a.Place, Admin: a.Admin, Auditor: a.Auditor, AllSchools: a.AllSchools, Groups: slices.Clone(a.Groups),
	}
	for _, s := range a.Schools {
		f.Schools = append(f.Schools, string(s))
	}
	return f
}

// known is what forms are checked against, read once for all lines of a file.
type known struct {
	schools map[belvedere.UAI]string // name by UAI
	groups  map[int64]string         // name by number
	widgets map[string]string        // "Social > Discipline" by code
	order   []string                 // codes of widgets as the form lists them
	model   *belvedere.Model         // whose members rights may be limited to, nil for none
	numbers map[string]int           // the last that made a proposed identifier unique
	taken   func(ctx context.Context, login string, id int64) (bool, error)
	address func(ctx context.Context, email string, id int64) (bool, error)
}

// emptyKnown knows the widgets, which need no reading.
func (u *Users) emptyKnown() *known {
	k := &known{schools: map[belvedere.UAI]string{}, groups: map[int64]string{}, widgets: map[string]string{}, numbers: map[string]int{}, model: u.model()}
	for _, w := range u.Widgets {
		k.widgets[w.Code] = w.Label
		if w.Menu != w.Label {
			k.widgets[w.Code] = w.Menu + " > " + w.Label
		}
		k.order = append(k.order, w.Code)
	}
	k.taken = u.answersTo
	k.address = u.answersTo
	return k
}

// answersTo tells whether an account that is not the one of a number answers to a text, as its
// identifier or as its address: people sign in by either, so that one may not be the other's.
func (u *Users) answersTo(ctx context.Context, text string, id int64) (bool, error) {
	a, err := u.Registry.AccountByLogin(ctx, text)
	if found, err := other(a, err, id); found || err != nil {
		return found, err
	}
	a, err = u.Registry.AccountByEmail(ctx, text)
	return other(a, err, id)
}

// other tells whether an account was found that is not the one of a number.
func other(a registry.Account, err error, id int64) (bool, error) {
	if belvedere.KindOf(err) == belvedere.NotFound {
		return false, nil
	}
	return err == nil && a.ID != id, err
}

func (u *Users) known(ctx context.Context) (*known, error) {
	k := u.emptyKnown()
	schools, err := u.Schools.Schools(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range schools {
		k.schools[s.UAI] = s.Name
	}
	groups, err := u.Registry.ListGroups(ctx)
	for _, g := range groups {
		k.groups[g.ID] = g.Name
	}
	return k, err
}

// checked is an account with what a form says of it. Its error is Flaws when the form is wrong.
func (u *Users) checked(ctx context.Context, base registry.Account, f UserForm, k *known) (registry.Account, error) {
	var flaws Flaws
	a := base
	a.LastName = flaws.name("nom", "Le nom", f.LastName)
	a.FirstName = flaws.name("prenom", "Le prénom", f.FirstName)
	a.Function = writtenText(flaws.text("fonction", "La fonction", f.Function, mostFunction))
	a.Admin, a.Auditor, a.AllSchools = f.Admin, f.Auditor, f.AllSchools
	if a.Place = f.Place; a.Place == "" {
		a.Place = registry.InTerritory
	}
	flaws.place(a)
	a.Schools = flaws.schools(f.Schools, base.Schools, k)
	a.Groups = flaws.groups(f.Groups, k)
	if err := flaws.address(ctx, &a, f.Email, k); err != nil {
		return a, err
	}
	if err := flaws.login(ctx, &a, f.Login, k); err != nil {
		return a, err
	}
	if a.Email != base.Email {
		a.EmailConfirmed = time.Time{}
	}
	return a, flaws.orNil()
}

// writtenText composes the accents of what a person wrote, so that two ways of typing compare equal.
func writtenText(s string) string { return norm.NFC.String(strings.TrimSpace(s)) }

// name checks the name of a person.
func (f *Flaws) name(field, words, s string) string {
	before := len(*f)
	s = writtenText(f.text(field, words, s, mostName))
	switch {
	case len(*f) > before:
	case s == "":
		f.add(field, "%s manque : écrivez-le.", words)
	case strings.ContainsAny(s[:1], "=+-@'"):
		f.add(field, "%s ne peut pas commencer par « %s » : un tableur y lirait une formule.", words, s[:1])
	}
	return s
}

// place refuses what a place of work and a role contradict.
func (f *Flaws) place(a registry.Account) {
	switch {
	case a.Place != registry.InTerritory && a.Place != registry.InSchool:
		f.add("place", "Le lieu de travail %s n’existe pas : choisissez collectivité ou établissement.", quoted(string(a.Place)))
	case a.Admin && len(a.Within) > 0:
		f.add("administrateur", "Les droits de ce compte se limitent à une partie des chiffres, et un administrateur voit tout : retirez d’abord la limite dans ses autorisations.")
	case a.Place == registry.InSchool && a.Admin:
		f.add("administrateur", "Une personne qui travaille dans un établissement ne peut pas être administrateur de la console : choisissez l’un ou l’autre.")
	case a.Place == registry.InSchool && a.AllSchools:
		f.add("portee", "Une personne qui travaille dans un établissement voit les chiffres internes des siens : choisissez lesquels.")
	}
}

// schools reads UAIs: each must be in the register, or be one that the account has already.
func (f *Flaws) schools(typed []string, had []belvedere.UAI, k *known) []belvedere.UAI {
	if len(typed) > mostSchools {
		f.add("etablissement", "Un compte gère au plus %s établissements un par un : faites-en un groupe.", belvedere.FormatNumber(mostSchools, 0))
		return nil
	}
	return f.uais(typed, had, k)
}

// uais reads UAIs of the register, or of a list that had them already.
func (f *Flaws) uais(typed []string, had []belvedere.UAI, k *known) []belvedere.UAI {
	var out []belvedere.UAI
	for _, t := range typed {
		s, err := belvedere.ParseUAI(t)
		if err != nil {
			f.add("etablissement", "%s : vérifiez-le.", capital(err.Error()))
			continue
		}
		if _, ok := k.schools[s]; !ok && !slices.Contains(had, s) {
			f.add("etablissement", "Aucun établissement du répertoire ne porte l’UAI %s : vérifiez-le, ou livrez d’abord le répertoire.", s)
			continue
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (f *Flaws) groups(typed []int64, k *known) []int64 {
	var out []int64
	for _, g := range typed {
		if _, ok := k.groups[g]; !ok {
			f.add("groupe", "Un des groupes choisis n’existe plus : rechargez la page.")
			continue
		}
		out = append(out, g)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// address checks the mail address, and that nobody else has it.
func (f *Flaws) address(ctx context.Context, a *registry.Account, typed string, k *known) error {
	before := len(*f)
	a.Email = f.text("mail", "L’adresse de messagerie", typed, mostAddress)
	switch {
	case len(*f) > before:
		return nil
	case a.Email == "":
		f.add("mail", "L’adresse de messagerie manque : l’invitation y est envoyée.")
		return nil
	case !bareAddress(a.Email):
		f.add("mail", "L’adresse de messagerie %s doit être de la forme nom@domaine.fr, seule et sans espace.", quoted(a.Email))
		return nil
	}
	taken, err := k.address(ctx, a.Email, a.ID)
	if taken {
		f.add("mail", "Un autre compte répond déjà à l’adresse %s : chaque personne a la sienne.", quoted(a.Email))
	}
	return err
}

// bareAddress tells an address alone: neither a name beside it nor quotes nor a numeric host,
// which mail servers read in different ways.
func bareAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Name == "" && a.Address == s && len(s) <= mostAddress && !strings.ContainsAny(s, "\"'`[]<>(),;:\\ ")
}

// login checks the identifier, or proposes one. One that is kept as it is was good once.
func (f *Flaws) login(ctx context.Context, a *registry.Account, typed string, k *known) error {
	typed = writtenText(typed)
	if typed == "" && a.Login == "" {
		login, err := freeLogin(ctx, a.FirstName, a.LastName, k)
		a.Login = login
		return err
	}
	if typed == "" || typed == a.Login {
		return nil
	}
	a.Login = typed
	login, err := registry.ParseLogin(typed)
	if err != nil {
		f.add("identifiant", "%s", belvedere.Message(err))
		return nil
	}
	a.Login = login
	taken, err := k.taken(ctx, login, a.ID)
	if taken {
		f.add("identifiant", "L’identifiant %s est déjà pris : ajoutez-y un chiffre.", quoted(typed))
	}
	return err
}
