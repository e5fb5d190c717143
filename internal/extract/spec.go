package extract

import (
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/export"
	"belvedere/internal/registry"
	"belvedere/internal/school/pseudonym"
	"belvedere/internal/territory/report"
)

// A Spec is all that someone says of an extract.
type Spec struct {
	Kind       string          `json:"genre"`
	State      string          `json:"etat,omitempty"`  // of totals: a state of the explorer, as its address writes it
	Order      pseudonym.Order `json:"ordre,omitzero"`  // of rows of persons
	Label      string          `json:"nom,omitempty"`   // what it holds, in words; made when it is empty
	Purpose    string          `json:"finalite"`        //
	Basis      string          `json:"base"`            // code of a Basis
	Recipients string          `json:"destinataires"`   //
	Days       int             `json:"jours"`           // during which copies may be kept
	Format     string          `json:"format"`          //
	Encrypted  bool            `json:"chiffre"`         //
	Phrase     string          `json:"phrase,omitzero"` // sealed; of the archives of a regular extract
	Rights     string          `json:"droits,omitzero"` // fingerprint of the rights that the file was made with
}

// A Basis is a legal basis of article 6 of the GDPR, or its use for statistics.
type Basis struct{ Code, Label string }

// Bases are those that an extract may rest on.
var Bases = []Basis{
	{"mission", "Mission d’intérêt public (article 6.1.e)"}, {"obligation", "Obligation légale (article 6.1.c)"}, {"statistique", "Statistique ou recherche (articles 6.1.e et 89)"},
	{"contrat", "Exécution d’un contrat (article 6.1.b)"}, {"consentement", "Consentement des personnes (article 6.1.a)"}, {"interet", "Intérêt légitime (article 6.1.f)"},
}

// BasisLabel is a legal basis in words.
func BasisLabel(code string) string {
	for _, b := range Bases {
		if b.Code == code {
			return b.Label
		}
	}
	return code
}

// A Duration is how long copies may be kept.
type Duration struct {
	Days  int
	Label string
}

// Durations are those that an extract may declare.
var Durations = []Duration{{7, "une semaine"}, {30, "un mois"}, {90, "trois mois"}, {180, "six mois"}, {365, "un an"}, {1095, "trois ans"}}

// DurationLabel is a duration in words.
func DurationLabel(days int) string {
	for _, d := range Durations {
		if d.Days == days {
			return d.Label
		}
	}
	return belvedere.Plural(days, "jour", "jours")
}

// FormatLabels name the formats as menus do.
var FormatLabels = map[export.Format]string{
	export.FormatCSV: "CSV (brut, pour un programme)", export.FormatTableur: "CSV pour tableur français", export.FormatXLSX: "Classeur XLSX (Excel)", export.FormatODS: "Classeur ODS (LibreOffice)",
	export.FormatParquet: "Parquet", export.FormatJSON: "JSON", export.FormatNDJSON: "NDJSON (un objet par ligne)",
}

// The steps of the wizard, in their order; the flaws of Check name their fields.
const (
	StepSubject = iota + 1
	StepColumns
	StepFilters
	StepPurpose
	StepFile
	StepConfirm
)

const (
	mostWords = 1000 // characters of a purpose or of recipients
	leastWord = 10   // characters of a purpose
)

// Check says what is wrong with the steps of a spec up to one, for someone: a Flaws for what is to be corrected,
// Forbidden when rights lack. It reads no row.
func (s *Service) Check(v belvedere.Viewer, x Spec, until int) (err error) {
	var flaws admin.Flaws
	add := func(field, text string) { flaws = append(flaws, admin.Flaw{Field: field, Message: text}) }
	if err := s.may(v, x); err != nil {
		return err
	}
	switch x.Kind {
	case Totals:
		e, err := x.explore()
		if err != nil {
			add("etat", belvedere.Message(err))
		} else if until >= StepColumns && len(e.Columns) == 0 {
			add("indicateurs", "Choisissez au moins un indicateur.")
		}
	case Persons:
		if until >= StepColumns || len(x.Order.Columns) > 0 {
			if err := s.People.Check(v, x.Order); err != nil {
				if belvedere.KindOf(err) != belvedere.Invalid {
					return err
				}
				add(faultField(err), belvedere.Message(err))
			}
		}
	default:
		add("sujet", "Choisissez ce que l’extrait contient.")
	}
	if until >= StepPurpose {
		x.checkPurpose(add)
	}
	if until >= StepFile {
		if _, _, _, ok := export.SheetFormat(export.Format(x.Format)); !ok {
			add("format", "Choisissez un format de la liste.")
		}
	}
	if len(flaws) > 0 {
		return flaws
	}
	return nil
}

// FilterField is the field of the filter on a column.
func FilterField(column string) string { return "f." + column }

// faultField is the field that a fault of an order is about.
func faultField(err error) string {
	var f *pseudonym.FilterFault
	if errors.As(err, &f) {
		return FilterField(f.Column)
	}
	return "colonnes"
}

// StepOf is the step where a field stands.
func StepOf(field string) int {
	switch field {
	case "sujet":
		return StepSubject
	case "colonnes", "indicateurs", "etat":
		return StepColumns
	case "finalite", "base", "destinataires", "duree":
		return StepPurpose
	case "format", "nom":
		return StepFile
	case "engagement":
		return StepConfirm
	}
	return StepFilters
}

func (x Spec) checkPurpose(add func(field, text string)) {
	if n := len([]rune(strings.TrimSpace(x.Purpose))); n < leastWord {
		add("finalite", "Dites en une phrase à quoi servent ces lignes\u00a0: «\u00a0Enquête sur l’insertion des diplômés de 2024\u00a0».")
	}
	if !slices.ContainsFunc(Bases, func(b Basis) bool { return b.Code == x.Basis }) {
		add("base", "Choisissez la base légale.")
	}
	if len([]rune(strings.TrimSpace(x.Recipients))) < 2 {
		add("destinataires", "Nommez qui lira ces lignes\u00a0: un service, une personne, un organisme.")
	}
	if !slices.ContainsFunc(Durations, func(d Duration) bool { return d.Days == x.Days }) {
		add("duree", "Choisissez combien de temps les copies sont gardées.")
	}
	for field, text := range map[string]string{"finalite": x.Purpose, "destinataires": x.Recipients, "nom": x.Label} {
		if len([]rune(text)) > mostWords || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) }) {
			add(field, "Mille caractères au plus, sur une ligne.")
		}
	}
}

// may tells whether someone may have such an extract at all.
func (s *Service) may(v belvedere.Viewer, x Spec) error {
	if !v.May(belvedere.Extractor) || v.ID == 0 {
		return belvedere.Errorf(belvedere.Forbidden, "Extraire des données demande une habilitation d’extraction, donnée à un compte.")
	}
	if x.Kind != Persons {
		return nil
	}
	if s.People == nil {
		return belvedere.Errorf(belvedere.Forbidden, "Ce serveur ne tient pas de lignes de personnes.")
	}
	_, err := pseudonym.May(v, x.Order.School, x.Order.Level())
	return err
}

// explore is the state of totals: all lines, no subtotals, the numbers as they are.
func (x Spec) explore() (report.Explore, error) {
	v, err := url.ParseQuery(x.State)
	if err != nil {
		return report.Explore{}, belvedere.Errorf(belvedere.Invalid, "La question de l’explorateur est mal écrite.")
	}
	e, err := report.ParseExplore(v)
	if err != nil {
		return e, err
	}
	return e.With(func(e *report.Explore) {
		e.Shape, e.Subtotals, e.Share, e.Page, e.Compare, e.All = report.AsTable, false, false, 1, "", true
	}), nil
}

// schools are those that the state of totals filters on.
func (x Spec) schools() (list []string) {
	e, err := x.explore()
	if err != nil {
		return nil
	}
	for _, f := range e.Where {
		if f.Dim == "etablissement" && !f.Not {
			list = append(list, f.Values...)
		}
	}
	return list
}

// into writes a spec in the fields of an extract.
func (x Spec) into(e *registry.Extract) {
	e.Kind, e.Subject, e.School, e.Identities = x.Kind, "", "", false
	if x.Kind == Persons {
		e.Subject, e.School, e.Identities = x.Order.Kind, x.Order.School, x.Order.Names
	}
	e.Purpose, e.Basis, e.Recipients, e.Days = strings.TrimSpace(x.Purpose), x.Basis, strings.TrimSpace(x.Recipients), x.Days
	e.Format, e.Encrypted, e.Label = x.Format, x.Encrypted, x.Label
	e.Spec = x.text()
}

func (x Spec) text() string {
	b, err := json.Marshal(x)
	if err != nil {
		panic(err) // texts, numbers and lists always have a JSON form
	}
	return string(b)
}

// parseSpec reads what text wrote; what it cannot read asks for nothing.
func parseSpec(text string) (x Spec) {
	if json.Unmarshal([]byte(text), &x) != nil {
		return Spec{}
	}
	return x
}

func specOf(e registry.Extract) Spec { return parseSpec(e.Spec) }

// SpecOf is what was asked of an extract.
func SpecOf(e registry.Extract) Spec { return specOf(e) }

// A Format is a kind of file.
type Format = export.Format

// Formats are those of extracts, in the order of menus.
func Formats() []Format { return export.SheetFormats }
