package export

import (
	"io"
	"strconv"
	"strings"

	"belvedere"

	"github.com/xuri/excelize/v2"
)

// dashboardXLSX writes one sheet for each element with figures, and « À propos ». It does not
// stream: the library writes several streamed sheets in any order, and the same dashboard must give
// the same bytes.
func dashboardXLSX(out io.Writer, d Dashboard) error {
	f := excelize.NewFile()
	defer f.Close()
	st := &styles{file: f, ids: map[look]int{}}
	names := sheetNames(d)
	first := true
	for i, p := range d.Parts {
		if p.Table.Result == nil {
			continue
		}
		if len(p.Table.Result.Rows) > mostSheetCells/max(1, len(p.Table.Result.Columns)+len(p.Table.Result.Dims)) {
			return belvedere.Errorf(belvedere.TooLarge, "«\u00a0%s\u00a0» est trop grand pour un classeur de tableau de bord\u00a0: demandez-le seul, depuis l’explorateur", clean(p.Name))
		}
		if err := addSheet(f, names[i], &first); err != nil {
			return err
		}
		if err := writeSheet(f, st, names[i], p.Table); err != nil {
			return err
		}
	}
	if err := addSheet(f, sheetAbout, &first); err != nil {
		return err
	}
	if err := writeDashboardAbout(f, st, d); err != nil {
		return err
	}
	p := &excelize.DocProperties{Title: clean(d.Heading.Title), Subject: clean(d.Heading.Selection), Creator: "Belvédère", LastModifiedBy: "Belvédère", Language: "fr-FR"}
	if at := d.Heading.At; !at.IsZero() {
		p.Created = at.UTC().Format("2006-01-02T15:04:05Z")
		p.Modified = p.Created
	}
	if err := f.SetDocProps(p); err != nil {
		return err
	}
	return f.Write(out)
}

// mostSheetCells bounds a sheet that is written in memory.
const mostSheetCells = 500_000

// addSheet names the sheet that a new workbook holds, then adds others.
func addSheet(f *excelize.File, name string, first *bool) error {
	if *first {
		*first = false
		return f.SetSheetName("Sheet1", name)
	}
	_, err := f.NewSheet(name)
	return err
}

// sheetNames gives each part a name that a workbook admits: no more than 31 characters, none of those
// that it reserves, each once.
func sheetNames(d Dashboard) []string {
	out := make([]string, len(d.Parts))
	seen := map[string]bool{strings.ToLower(sheetAbout): true}
	for i, p := range d.Parts {
		name := strings.TrimSpace(strings.Map(func(r rune) rune {
			if strings.ContainsRune(`[]:*?/\'`, r) {
				return ' '
			}
			return r
		}, plane(clean(p.Name))))
		if name == "" {
			name = "Tableau"
		}
		name = strings.TrimSpace(clip(name, 26))
		for n := 2; seen[strings.ToLower(name)]; n++ {
			name = strings.TrimSuffix(name, " "+strconv.Itoa(n-1)) + " " + strconv.Itoa(n)
		}
		seen[strings.ToLower(name)] = true
		out[i] = name
	}
	return out
}

// writeSheet writes a table on a sheet: headings on one line, names first, numbers as numbers.
func writeSheet(f *excelize.File, st *styles, sheet string, t Table) error {
	g := newGrid(t.Result)
	g.nameFirst()
	w := &sheetWriter{file: f, sheet: sheet}
	for i, width := range g.widths() {
		w.width(i, width)
	}
	for i := range g.headings {
		h := &g.headings[i]
		w.put(st, i, 1, h.words(), look{heading: true, text: h.part != partCell})
	}
	line := 1
	err := g.each(func(row *belvedere.ResultRow, total bool) error {
		line++
		for i := range g.headings {
			var c excelize.Cell
			if err := g.xlsxCell(&c, st, &g.headings[i], row, total); err != nil {
				return err
			}
			w.cell(i, line, c)
		}
		return w.err
	})
	if err != nil {
		return err
	}
	if w.err != nil {
		return w.err
	}
	return f.SetPanes(sheet, &excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight",
		Selection: []excelize.Selection{{SQRef: "B2", ActiveCell: "B2", Pane: "bottomRight"}}})
}

// A sheetWriter fills cells and keeps the first error. Texts are typed as texts: none is a formula.
type sheetWriter struct {
	file  *excelize.File
	sheet string
	err   error
}

func (w *sheetWriter) width(column int, width float64) {
	name, err := excelize.ColumnNumberToName(column + 1)
	if err == nil {
		err = w.file.SetColWidth(w.sheet, name, name, width)
	}
	w.keep(err)
}

func (w *sheetWriter) keep(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *sheetWriter) put(st *styles, column, line int, text string, l look) {
	id, err := st.id(l)
	w.keep(err)
	w.cell(column, line, excelize.Cell{StyleID: id, Value: xlsxText(text)})
}

func (w *sheetWriter) cell(column, line int, c excelize.Cell) {
	if w.err != nil {
		return
	}
	at, err := excelize.CoordinatesToCellName(column+1, line)
	if err != nil {
		w.keep(err)
		return
	}
	switch v := c.Value.(type) {
	case float64:
		err = w.file.SetCellFloat(w.sheet, at, v, -1, 64)
	case string:
		err = w.file.SetCellStr(w.sheet, at, v)
	}
	w.keep(err)
	w.keep(w.file.SetCellStyle(w.sheet, at, at, c.StyleID))
}

// writeDashboardAbout says what the dashboard is, what each sheet rests on, and what its columns mean.
func writeDashboardAbout(f *excelize.File, st *styles, d Dashboard) error {
	for i, width := range []float64{34, 60, 14, 60, 34, 34, 14} {
		if err := f.SetColWidth(sheetAbout, columnNames[i], columnNames[i], width); err != nil {
			return err
		}
	}
	p := &aboutWriter{file: f, st: st}
	p.put(look{title: true}, "À propos de ce tableau de bord")
	for _, a := range aboutDashboard(d) {
		p.put(look{wrap: true}, a.Name, a.Value)
	}
	p.line++
	p.put(look{heading: true, text: true}, "Colonne", "Indicateur", "Unité", "Définition", "Destinataires", "Base légale", "Millésime")
	seen := map[string]bool{}
	for _, part := range d.Parts {
		if part.Table.Result == nil {
			continue
		}
		for _, def := range definitions(part.Table) {
			if !seen[def.Label+def.Rate] {
				seen[def.Label+def.Rate] = true
				p.put(look{wrap: true}, def.columns()...)
			}
		}
	}
	signs := map[string]bool{}
	for _, part := range d.Parts {
		if part.Table.Result == nil {
			continue
		}
		for _, m := range legend(part.Table.Result) {
			if len(signs) == 0 {
				p.line++
				p.put(look{heading: true, text: true}, "Signe", "Sens")
			}
			if !signs[m.Sign] {
				signs[m.Sign] = true
				p.put(look{wrap: true}, m.Sign, m.Text)
			}
		}
	}
	return p.err
}
