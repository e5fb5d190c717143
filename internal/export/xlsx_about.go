package export

import (
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// writeAbout writes the sheet that makes the table understood without its author: provenance,
// definitions of the columns, legend, and why cells are empty.
func writeAbout(f *excelize.File, st *styles, t Table) error {
	for i, width := range []float64{34, 60, 14, 60, 34, 34, 14} {
		if err := f.SetColWidth(sheetAbout, columnNames[i], columnNames[i], width); err != nil {
			return err
		}
	}
	p := &aboutWriter{file: f, st: st}
	p.put(look{title: true}, "À propos de cet extrait")
	for _, a := range provenance(t) {
		p.put(look{wrap: true}, a.Name, a.Value)
	}
	p.line++
	p.put(look{heading: true, text: true}, "Colonne", "Indicateur", "Unité", "Définition", "Destinataires", "Base légale", "Millésime")
	for _, d := range definitions(t) {
		p.put(look{wrap: true}, d.columns()...)
	}
	if signs := legend(t.Result); len(signs) > 0 {
		p.line++
		p.put(look{heading: true, text: true}, "Signe", "Sens")
		for _, m := range signs {
			p.put(look{wrap: true}, m.Sign, m.Text)
		}
	}
	if whys := reasons(t.Result); len(whys) > 0 {
		p.line++
		p.put(look{heading: true, text: true}, "Pourquoi des cellules sont vides ou partielles")
		for _, s := range whys {
			p.put(look{text: true}, s)
		}
	}
	return p.err
}

// columnNames are the columns of the sheet.
var columnNames = []string{"A", "B", "C", "D", "E", "F", "G"}

// columns are the cells of a definition in the sheet.
func (d definition) columns() []string {
	name := d.Label
	if d.Number > 0 {
		name = "n° " + strconv.Itoa(d.Number) + " – " + d.Label
	}
	text := d.Text
	if d.Rate != "" {
		if text != "" {
			text = strings.TrimRight(text, ". ") + ". "
		}
		text += "Taux : " + d.Rate
	}
	return []string{d.Label, name, d.Unit, text, d.Recipients, d.LegalBasis, d.Since}
}

// An aboutWriter writes lines of texts one under the other, and keeps the first error. It does
// not stream: the library writes several streamed sheets in any order, and the same table must
// give the same bytes.
type aboutWriter struct {
	file *excelize.File
	st   *styles
	line int
	err  error
}

func (p *aboutWriter) put(l look, texts ...string) {
	p.line++
	for i, s := range texts {
		if p.err != nil {
			return
		}
		cell := columnNames[i] + strconv.Itoa(p.line)
		if p.err = p.file.SetCellStr(sheetAbout, cell, xlsxText(s)); p.err != nil {
			return
		}
		var id int
		if id, p.err = p.st.id(l); p.err == nil {
			p.err = p.file.SetCellStyle(sheetAbout, cell, cell, id)
		}
	}
}
