package dossier

import (
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/source/apogee"
	"belvedere/internal/source/record"
)

// maquettes reads maquettes of Apogée as results: a row for each student, object and session.
func (s *Service) maquettes(files []File) Batch {
	b := Batch{Files: files, Mapping: "apogee_maquette"}
	b.Fill = func(into Sink) error {
		k, err := s.kind("resultats")
		if err != nil {
			return err
		}
		for _, file := range files {
			v := &maquette{into: into, file: file.Name, fill: newFiller(k), titles: map[string]string{}, labels: map[string]string{}, byID: map[string]int{}, kinds: map[string]string{}, instead: map[string]bool{}}
			if err := apogee.Formats()[0].Read(file.text(), v); err != nil {
				return err
			}
			if err := v.flush(); err != nil {
				return err
			}
		}
		return nil
	}
	return b
}

// A maquette turns the rows of a file into results. It implements record.Visitor.
type maquette struct {
	into    Sink
	file    string
	fill    *filler
	year    int
	titles  map[string]string
	labels  map[string]string // code of a result → label, of all lists
	last    string            // number of the last list
	instead map[string]bool   // codes of the last list, which stand in the place of a mark
	objects []object
	byID    map[string]int    // column → object
	kinds   map[string]string // column → type: N, B, J, R, M
	student []string          // nip, last name, first name, birth; nil before the first
	line    int64
	marks   [][5]string // by object: mark, scale, points of jury, result, honours
}

// An object is what is assessed: a step, an element, an examination, in a session.
type object struct{ sort, code, version, session, label string }

// columnTypes are the columns of an object, by their type in the file.
var columnTypes = map[string]int{"N": 0, "B": 1, "J": 2, "R": 3, "M": 4}

// Head implements record.Visitor.
func (m *maquette) Head(h record.Head) error {
	m.year = h.Year
	if h.Year == 0 {
		return belvedere.Errorf(belvedere.Invalid, "%s ne dit pas de quelle année universitaire elle est.", m.file)
	}
	return nil
}

// Fault implements record.Visitor.
func (m *maquette) Fault(f belvedere.Fault) error {
	f.File, f.Value = m.file, ""
	return m.into.Fault(f)
}

// Record implements record.Visitor.
func (m *maquette) Record(r record.Record) error {
	text := func(field string) string { return r.Get(field).Text }
	switch r.Kind {
	case apogee.Title:
		m.titles[text("cle")] = text("valeur")
	case apogee.Code:
		if list := text("liste"); list != m.last {
			m.last = list
			clear(m.instead)
		}
		m.instead[text("code")] = true
		if m.labels[text("code")] == "" {
			m.labels[text("code")] = text("libelle")
		}
	case apogee.Column:
		m.column(object{text("type_objet"), text("code"), text("version"), text("session"), text("libelle")}, text("id"), text("type_resultat"))
	case apogee.Student:
		if err := m.flush(); err != nil {
			return err
		}
		m.student, m.line = []string{text("nip"), text("nom"), text("prenom"), text("naissance")}, r.Line
		m.marks = make([][5]string, len(m.objects))
	case apogee.Mark:
		id := text("colonne")
		if i, ok := m.byID[id]; ok {
			if at, known := columnTypes[m.kinds[id]]; known {
				m.marks[i][at] = text("valeur")
			}
		}
	}
	return nil
}

// column joins the columns of one object.
func (m *maquette) column(o object, id, sort string) {
	m.kinds[id] = sort
	for i, had := range m.objects {
		if had.sort == o.sort && had.code == o.code && had.version == o.version && had.session == o.session {
			if m.byID[id] = i; had.label == "" {
				m.objects[i].label = o.label
			}
			return
		}
	}
	m.byID[id] = len(m.objects)
	m.objects = append(m.objects, o)
}

// step is the étape of the file: that of its own columns, when it has some.
func (m *maquette) step() (code, version, label string) {
	for _, o := range m.objects {
		if o.sort == "VET" {
			return o.code, o.version, strings.TrimPrefix(o.label, o.code+" - ")
		}
	}
	return "", "", ""
}

// flush gives the results of the student at hand.
func (m *maquette) flush() error {
	if m.student == nil {
		return nil
	}
	step, version, title := m.step()
	for i, o := range m.objects {
		mark := m.marks[i]
		if mark == [5]string{} || mark[0] == "" && mark[3] == "" {
			continue // not filled yet
		}
		f := m.fill
		f.clear()
		for column, text := range map[string]string{
			"annee": strconv.Itoa(m.year), "nip": m.student[0], "nom": m.student[1], "prenom": m.student[2], "naissance": m.student[3],
			"diplome": m.titles["apoC_cod_dip"], "formation": m.titles["apoC_lib_dip"], "etape": step, "version_etape": version, "libelle_etape": title,
			"session": o.session, "objet": o.sort, "code_objet": o.code, "libelle": strings.TrimPrefix(o.label, o.code+" - "),
			"note": mark[0], "bareme": mark[1], "points_jury": mark[2], "code": mark[3], "mention": mark[4],
		} {
			f.set(column, text)
		}
		if o.sort == "VET" {
			f.set("code_objet", "")
		}
		if m.instead[mark[0]] || mark[0] != "" && strings.Trim(mark[0], "0123456789,. ") != "" { // ABI, ABJ… stand in the place of a mark
			f.set("note", "")
			if mark[3] == "" {
				f.set("code", mark[0])
				mark[3] = mark[0]
			}
		}
		if mark[3] != "" {
			f.set("issue", apogee.Outcome(m.labels[mark[3]]))
		}
		if err := m.into.Row(f.k, Place{File: m.file, Line: m.line}, f.cells); err != nil {
			return err
		}
	}
	m.student = nil
	return nil
}
