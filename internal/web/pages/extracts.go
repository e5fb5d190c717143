package pages

import (
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/extract"
	"belvedere/internal/registry"
	"belvedere/internal/school/pseudonym"
	"belvedere/internal/web/parts"

	"github.com/a-h/templ"
)

// An ExtractRow is an extract in a list.
type ExtractRow struct {
	registry.Extract
	Zone *time.Location
}

func (r ExtractRow) address(more string) string {
	a := "/extractions/" + strconv.FormatInt(r.ID, 10)
	if r.State == registry.ExtractDraft {
		return "/extractions/nouvelle?brouillon=" + strconv.FormatInt(r.ID, 10)
	}
	return a + more
}

func (r ExtractRow) title() string {
	if r.Label == "" {
		return "Extrait sans nom"
	}
	return parts.Capital(r.Label)
}

// under says whose it is and what it is for.
func (r ExtractRow) under() string {
	text := r.Purpose
	if r.Code != "" {
		text = r.Code + ", " + text
	}
	return strings.TrimSuffix(text, ", ")
}

var extractStates = map[registry.ExtractState]string{
	registry.ExtractDraft: "brouillon", registry.ExtractWaiting: "en attente", registry.ExtractRunning: "en préparation", registry.ExtractReady: "prêt",
	registry.ExtractDownloaded: "téléchargé", registry.ExtractSent: "déposé", registry.ExtractExpired: "expiré", registry.ExtractDeleted: "supprimé",
	registry.ExtractFailed: "en échec", registry.ExtractRefused: "refusé", registry.ExtractCancelled: "annulé",
}

func (r ExtractRow) state() string { return extractStates[r.State] }

func (r ExtractRow) stateClass() string {
	switch r.State {
	case registry.ExtractFailed, registry.ExtractRefused:
		return "state-word refused"
	case registry.ExtractReady, registry.ExtractDownloaded, registry.ExtractSent:
		return "state-word done"
	}
	return "state-word"
}

// Words say how far an extract is, for the page and for the script that follows it.
func (r ExtractRow) Words() string {
	switch r.State {
	case registry.ExtractRunning:
		text := "En préparation"
		if r.Total > 0 && r.Done > 0 {
			text += "\u00a0: " + count(r.Done) + " lignes sur " + count(r.Total)
		}
		if r.Cancel {
			text += ", arrêt demandé"
		}
		return text
	case registry.ExtractWaiting:
		return "En attente"
	}
	return parts.Capital(r.state())
}

// when is the moment that matters in the state.
func (r ExtractRow) when() string {
	at := r.Ended
	switch {
	case r.State == registry.ExtractDraft:
		at = r.Created
	case at.IsZero():
		at = r.Asked
	}
	return shortMoment(at.In(r.Zone))
}

func (r ExtractRow) size() string {
	if r.Rows == 0 && r.Bytes == 0 {
		return "–"
	}
	return count(r.Rows)
}

// due says what is left of the duty to destroy copies, "" when nothing is.
func (r ExtractRow) due(now time.Time) string {
	switch {
	case r.Due.IsZero() || r.State.HasFile() && r.Downloads == 0 || r.Downloads == 0 && r.Schedule == 0:
		return ""
	case !r.Destroyed.IsZero():
		return "copies détruites"
	case now.After(r.Due):
		return "copies à détruire\u00a0: le terme est passé"
	}
	return "copies à détruire avant le " + belvedere.ShortDate(r.Due.Add(-time.Hour).In(r.Zone))
}

// Extracts is the list of one's own extracts, or of all.
type Extracts struct {
	Frame    parts.Frame
	List     []ExtractRow
	Total    int
	Pages    []parts.Link
	Done     string
	May      bool // may ask for another
	Oversees bool
	Regular  bool // there are places where regular ones may be put
	Everyone bool
	Choice   extract.Choice
	Now      time.Time
}

// chosen tells whether something is left out.
func (p Extracts) chosen() bool { return p.Choice != extract.Choice{} }

// kept says, under the title of the list, what is left out.
func (p Extracts) kept() string {
	switch c := p.Choice; {
	case c.Login != "":
		return "Demandées par " + c.Login + "."
	case c.Overdue:
		return "Celles dont les copies devraient être détruites, sans que personne ait dit qu’elles le sont."
	case c.Flagged:
		return "Celles qui sont signalées."
	}
	return ""
}

// Extract is the page of one extract.
type Extract struct {
	Frame  parts.Frame
	Row    ExtractRow
	Own    bool
	Done   string
	Phrase string // shown this once
	Now    time.Time
	Places bool
	Spec   extract.Spec
	// Columns are those of the rows of persons, as the reader may extract them.
	Columns []pseudonym.Column
}

func (p Extract) facts() []Fact {
	r := p.Row
	list := []Fact{{"Code", r.Code}, {"Finalité", r.Purpose}, {"Base légale", extract.BasisLabel(r.Basis)}, {"Destinataires", r.Recipients},
		{"Durée de conservation des copies", extract.DurationLabel(r.Days)}, {"Format", formatWords(r.Extract)}}
	if !p.Own {
		list = append([]Fact{{"Demandé par", r.Login}}, list...)
	}
	if r.School != "" {
		list = append(list, Fact{"Établissement", string(r.School)})
	}
	if r.Kind == extract.Persons {
		names := "aucune\u00a0: pseudonymes propres à cet extrait"
		if r.Identities {
			names = "oui, par l’habilitation " + strconv.FormatInt(r.Grant, 10)
		}
		list = append(list, Fact{"Colonnes nominatives", names}, Fact{"Colonnes", strings.Join(p.columnLabels(), ", ")})
		if text := extract.FilterWords(p.Spec.Order.Where, p.Columns); text != "" {
			list = append(list, Fact{"Filtres", text})
		}
	}
	list = append(list, Fact{"Demandé le", longMoment(r.Asked, r.Zone)})
	if r.Rows > 0 {
		list = append(list, Fact{"Lignes", count(r.Rows)}, Fact{"Taille", sizeWords(r.Bytes)})
	}
	if r.Receipt != "" {
		list = append(list, Fact{"Reçu", r.Receipt})
	}
	if risk, ok := extract.RiskOf(r.Extract); ok && !risk.Named {
		list = append(list, Fact{"Risque de réidentification", parts.Capital(extract.RiskWords(risk))})
	}
	if r.State.HasFile() {
		list = append(list, Fact{"Sur le serveur jusqu’au", longMoment(r.Expires, r.Zone)})
	}
	if r.Downloads > 0 {
		list = append(list, Fact{"Téléchargé", belvedere.Plural(r.Downloads, "fois", "fois") + ", la dernière le " + longMoment(r.Downloaded, r.Zone)})
	}
	if text := r.due(p.Now); text != "" {
		list = append(list, Fact{"Copies", parts.Capital(text)})
	}
	if r.Flagged != "" {
		list = append(list, Fact{"Signalé à la personne déléguée à la protection des données", r.Flagged})
	}
	return list
}

// columnLabels name the columns that were asked for.
func (p Extract) columnLabels() (list []string) {
	for _, name := range p.Spec.Order.Columns {
		for _, c := range p.Columns {
			if c.Name == name {
				name = c.Label
			}
		}
		list = append(list, name)
	}
	return list
}

func longMoment(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "–"
	}
	t = t.In(zone)
	return belvedere.DayMonthYear(t) + " à " + strconv.Itoa(t.Hour()) + belvedere.NarrowSpace + "h" + belvedere.NarrowSpace + t.Format("04")
}

func formatWords(e registry.Extract) string {
	text := extract.FormatLabels[extract.Format(e.Format)]
	if e.Encrypted {
		text += ", archive chiffrée"
	}
	return text
}

// sizeWords are bytes as people read them.
func sizeWords(n int64) string {
	switch {
	case n < 1000:
		return belvedere.Plural(int(n), "octet", "octets")
	case n < 1_000_000:
		return belvedere.FormatNumber(float64(n)/1000, 0) + belvedere.NarrowSpace + "ko"
	case n < 1_000_000_000:
		return belvedere.FormatNumber(float64(n)/1e6, 1) + belvedere.NarrowSpace + "Mo"
	}
	return belvedere.FormatNumber(float64(n)/1e9, 1) + belvedere.NarrowSpace + "Go"
}

// A WizardStep is one step as its summary or as the one under way.
type WizardStep struct {
	Number  int
	Title   string
	Summary []string
	Edit    string // address where it is changed, "" while it cannot be yet
	Current bool
}

// A Box is a choice to tick, with how it leaves.
type Box struct {
	Value, Label, Note string
	Checked            bool
	Ways               []parts.Option // of which one is chosen; one or none shows nothing
	Way                string
}

// A BoxGroup is choices under one heading.
type BoxGroup struct {
	Label string
	Boxes []Box
}

// A FilterRow is a column with its filter.
type FilterRow struct {
	Name, Label string
	Codes       []Box  // of a closed list
	Range       bool   // takes a least and a most
	Text        string // codes, as typed
	Not         bool   // all but these values
	Least, Most string
	Type        string // of the ends of a range, for the browser
	Hint        string
	Error       string
	Dim         bool // of totals
}

// filterWays are what the values of a filter do.
var filterWays = []parts.Option{{Value: "", Label: "Garder ces valeurs"}, {Value: "sauf", Label: "Toutes sauf ces valeurs"}}

func (f FilterRow) way() string {
	if f.Not {
		return "sauf"
	}
	return ""
}

// typed says how values are typed.
func (f FilterRow) typed() string {
	if f.Hint != "" {
		return f.Hint
	}
	return "Les codes, séparés par des virgules."
}

// Set tells whether the filter keeps or drops anything, or is faulty.
func (f FilterRow) Set() bool {
	if f.Error != "" || f.Text != "" || f.Least != "" || f.Most != "" {
		return true
	}
	for _, b := range f.Codes {
		if b.Checked {
			return true
		}
	}
	return false
}

// ExtractWizard is the page of one step.
type ExtractWizard struct {
	Frame  parts.Frame
	ID     int64 // of the draft, 0 before it is one
	Step   int
	Steps  []WizardStep
	Errors parts.FieldErrors
	Spec   extract.Spec
	State  string // of the explorer, given by the address

	Subjects []parts.Option // totals, then kinds by school
	Subject  string
	Names    bool // identities may be asked for
	Loses    bool // another subject loses columns and filters

	Groups  []BoxGroup // columns, or indicators
	Dims    []Box
	Years   []parts.Option
	Year    string
	Filters []FilterRow
	Words   string // what the explorer asks, in words

	Size      *extract.Estimate
	Durations []parts.Option
	Bases     []parts.Option
	Formats   []parts.Option
}

func (p ExtractWizard) totals() bool { return p.Spec.Kind == extract.Totals }

func (p ExtractWizard) risk() *pseudonym.Risk {
	if p.Size == nil || p.Size.Risk == nil || p.Size.Risk.Named {
		return nil
	}
	return p.Size.Risk
}

// riskTitle says the risk in one word.
func riskTitle(r pseudonym.Risk) string {
	if grade := extract.RiskGrade(r); grade != "" {
		return "Risque de réidentification\u00a0: " + grade
	}
	return "Risque de réidentification"
}

func graveWords(r pseudonym.Risk) string {
	text := "Qui connaît une personne et ces valeurs la retrouve sous son pseudonyme, et lit le reste de sa ligne."
	if len(r.Mend) > 0 {
		text += " Pour en cacher davantage, un geste suffit\u00a0:"
	}
	return text
}

// grave tells whether the risk deserves to be said loudly.
func grave(r *pseudonym.Risk) bool { return r != nil && !r.Partial && r.Unique > 0 }

func stepAddress(id int64, step int) string {
	return "/extractions/nouvelle?brouillon=" + strconv.FormatInt(id, 10) + "&etape=" + strconv.Itoa(step)
}

// ExtractLimits is the page of the settings.
type ExtractLimits struct {
	Frame  parts.Frame
	Form   extract.LimitsForm
	Errors parts.FieldErrors
	Done   string
}

// ExtractTrace is the page that tells where a copy comes from.
type ExtractTrace struct {
	Frame  parts.Frame
	Asked  bool
	Found  []extract.Trace
	Errors parts.FieldErrors
	Zone   *time.Location
}

func traceWords(t extract.Trace) string {
	switch {
	case t.Same:
		return "le fichier remis, à l’octet près"
	case t.Marks >= 2:
		return belvedere.Plural(t.Marks, "marque", "marques") + " de cet extrait parmi " + belvedere.Plural(t.Of, "pseudonyme", "pseudonymes")
	case t.Sure():
		return "le code de l’extrait"
	}
	return "le code de l’extrait, mais des pseudonymes d’un autre"
}

// A ScheduleRow is a regular extract in a list.
type ScheduleRow struct {
	registry.ExtractSchedule
	Rhythm, Place string
	Own           bool
}

// ExtractSchedules is the page of regular extracts.
type ExtractSchedules struct {
	Frame  parts.Frame
	List   []ScheduleRow
	Log    []registry.WatchRun
	Total  int
	Pages  []parts.Link
	Done   string
	Phrase string // shown this once
	Zone   *time.Location
}

func runWords(r registry.WatchRun) string {
	switch {
	case !r.Ended.IsZero():
		return r.Result
	case r.Detail != "":
		return "à déposer de nouveau"
	}
	return "en préparation"
}

// ExtractSchedule is the form of a regular extract.
type ExtractSchedule struct {
	Frame   parts.Frame
	From    ExtractRow
	Form    extract.ScheduleForm
	Errors  parts.FieldErrors
	Rhythms []parts.Option
	Places  []parts.Option
}

func (g BoxGroup) anyChecked() bool {
	for _, b := range g.Boxes {
		if b.Checked {
			return true
		}
	}
	return false
}

// wizardColumnsID is what a fault of the columns leads to.
func wizardColumnsID(p ExtractWizard) string {
	if p.totals() {
		return "champ-indicateurs"
	}
	return "champ-colonnes"
}

func currentStep(s WizardStep) templ.Attributes {
	if s.Current {
		return templ.Attributes{"aria-current": "step"}
	}
	return nil
}

func numberWord(n int, one, many string) string {
	if n < 2 {
		return one
	}
	return many
}

// sizeLine says how large an extract would be.
func sizeLine(s extract.Estimate) string {
	text := count(s.Rows) + " " + numberWord(int(s.Rows), "ligne", "lignes")
	if s.People > 0 {
		text += ", " + count(s.People) + " " + numberWord(int(s.People), "personne", "personnes")
	}
	return text + ", environ " + sizeWords(s.Bytes)
}
