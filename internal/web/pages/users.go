package pages

import (
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/registry"
	"belvedere/internal/web/parts"
)

// Users is the list of users.
type Users struct {
	Frame  parts.Frame
	List   []admin.User
	Total  int
	Search string
	State  string // chosen among States
	States []parts.Link
	Pages  []parts.Link
	Done   string
	Zone   *time.Location
}

// A User is the tab « Compte » of one, or the form of a new one.
type User struct {
	Frame  parts.Frame
	User   admin.User // ID 0: new
	Title  string
	Action string
	Tabs   []parts.Link
	Form   admin.UserForm
	Errors parts.FieldErrors
	Stale  *admin.Stale
	Groups []GroupBox
	Picker Picker
	Done   string
	Zone   *time.Location
}

// A GroupBox is a group to tick.
type GroupBox struct {
	ID      int64
	Name    string
	Schools int
	Checked bool
}

// A Picker is the list of schools to tick in a form.
type Picker struct {
	Legend  string
	Schools []PickSchool
	Total   int    // of the territory
	Large   bool   // too many to list: searched by the server
	Search  string // of a large one
	Found   int    // by the search of a large one
	Error   string
}

// A PickSchool is a school to tick.
type PickSchool struct {
	UAI     belvedere.UAI
	Label   string
	Checked bool
}

func (p Picker) chosen() (n int) {
	for _, s := range p.Schools {
		if s.Checked {
			n++
		}
	}
	return n
}

// note says how many are ticked, and what a search found.
func (p Picker) note() string {
	text := belvedere.FormatNumber(float64(p.chosen()), 0) + " sur " + belvedere.FormatNumber(float64(p.Total), 0) + " cochés."
	switch {
	case !p.Large || p.Search == "":
	case p.Found == 0:
		text = "Aucun établissement ne répond à cette recherche. " + text
	default:
		text = belvedere.Plural(p.Found, "établissement trouvé", "établissements trouvés") + ". " + text
	}
	return text
}

// UserRights is the tab « Autorisations ».
type UserRights struct {
	Frame   parts.Frame
	User    admin.User
	Action  string
	Tabs    []parts.Link
	Version int64
	Menus   []WidgetMenu
	Stale   *admin.Stale
	Done    string
	Members MemberPicker
	Errors  parts.FieldErrors
}

// A WidgetMenu is a menu with its widgets to tick.
type WidgetMenu struct {
	Label, Doc string
	Widgets    []WidgetBox
}

// alone tells a menu that is its own widget.
func (m WidgetMenu) alone() bool { return len(m.Widgets) == 1 && m.Widgets[0].Label == m.Label }

// A WidgetBox is a widget to tick.
type WidgetBox struct {
	Code, Label string
	Checked     bool
}

// A Confirm is a question before something that cannot be undone.
type Confirm struct {
	Frame   parts.Frame
	Title   string
	Text    []string
	Action  string
	Version int64
	Button  string
	Back    string
}

// UsersFile is the import of users: the form, or what a file would do.
type UsersFile struct {
	Frame   parts.Frame
	Columns []string
	Widgets []belvedere.Widget
	Errors  parts.FieldErrors
	Plan    *admin.UsersPlan
	Packed  string // the file, for the confirmation
}

// mostLinesShown bounds the report: whoever needs more corrects these first.
const mostLinesShown = 500

// shown are the lines of the report: those in error first.
func (p UsersFile) shown() (lines []admin.UserLine, more int) {
	for _, wrong := range []bool{true, false} {
		for _, l := range p.Plan.Lines {
			if (l.Result == admin.LineWrong) != wrong {
				continue
			}
			if len(lines) == mostLinesShown {
				more++
				continue
			}
			lines = append(lines, l)
		}
	}
	return lines, more
}

// codes are those of all widgets, as a file writes them.
func (p UsersFile) codes() string {
	out := make([]string, len(p.Widgets))
	for i, w := range p.Widgets {
		out[i] = w.Code
	}
	return strings.Join(out, "|")
}

func userAddress(id int64) string { return "/administration/utilisateurs/" + strconv.FormatInt(id, 10) }

// userMoment is a date and an hour on the clock of the territory, "jamais" when there is none.
func userMoment(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "jamais"
	}
	return shortMoment(t.In(zone))
}

// managedWords is how many schools a user manages.
func managedWords(u admin.User) string {
	if u.Everything {
		return "tous"
	}
	return belvedere.FormatNumber(float64(u.Managed), 0)
}

// A mark says something of a user at a glance, by an icon and words.
type mark struct{ icon, label, class string }

// marks are those of a user, the ones that call for something first.
func marks(u admin.User) (out []mark) {
	add := func(on bool, icon, label, class string) {
		if on {
			out = append(out, mark{icon, label, class})
		}
	}
	add(u.State == registry.Locked, "lock", "verrouillé", "user-mark stop")
	add(u.State == registry.Invited, "mail", "adresse non confirmée", "user-mark warn")
	add(u.State == registry.Active && u.EmailConfirmed.IsZero(), "mail", "nouvelle adresse non confirmée", "user-mark warn")
	add(u.OwesFactor, "key", "double authentification absente", "user-mark warn")
	add(u.Admin, "shield", "administrateur", "user-mark")
	add(u.Auditor, "eye", "protection des données", "user-mark")
	add(u.Place == registry.InSchool, "school", "établissement", "user-mark")
	return out
}

func checkedWord(u admin.User) string {
	switch {
	case u.SecondFactor:
		return "en place"
	case u.OwesFactor:
		return "à mettre en place à la prochaine connexion"
	}
	return "non demandée"
}

func mailHint(u admin.User) string {
	switch {
	case u.ID == 0:
		return "L’invitation y est envoyée."
	case u.State == registry.Invited:
		return "En changer renvoie l’invitation à la nouvelle ; les liens de l’ancienne ne valent plus rien."
	}
	return ""
}

func loginHint(u admin.User) string {
	if u.ID == 0 {
		return "Vide : Prénom@NOM est proposé. La personne peut le changer en créant son compte."
	}
	return ""
}

func scopeValue(f admin.UserForm) string {
	if f.AllSchools {
		return "tous"
	}
	return "choisis"
}

// pickerSaid ties the list to what is wrong with it.
func pickerSaid(p Picker) templ.Attributes {
	if p.Error == "" {
		return nil
	}
	return templ.Attributes{"aria-describedby": "champ-etablissement-erreur"}
}

func fileTitle(p UsersFile) string {
	if p.Plan != nil {
		return "Essayer un autre fichier"
	}
	return "Choisir un fichier"
}

// planWords counts what a file would do.
func planWords(p *admin.UsersPlan) string {
	return belvedere.Plural(p.Created, "créé", "créés") + ", " + belvedere.Plural(p.Changed, "modifié", "modifiés") + ", " +
		belvedere.Plural(p.Same, "inchangé", "inchangés") + ", " + belvedere.FormatNumber(float64(p.Wrong), 0) + " en erreur."
}
