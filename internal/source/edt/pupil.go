package edt

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"belvedere/internal/source/record"
	"belvedere/internal/source/sheet"
	"belvedere/internal/source/table"
	"belvedere/internal/source/xmlscan"
	"belvedere/internal/source/xmltree"
)

// pupilLayout: users choose the columns of this export.
var pupilLayout = &sheet.Layout{Kind: Pupil, Columns: []sheet.Column{
	{Field: "numero", Headers: []string{"NUMERO"}},
	{Field: "nom", Headers: []string{"NOM"}, Needed: true},
	{Field: "prenom", Headers: []string{"PRENOM"}, Needed: true},
	{Field: "naissance", Headers: []string{"DATE_NAISS", "NE LE"}},
	{Field: "sexe", Headers: []string{"SEXE"}},
	{Field: "ine", Headers: []string{"N_NATIONAL", "NUMERO NATIONAL", "INE"}},
	{Field: "classe", Headers: []string{"CLASSE", "CLASSES"}},
	{Field: "groupes", Headers: []string{"GROUPES"}},
	{Field: "redoublant", Headers: []string{"REDOUBLANT"}},
	{Field: "formation", Headers: []string{"FORMATION"}},
	{Field: "regime", Headers: []string{"REGIME"}},
}}

// marks are headers that this export alone has.
var marks = []string{"DATE_NAISS", "N_NATIONAL", "AP_CLASSE", "R1_NOM", "R1_IDENT", "PORTABLENum"}

func detectPupilsCSV(start []byte) bool {
	header := table.Peek(start)
	if !pupilLayout.Fits(header) {
		return false
	}
	for _, h := range header {
		for _, m := range marks {
			if table.Normalise(h) == table.Normalise(m) {
				return true
			}
		}
	}
	return false
}

// mostOptions is how many columns OPTION_n are looked for.
const mostOptions = 12

func readPupilsCSV(in io.Reader, v record.Visitor) error {
	return sheet.Read(in, pupilLayout, record.Head{Format: "edt_eleves", Source: source}, v, func(r *sheet.Row) error {
		return pupil(r.Record, v, func(n string) record.Value {
			for _, i := range r.Repeated("OPTION_" + n) {
				return r.Cell(i)
			}
			return record.Value{}
		})
	})
}

func readPupilsXML(in io.Reader, v record.Visitor) error {
	if err := v.Head(record.Head{Format: "edt_eleves", Source: source}); err != nil {
		return err
	}
	names, rank := tags(pupilLayout), 0
	r := record.Record{Kind: Pupil, Values: make([]record.Value, len(Pupil.Fields))}
	take := func(e xmltree.Element) error {
		rank++
		fill(r, e, names)
		if i := Pupil.Index("numero"); r.Values[i].Text == "" {
			r.Values[i] = e.Attr("numero")
		}
		set(r, "rang", strconv.Itoa(rank))
		r.Line = e.Line()
		return pupil(r, v, func(n string) record.Value { return e.Value("OPTION_" + n) })
	}
	handlers := xmltree.Handlers{}
	for _, tag := range pupilTags {
		handlers["TABLE/"+tag] = take
	}
	return xmltree.Walk(in, xmlscan.Limits{}, handlers)
}

// pupil gives a pupil with groups and options.
func pupil(r record.Record, v record.Visitor, option func(n string) record.Value) error {
	id := r.Get("rang")
	class, parts := pupilClass(r.Get("classe").Text)
	if r.Get("classe").Present {
		set(r, "classe_nom", class)
	}
	if err := v.Record(r); err != nil {
		return err
	}
	for _, name := range cutList(r.Get("groupes").Text) {
		if name = strings.TrimSpace(strings.Trim(strings.TrimSpace(name), "[]")); name != "" {
			if p := (Part{Group, name, ""}); !slices.Contains(parts, p) {
				parts = append(parts, p)
			}
		}
	}
	for _, p := range parts {
		if err := v.Record(record.Record{Kind: PupilGroup, Line: r.Line, Values: []record.Value{
			id, {Text: p.Type, Present: true}, {Text: p.Name, Present: true}, ofClass(p)}}); err != nil {
			return err
		}
	}
	for n := 1; n <= mostOptions; n++ {
		o := option(strconv.Itoa(n))
		if o.Text == "" {
			continue
		}
		if err := v.Record(record.Record{Kind: PupilOption, Line: r.Line, Values: []record.Value{
			id, {Text: strconv.Itoa(n), Present: true}, o}}); err != nil {
			return err
		}
	}
	return nil
}

// pupilClass cuts the column CLASSE of a pupil into the class and the parts of it that he belongs to:
// « 3D <3D> <LATIN>, [3LATGR1] ».
func pupilClass(text string) (class string, parts []Part) {
	for _, item := range cutList(text) {
		name, _, _ := strings.Cut(item, "<")
		if name = strings.TrimSpace(name); name != "" && name[0] != '[' && class == "" {
			class = name
		}
		for _, p := range parseItem(item) {
			switch {
			case p.Type == Class && class == "":
				class = p.Name
			case p.Type == SubClass && class == "":
				class = p.Class
			}
			if p.Type != Class && p.Name != class {
				parts = append(parts, p)
			}
		}
	}
	return class, parts
}
