package rule

import (
	"slices"
	"strings"

	"belvedere/internal/school/vault"
)

// A maquette is that of Apogée, with the extraction of results when there is one.
type maquette struct {
	titles   map[string]titled
	lists    []string            // of codes, in their order
	codes    map[string][]string // list → codes
	columns  []*markColumn
	byID     map[string]*markColumn
	scales   map[object]*markColumn // the column of the scale of an object
	students map[string]bool        // NIP
	marks    []mark
	cells    map[[2]string]string // NIP and column → what a scale says
	results  []result
}

// A titled is a line of titles.
type titled struct {
	place
	value string
}

// An object is what a mark is about: an étape, an element, in a session.
type object struct{ sort, code, version, year, session, admission string }

// A markColumn is a column of a maquette.
type markColumn struct {
	place
	object
	id   string
	says string // N a mark, B its scale, J points of the jury, R a result, M a mention
}

// A mark is what a column says of a student.
type mark struct {
	place
	nip, column, value string
}

// A result is a row of the extraction.
type result struct {
	place
	student, nip, year, element, mark, scale, instead, code, session string
}

// readMaquette reads what the files of Apogée say.
func (f *facts) readMaquette() error {
	m := &f.maquette
	m.titles, m.codes, m.byID, m.scales = map[string]titled{}, map[string][]string{}, map[string]*markColumn{}, map[object]*markColumn{}
	m.students, m.cells = map[string]bool{}, map[[2]string]string{}
	for _, step := range []struct {
		kind   string
		fields []string
		take   func(r vault.SourceRow)
	}{
		{"apogee_titre", []string{"cle", "valeur"}, func(r vault.SourceRow) { m.titles[r.Text(0)] = titled{at(r), r.Text(1)} }},
		{"apogee_code_resultat", []string{"liste", "code"}, func(r vault.SourceRow) {
			if list := r.Text(0); !slices.Contains(m.lists, list) {
				m.lists = append(m.lists, list)
			}
			m.codes[r.Text(0)] = append(m.codes[r.Text(0)], r.Text(1))
		}},
		{"apogee_colonne", []string{"id", "type_objet", "code", "version", "annee", "session", "admission", "type_resultat"}, m.column},
		{"apogee_etudiant", []string{"nip"}, func(r vault.SourceRow) { m.students[r.Text(0)] = true }},
		{"apogee_valeur", []string{"nip", "colonne", "valeur"}, m.mark},
		{"apogee_resultat", []string{"cod_ind", "cod_etu", "cod_anu", "cod_elp", "not_elp", "bar_not_elp", "not_sub_elp", "cod_tre", "cod_ses", "cod_adm"}, func(r vault.SourceRow) {
			x := result{at(r), r.Text(1), r.Text(1), r.Text(2), r.Text(3), r.Text(4), r.Text(5), r.Text(6), r.Text(7), r.Text(8) + "." + r.Text(9)}
			if x.student == "" {
				x.student = r.Text(0)
			}
			m.results = append(m.results, x)
		}},
	} {
		if err := f.rows(step.kind, step.fields, step.take); err != nil {
			return err
		}
	}
	return nil
}

func (m *maquette) column(r vault.SourceRow) {
	c := &markColumn{at(r), object{r.Text(1), r.Text(2), r.Text(3), r.Text(4), r.Text(5), r.Text(6)}, r.Text(0), strings.ToUpper(r.Text(7))}
	m.columns = append(m.columns, c)
	m.byID[c.id] = c
	if c.says == "B" {
		m.scales[c.object] = c
	}
}

func (m *maquette) mark(r vault.SourceRow) {
	x := mark{at(r), r.Text(0), r.Text(1), r.Text(2)}
	m.marks = append(m.marks, x)
	if c := m.byID[x.column]; c != nil && c.says == "B" {
		m.cells[[2]string{x.nip, x.column}] = x.value
	}
}

// scale is what a mark of a student is out of, as written; "" when nothing says it.
func (m *maquette) scale(nip string, c *markColumn) string {
	if b := m.scales[c.object]; b != nil {
		return m.cells[[2]string{nip, b.id}]
	}
	return ""
}

// instead tells whether a code may stand for a mark: the last list has those. Known is false
// when the files have no lists.
func (m *maquette) instead(code string) (ok, known bool) {
	if len(m.lists) == 0 {
		return false, false
	}
	return slices.Contains(m.codes[m.lists[len(m.lists)-1]], code), true
}

// resulting tells whether a code may be a result: the lists before the last one have those. A file
// with one list says nothing of them.
func (m *maquette) resulting(code string) (ok, known bool) {
	if len(m.lists) < 2 {
		return false, false
	}
	for _, list := range m.lists[:len(m.lists)-1] {
		if slices.Contains(m.codes[list], code) {
			return true, true
		}
	}
	return false, true
}
