package admin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"belvedere"
	"belvedere/internal/registry"
)

// The bounds of the retention of the journal, in months.
const (
	leastJournalMonths   = 6
	mostJournalMonths    = 36
	defaultJournalMonths = 12

	leastReceiptMonths   = 12
	mostReceiptMonths    = 240
	defaultReceiptMonths = 120
)

// The bounds of the least number of other schools in a comparison: it moves upward only.
const (
	leastBenchmark = 10
	mostBenchmark  = 200
)

// yes is the value of a switch that is on.
const yes = "oui"

// Territory are the use cases of the settings of a territory.
type Territory struct {
	Settings registry.Settings

	writing  sync.Mutex    // between the check of what is kept and its writing
	decoding chan struct{} // one image at a time
	mu       sync.Mutex
	logo     Logo // the last one served
	style    Style
}

// NewTerritory makes the use cases of the settings.
func NewTerritory(settings registry.Settings) *Territory {
	return &Territory{Settings: settings, decoding: make(chan struct{}, 1)}
}

// A TerritoryForm is the settings as a person writes them. The names of its flaws are nom, code,
// contact, couleur, rappel, journal, recus and rubriques.
type TerritoryForm struct {
	Name          string
	Code          string // D035, R53
	Contact       string // address, "" for none
	Accent        string // "#0b6470", "" for the colour of the program
	SeedPasswords bool   // composition rules for passwords instead of length and strength
	ReminderDays  string
	JournalMonths string
	Benchmark     string // least number of other schools in a comparison; "" is the least allowed
	ReceiptMonths string // "" leaves it as it is
	Hidden        string // codes of the sections that the menu leaves out, with spaces between
	Seen          string // Sum of the form that was shown; "" does not care
}

// Form gives the settings as they are, and Sum in Seen.
func (t *Territory) Form(ctx context.Context) (_ TerritoryForm, err error) {
	defer belvedere.Wrap(&err, "Form")
	settings, err := t.Settings.Settings(ctx)
	if err != nil {
		return TerritoryForm{}, err
	}
	f := TerritoryForm{
		Name: settings[registry.SettingTerritoryName], Code: settings[registry.SettingTerritoryCode], Contact: settings[registry.SettingContact],
		Accent: settings[registry.SettingAccent], SeedPasswords: settings[registry.SettingSeedPasswords] == yes,
		ReminderDays: strconv.Itoa(ReminderDays(settings)), JournalMonths: strconv.Itoa(JournalMonths(settings)),
		Benchmark:     strconv.Itoa(BenchmarkLeast(settings)),
		ReceiptMonths: strconv.Itoa(ReceiptMonths(settings)),
		Hidden:        settings[registry.SettingHidden],
	}
	f.Seen = f.sum()
	return f, nil
}

// BenchmarkLeast is how many other schools a comparison holds at least.
func BenchmarkLeast(settings map[string]string) int {
	if n, err := strconv.Atoi(settings[registry.SettingBenchmark]); err == nil && n >= leastBenchmark && n <= mostBenchmark {
		return n
	}
	return leastBenchmark
}

// JournalMonths is how long the journal is kept.
func JournalMonths(settings map[string]string) int {
	if n, err := strconv.Atoi(settings[registry.SettingJournalMonths]); err == nil && n >= leastJournalMonths && n <= mostJournalMonths {
		return n
	}
	return defaultJournalMonths
}

// ReceiptMonths is how long the receipts of files are kept; those that were only seen on a screen
// are kept for two years at most.
func ReceiptMonths(settings map[string]string) int {
	if n, err := strconv.Atoi(settings[registry.SettingReceiptMonths]); err == nil && n >= leastReceiptMonths && n <= mostReceiptMonths {
		return n
	}
	return defaultReceiptMonths
}

func (f TerritoryForm) sum() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %v %q %q %q %q %q", f.Name, f.Code, f.Contact, f.Accent, f.SeedPasswords, f.ReminderDays, f.JournalMonths, f.Benchmark, f.ReceiptMonths, f.Hidden))
	return hex.EncodeToString(sum[:8])
}

var hiddenSections = regexp.MustCompile(`^([a-z][a-z0-9_]*( [a-z][a-z0-9_]*)*)?$`)

var territoryCode = regexp.MustCompile(`^[A-Z0-9]{2,6}$`)

// Save writes the settings and says what changed, in words. Its error is a Flaws for what the
// person must correct, Conflict when another changed them since the form was shown.
func (t *Territory) Save(ctx context.Context, f TerritoryForm) (changes []string, err error) {
	defer belvedere.Wrap(&err, "Save")
	t.writing.Lock()
	defer t.writing.Unlock()
	before, err := t.Form(ctx)
	if err != nil {
		return nil, err
	}
	if f.ReceiptMonths == "" {
		f.ReceiptMonths = before.ReceiptMonths
	}
	f, values, err := f.checked()
	if err != nil {
		return nil, err
	}
	if f.Seen != "" && f.Seen != before.Seen {
		return nil, belvedere.Errorf(belvedere.Conflict, "%s", french("Quelqu’un d’autre a modifié ces réglages entre-temps : rien n’a été enregistré. Voici les différences avec ce que vous avez saisi : "+
			strings.Join(f.words().since(before.words()), " ; ")+". Enregistrez de nouveau pour mettre votre saisie à la place."))
	}
	if changes = f.words().since(before.words()); len(changes) == 0 {
		return nil, nil
	}
	return changes, t.Settings.PutSettings(ctx, values)
}

// checked gives the form as it would be kept, and its settings.
func (f TerritoryForm) checked() (TerritoryForm, map[string]string, error) {
	var flaws Flaws
	if f.Name = flaws.text("nom", "Le nom du territoire", f.Name, 120); f.Name == "" {
		flaws.add("nom", "Indiquez le nom du territoire : « Département de l’Ille-et-Vilaine ».")
	}
	if f.Code = strings.ToUpper(strings.TrimSpace(f.Code)); f.Code != "" && !territoryCode.MatchString(f.Code) {
		flaws.add("code", "Le code du territoire compte de deux à six lettres sans accent ou chiffres : D035, R53.")
	}
	if f.Contact = strings.TrimSpace(f.Contact); f.Contact != "" {
		if a, err := mail.ParseAddress(f.Contact); err != nil || a.Address != f.Contact || a.Name != "" || len(f.Contact) > 254 || strings.ContainsFunc(f.Contact, hidden) {
			flaws.add("contact", "L’adresse « %s » n’est pas une adresse électronique complète, comme console@territoire.fr.", quoted(f.Contact))
		}
	}
	if f.Accent = strings.ToLower(strings.TrimSpace(f.Accent)); f.Accent != "" {
		if _, err := PaletteOf(f.Accent); err != nil {
			flaws.add("couleur", "%s", belvedere.Message(err))
		}
	}
	f.ReminderDays = flaws.between("rappel", "Le rappel avant la fin d’une convention", "jours", f.ReminderDays, 1, 366)
	f.JournalMonths = flaws.between("journal", "La durée de conservation du journal", "mois", f.JournalMonths, leastJournalMonths, mostJournalMonths)
	if strings.TrimSpace(f.Benchmark) == "" {
		f.Benchmark = strconv.Itoa(leastBenchmark)
	}
	f.Benchmark = flaws.between("comparaison", "Le groupe minimal d’une comparaison", "autres établissements", f.Benchmark, leastBenchmark, mostBenchmark)
	f.ReceiptMonths = flaws.between("recus", "La durée de conservation des reçus", "mois", f.ReceiptMonths, leastReceiptMonths, mostReceiptMonths)
	f.Hidden = strings.Join(strings.Fields(f.Hidden), " ")
	if len(f.Hidden) > 1000 || !hiddenSections.MatchString(f.Hidden) {
		flaws.add("rubriques", "Les rubriques masquées se nomment par leur code : connexions moyens.")
	}
	values := map[string]string{
		registry.SettingHidden:        f.Hidden,
		registry.SettingReceiptMonths: f.ReceiptMonths,
		registry.SettingTerritoryName: f.Name, registry.SettingTerritoryCode: f.Code, registry.SettingContact: f.Contact, registry.SettingAccent: f.Accent,
		registry.SettingSeedPasswords: "", registry.SettingReminderDays: f.ReminderDays, registry.SettingJournalMonths: f.JournalMonths, registry.SettingBenchmark: f.Benchmark,
	}
	if f.SeedPasswords {
		values[registry.SettingSeedPasswords] = yes
	}
	return f, values, flaws.orNil()
}

// between reads a whole number within bounds.
func (f *Flaws) between(field, name, unit, s string, least, most int) string {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < least || n > most {
		f.add(field, "%s est un nombre de %s, de %d à %d.", name, unit, least, most)
		return s
	}
	return strconv.Itoa(n)
}

func (f TerritoryForm) words() facts {
	rules := "longueur et robustesse"
	if f.SeedPasswords {
		rules = "composition (8 caractères, chiffre, caractère spécial, lettre)"
	}
	return facts{
		{"nom", f.Name}, {"code", f.Code}, {"contact", f.Contact}, {"couleur", f.Accent}, {"règle des mots de passe", rules},
		{"rappel des conventions", f.ReminderDays + " jours"}, {"conservation du journal", f.JournalMonths + " mois"},
		{"groupe minimal d’une comparaison", f.Benchmark + " autres établissements"},
		{"conservation des reçus", f.ReceiptMonths + " mois"}, {"rubriques masquées du menu", f.Hidden},
	}
}

// A Dress is what the settings change in every page.
type Dress struct {
	Logo    string // fingerprint, "" for none
	Style   string // fingerprint of the style, "" for that of the program
	Contact string // address of the person to ask, "" for none

	Hidden []string // sections that the menu leaves out
}

// A Style is the colours of a territory as a style sheet, empty for those of the program.
type Style struct {
	Sum string
	CSS string

	accent string // it was made from
}

// Dress gives what every page shows.
func (t *Territory) Dress(ctx context.Context) (_ Dress, err error) {
	defer belvedere.Wrap(&err, "Dress")
	s, err := t.Settings.Settings(ctx)
	return Dress{Logo: s[registry.SettingLogo], Style: t.styleOf(s[registry.SettingAccent]).Sum, Contact: s[registry.SettingContact],
		Hidden: strings.Fields(s[registry.SettingHidden])}, err
}

// Style gives the style sheet of the territory.
func (t *Territory) Style(ctx context.Context) (_ Style, err error) {
	defer belvedere.Wrap(&err, "Style")
	s, err := t.Settings.Settings(ctx)
	return t.styleOf(s[registry.SettingAccent]), err
}

// styleOf makes the style of an accent, once. One that an older program let through, or that was
// set by hand, gives none.
func (t *Territory) styleOf(accent string) Style {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.style.accent == accent {
		return t.style
	}
	t.style = Style{accent: accent}
	if p, err := PaletteOf(accent); err == nil {
		t.style.CSS = p.CSS()
		sum := sha256.Sum256([]byte(t.style.CSS))
		t.style.Sum = hex.EncodeToString(sum[:8])
	}
	return t.style
}
