package apogee

import (
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/source/record"
	"belvedere/internal/source/sheet"
)

// The rules of the faults of a maquette.
const (
	ruleSection = "section_inconnue"
	ruleYear    = "annee"
	ruleTwice   = "double"
	ruleCodes   = "liste_de_codes"
	ruleLabel   = "libelle_sans_code"
	ruleColumn  = "colonne_illisible"
	ruleMerged  = "nom_et_prenom_fondus"
	ruleShort   = "ligne_courte"
	ruleLong    = "ligne_longue"
	ruleNobody  = "sans_nip"
)

// A maquette is the reading of one.
type maquette struct {
	*lines
	v      record.Visitor
	titles []record.Record // until the head can be given
	headed bool
	codes  codeLists
	ids    map[string]bool // of columns and titles seen
	header *header         // of the section of values, nil before its first line
	known  map[string]bool // students seen
}

// What a maquette may hold, so that memory stays bounded: students of whom a second row is
// noticed, columns, lines of titles, lists of codes.
const (
	mostKnown   = 1 << 20
	mostColumns = 10_000
	mostTitles  = 1_000
	mostLists   = 64
)

func readMaquette(in io.Reader, v record.Visitor) error {
	m := &maquette{lines: newLines(in), v: v, ids: map[string]bool{}, known: map[string]bool{}}
	seen := map[string]bool{}
	var take func() error
	for {
		more, err := m.next()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if m.blank() {
			continue
		}
		name := section(m.cell(0))
		if name == "" && take == nil {
			return belvedere.Errorf(belvedere.Invalid, "Le fichier n’est pas une maquette d’Apogée"+belvedere.NoBreak+": sa ligne %d n’ouvre aucune section XX-APO_…-XX.", m.number)
		}
		if name == "" {
			err = take()
		} else {
			seen[name] = true
			take, err = m.open(name)
		}
		if err != nil {
			return err
		}
	}
	for _, name := range []string{"COLONNES", "VALEURS"} {
		if !seen[name] {
			return belvedere.Errorf(belvedere.Invalid, "La maquette n’a pas de section XX-APO_%s-XX"+belvedere.NoBreak+": elle est tronquée. Exportez-la de nouveau depuis Apogée.", name)
		}
	}
	return m.close()
}

// open ends the section before and says what takes the lines of the one of a name.
func (m *maquette) open(name string) (func() error, error) {
	if name == "TITRES" {
		return m.title, nil
	}
	if err := m.close(); err != nil {
		return nil, err
	}
	switch name {
	case "TYP_RES":
		return m.codeLine, nil
	case "COLONNES":
		return m.column, nil
	case "VALEURS":
		m.header = nil
		return m.student, nil
	}
	return func() error { return nil }, m.fault(belvedere.SeverityWarning, "", name, ruleSection,
		"La section "+name+" n’est d’aucune maquette connue"+belvedere.NoBreak+": elle n’est pas lue.", "Vérifiez que le fichier vient d’Apogée.")
}

// close gives what a section held back: the head, and the codes of results.
func (m *maquette) close() error {
	if err := m.head(); err != nil {
		return err
	}
	return m.giveCodes()
}

// title takes a line of titles.
func (m *maquette) title() error {
	key, value := m.cell(0), m.cell(1)
	if m.ids[key] {
		return m.fault(belvedere.SeverityWarning, key, value, ruleTwice, "Le titre "+key+" est donné deux fois"+belvedere.NoBreak+": la seconde valeur n’est pas lue.", mendFile)
	}
	m.ids[key] = true
	if key == "apoC_Fichier_Exp" { // its folder may name a person
		value = value[strings.LastIndexAny(value, `\/`)+1:]
	}
	r := record.Record{Kind: Title, Line: m.number, Values: []record.Value{said(key), {Text: value, Present: len(m.fields) > 1}}}
	if m.headed {
		return m.v.Record(r)
	}
	if m.titles = append(m.titles, r); len(m.titles) > mostTitles {
		return m.tooMany()
	}
	return nil
}

// exported finds when a maquette was made: « Export Apogée du 28/09/2026 à 09:22 ».
var exported = regexp.MustCompile(`\b(\d{2}/\d{2}/\d{4})(?:\D{1,5}(\d{2}:\d{2}))?`)

// head gives the head, then the titles that it was made of.
func (m *maquette) head() error {
	if m.headed {
		return nil
	}
	m.headed = true
	h := record.Head{Format: "apogee_maquette", Source: source}
	var doubt *belvedere.Fault
	for _, r := range m.titles {
		text := r.Values[1].Text
		switch r.Values[0].Text {
		case "apoC_annee":
			if h.Year = firstYear(text); h.Year == 0 {
				f := sheet.Doubt(r.Line, "apoC_annee", text, ruleYear, "L’année de la maquette n’est pas de la forme 2026/2027.", mendFile)
				doubt = &f
			}
		case "apoC_Titre1":
			h.Exported = moment(text)
		}
	}
	if err := m.v.Head(h); err != nil {
		return err
	}
	if doubt != nil {
		if err := m.v.Fault(*doubt); err != nil {
			return err
		}
	}
	for _, r := range m.titles {
		if err := m.v.Record(r); err != nil {
			return err
		}
	}
	m.titles = nil
	return nil
}

// firstYear reads "2026/2027", 0 when it is none.
func firstYear(s string) int {
	a, b, two := strings.Cut(s, "/")
	first, err := strconv.Atoi(a)
	if err != nil || len(a) != 4 || first < 1900 {
		return 0
	}
	if last, err := strconv.Atoi(b); two && (err != nil || last != first+1) {
		return 0
	}
	return first
}

// moment reads the date in a title, in the hour of mainland France.
func moment(s string) time.Time {
	found := exported.FindStringSubmatch(s)
	if found == nil {
		return time.Time{}
	}
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		zone = time.UTC
	}
	hour := found[2]
	if hour == "" {
		hour = "00:00"
	}
	t, err := time.ParseInLocation("02/01/2006 15:04", found[1]+" "+hour, zone)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// column takes a line of the section of columns. Its first lines name the columns of identity and
// the fields; the last one is a mark.
func (m *maquette) column() error {
	id := m.cell(0)
	if strings.HasPrefix(id, "APO_COL_VAL_") || identity(id) >= 0 || strings.HasPrefix(m.cell(1), "APO_COL_VAL_") {
		return nil
	}
	if len(m.fields) < 8 {
		return m.fault(belvedere.SeverityError, "id", id, ruleColumn, "La ligne de la colonne "+id+" n’a pas ses huit champs"+belvedere.NoBreak+": elle n’est pas lue.", mendFile)
	}
	if m.ids["#"+id] {
		return m.fault(belvedere.SeverityError, "id", id, ruleTwice, "La colonne "+id+" est décrite deux fois"+belvedere.NoBreak+": la seconde description n’est pas lue.", mendFile)
	}
	if m.ids["#"+id] = true; len(m.ids) > mostColumns {
		return m.tooMany()
	}
	values := make([]record.Value, len(Column.Fields))
	for i, at := range []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 11} {
		values[i] = record.Value{Text: m.cell(at), Present: at < len(m.fields)}
	}
	return m.v.Record(record.Record{Kind: Column, Values: values, Line: m.number})
}

// identity is the place of a column among those of who a student is, -1 for one of values.
func identity(id string) int {
	return slices.IndexFunc([]string{"code", "nom", "prenom", "naissance"}, func(s string) bool {
		return strings.HasPrefix(id, "apoL_a0") && strings.HasSuffix(id, "_"+s)
	})
}

const mendFile = "Exportez de nouveau la maquette depuis Apogée, sans la reprendre dans un tableur."

func (m *maquette) fault(severity belvedere.Severity, field, value, rule, message, mend string) error {
	f := sheet.Doubt(m.number, field, value, rule, message, mend)
	f.Severity = severity
	return m.v.Fault(f)
}

func (m *maquette) tooMany() error {
	return belvedere.Errorf(belvedere.Invalid, "La ligne %d dépasse ce qu’une maquette d’Apogée peut avoir de titres, de codes ou de colonnes. Vérifiez que le fichier vient d’Apogée.", m.number)
}

func said(s string) record.Value { return record.Value{Text: s, Present: true} }
