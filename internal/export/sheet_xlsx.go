package export

import (
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"belvedere"

	"github.com/xuri/excelize/v2"
)

// sheetRows and sheetExtract name the sheets of the workbook of an extract.
const (
	sheetRows    = "Extrait"
	sheetExtract = "À propos de cet extrait"
)

// sheetXLSX writes a workbook: the rows under a frozen heading, texts as typed strings, days as days; then a sheet
// that says what the extract is.
func sheetXLSX(out io.Writer, s Sheet) error {
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", sheetRows); err != nil {
		return err
	}
	if _, err := f.NewSheet(sheetExtract); err != nil {
		return err
	}
	made := s.Made.UTC().Format("2006-01-02T15:04:05Z")
	err := f.SetDocProps(&excelize.DocProperties{Title: clean(s.Title), Creator: "Belvédère", LastModifiedBy: "Belvédère", Identifier: clean(s.Mark),
		Created: made, Modified: made, Language: "fr-FR"})
	if err != nil {
		return err
	}
	if err := writeSheetRows(f, s); err != nil {
		return err
	}
	if err := writeSheetAbout(f, s); err != nil {
		return err
	}
	return f.Write(out)
}

func writeSheetRows(f *excelize.File, s Sheet) error {
	w, err := f.NewStreamWriter(sheetRows)
	if err != nil {
		return err
	}
	st := &styles{file: f, ids: map[look]int{}}
	format := "dd/mm/yyyy"
	day, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		return err
	}
	for i, c := range s.Columns {
		if err := w.SetColWidth(i+1, i+1, float64(min(max(utf8.RuneCountInString(c.Label)+2, 12), 44))); err != nil {
			return err
		}
	}
	err = w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft",
		Selection: []excelize.Selection{{SQRef: "A2", ActiveCell: "A2", Pane: "bottomLeft"}}})
	if err != nil {
		return err
	}
	head := make([]any, len(s.Columns))
	for i, c := range s.Columns {
		id, err := st.id(look{heading: true, text: c.Type == belvedere.Text})
		if err != nil {
			return err
		}
		head[i] = excelize.Cell{StyleID: id, Value: xlsxText(c.Label)}
	}
	if err := w.SetRow("A1", head); err != nil {
		return err
	}
	line, cells := 1, make([]any, len(s.Columns))
	err = s.Rows(func(row []any) error {
		if line++; line > excelize.TotalRows {
			return belvedere.Errorf(belvedere.TooLarge, "cet extrait dépasse ce qu’un classeur peut contenir : choisissez un autre format")
		}
		for i, v := range row {
			cells[i] = sheetCell(v, day)
		}
		return w.SetRow("A"+strconv.Itoa(line), cells)
	})
	if err != nil {
		return err
	}
	return w.Flush()
}

// sheetCell is a value as a cell; a text is always a typed string, never a formula.
func sheetCell(v any, day int) any {
	switch v := v.(type) {
	case string:
		return xlsxText(v)
	case time.Time:
		return excelize.Cell{StyleID: day, Value: v}
	case float64:
		if jsonValue(v) == nil {
			return nil
		}
	}
	return v
}

func writeSheetAbout(f *excelize.File, s Sheet) error {
	w, err := f.NewStreamWriter(sheetExtract)
	if err != nil {
		return err
	}
	if err := w.SetColWidth(1, 1, 30); err != nil {
		return err
	}
	if err := w.SetColWidth(2, 2, 100); err != nil {
		return err
	}
	for i, a := range s.About {
		if err := w.SetRow("A"+strconv.Itoa(i+1), []any{xlsxText(a.Name), xlsxText(a.Value)}); err != nil {
			return err
		}
	}
	return w.Flush()
}
