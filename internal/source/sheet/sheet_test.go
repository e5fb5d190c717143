package sheet_test

import (
	"errors"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/source/record"
	"belvedere/internal/source/sheet"
)

var kind = &record.Kind{Name: "essai", Fields: []string{"rang", "nom", "age", "ville"}}

var layout = &sheet.Layout{Kind: kind, Columns: []sheet.Column{
	{Field: "nom", Headers: []string{"Nom de famille", "Nom"}, Needed: true},
	{Field: "age", Headers: []string{"Âge"}, Needed: true},
	{Field: "ville", Headers: []string{"Ville"}},
}}

// A sink keeps what it is given as text.
type sink struct {
	list []string
	fail error
}

func (s *sink) Head(h record.Head) error {
	s.list = append(s.list, "head "+h.Format)
	return nil
}

func (s *sink) Record(r record.Record) error {
	var cells []string
	for _, v := range r.Values {
		if !v.Present {
			v.Text = "∅"
		}
		cells = append(cells, v.Text)
	}
	s.list = append(s.list, strings.Join(cells, "|"))
	return s.fail
}

func (s *sink) Fault(f belvedere.Fault) error {
	s.list = append(s.list, f.Rule)
	return s.fail
}

func TestRead(t *testing.T) {
	tests := map[string]string{
		"NOM;age;x\nA; 7 ;secret\nB;;\n":        "head f, 1|A|7|∅, 2|B||∅",
		"Âge;Ville;Nom;Nom de famille\n7;V;N;F": "head f, 1|F|7|V",
		"nom;âge\n1;2;3\n4;5\n":                 "head f, colonnes, 1|4|5|∅",
	}
	for text, want := range tests {
		s := &sink{}
		err := sheet.Read(strings.NewReader(text), layout, record.Head{Format: "f"}, s, nil)
		if got := strings.Join(s.list, ", "); err != nil || got != want {
			t.Errorf("%q gives %q %v, want %q", text, got, err, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	s := &sink{}
	err := sheet.Read(strings.NewReader("nom;x\n1;2\n"), layout, record.Head{}, s, nil)
	if belvedere.KindOf(err) != belvedere.Invalid || !strings.Contains(belvedere.Message(err), "Âge") || len(s.list) > 0 {
		t.Errorf("a missing column gives %v, %q", err, s.list)
	}
	s.fail = errors.New("stop")
	for _, text := range []string{"nom;âge\n1;2\n", "nom;âge\n1;2;3\n"} {
		if err := sheet.Read(strings.NewReader(text), layout, record.Head{}, s, nil); err != s.fail {
			t.Errorf("the error of the visitor comes back as %v", err)
		}
	}
}

func TestRepeated(t *testing.T) {
	s := &sink{}
	wide := &sheet.Layout{Kind: kind, Columns: layout.Columns[:1], Ragged: true}
	err := sheet.Read(strings.NewReader("Nom;Classe;Classe;Classe 12 bis;Classes\nA;x;y;z;t\nB;x\n"), wide, record.Head{}, s, func(r *sheet.Row) error {
		text := r.Rank
		for _, i := range r.Repeated("Absente", "Classe") {
			if c := r.Cell(i); c.Present {
				text += " " + c.Text
			}
		}
		s.list = append(s.list, text)
		return nil
	})
	if got := strings.Join(s.list, ","); err != nil || got != "head ,1 x y,2 x" {
		t.Errorf("%v: %q", err, got)
	}
}

func TestFits(t *testing.T) {
	if !layout.Fits([]string{"NOM", "Age"}) || layout.Fits([]string{"Nom"}) || layout.Fits(nil) || layout.Detect([]byte("<a/>")) {
		t.Error("a header is taken for another")
	}
}
