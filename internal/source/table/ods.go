package table

import (
	"archive/zip"
	"encoding/xml"
	"io"
	"strconv"
	"strings"

	"belvedere"
)

// An odsBook is a workbook of LibreOffice (.ods): a zip whose content.xml holds all sheets, one after the
// other. It is read from the packed bytes, and each sheet in a passage of its own. Cells and rows that are
// written once for several are given as often as they stand there, within a budget.
type odsBook struct{ *workbook }

// odsContent is the part that holds the sheets.
const odsContent = "content.xml"

// mostRepeated bounds what repeated rows may add: the text of rows, in bytes.
const mostRepeated = 64 << 20

// isOpenDocument tells whether a zip is a document of LibreOffice, and has the part that sheets would be in.
func isOpenDocument(files []*zip.File) bool {
	manifest, content := false, false
	for _, f := range files {
		manifest = manifest || f.Name == "META-INF/manifest.xml"
		content = content || f.Name == odsContent
	}
	return manifest && content
}

// openODS lists the sheets that people see, in their order.
func openODS(file io.ReaderAt, files []*zip.File, name string, lim Limits) (*Archive, error) {
	b := &odsBook{&workbook{file: file, lim: lim, parts: map[string]*zip.File{}, packed: &counter{}}}
	for _, f := range files {
		b.parts[entryName(f)] = f
	}
	a, err := &Archive{Name: name}, error(nil)
	sheets, spreadsheet, err := b.sheets()
	switch {
	case err != nil:
		return nil, b.refused(err)
	case !spreadsheet:
		return nil, refusal(belvedere.Invalid, "Le fichier est un document LibreOffice, non un classeur. Enregistrez le tableau au format .ods, .xlsx ou CSV UTF-8, puis renvoyez-le.")
	}
	for i, s := range sheets {
		if s.part == "" { // hidden
			continue
		}
		a.Members = append(a.Members, &Member{Kind: XLSX, Sheet: s.name, Size: -1, lim: lim, book: b, part: strconv.Itoa(i)})
	}
	if len(a.Members) == 0 {
		return nil, refusal(belvedere.Invalid, "Le classeur n’a aucune feuille visible. Affichez celle qui porte le tableau, puis renvoyez-le.")
	}
	return a, nil
}

// sheets are all sheets; the part of a hidden one is "".
func (b *odsBook) sheets() (out []sheet, spreadsheet bool, err error) {
	hidden := map[string]bool{}
	style, depth := "", 0
	p, err := b.open(odsContent)
	if err != nil {
		return nil, false, err
	}
	err = p.each(func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "spreadsheet":
				spreadsheet = true
			case "style":
				style = attribute(t, "name")
			case "table-properties":
				if attribute(t, "display") == "false" && len(hidden) < 1<<12 {
					hidden[style] = true
				}
			case "table":
				if depth++; depth > 1 {
					return nil
				}
				s := sheet{name: excerpt([]byte(attribute(t, "name"))), part: odsContent}
				if hidden[attribute(t, "style-name")] {
					s.part = ""
				}
				if out = append(out, s); len(out) > mostSheets {
					return refusal(belvedere.TooLarge, "Le classeur a plus de "+number(mostSheets)+" feuilles. Découpez-le.")
				}
			}
		case xml.EndElement:
			if t.Name.Local == "table" {
				depth--
			}
		}
		return nil
	})
	return out, spreadsheet, err
}

// rows begins a sheet by its place.
func (b *odsBook) rows(place string) (Rows, error) {
	at, err := strconv.Atoi(place)
	if err != nil {
		return nil, err
	}
	p, err := b.open(odsContent)
	if err != nil {
		return nil, b.refused(err)
	}
	s := &odsSheet{book: b, part: p}
	for depth, i := 0, -1; ; {
		t, err := p.next()
		if err != nil {
			return nil, b.refused(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local == "table" {
				if depth++; depth == 1 {
					i++
				}
			}
			if depth == 1 && i == at {
				return newSheetRows(s, b.lim)
			}
		case xml.EndElement:
			if t.Name.Local == "table" {
				depth--
			}
		}
	}
}

// An odsSheet reads the rows of one sheet.
type odsSheet struct {
	book  *odsBook
	part  *bookPart
	line  int64
	again bookRow // stands so many times more
	times int
	spent int // bytes of repeated rows
	ended bool
}

func (s *odsSheet) refused(err error) error { return s.book.refused(err) }
func (s *odsSheet) offset() int64           { return s.book.packed.offset() }

// row reads the next row that has a value; line numbers count those that have none.
func (s *odsSheet) row() (bookRow, error) {
	for {
		if s.times > 0 {
			s.times--
			s.line++
			s.again.line = s.line
			return s.again, nil
		}
		if s.ended {
			return bookRow{}, io.EOF
		}
		row, times, err := s.read()
		if err != nil {
			return row, err
		}
		if s.ended {
			continue
		}
		if filled(row.cells) == 0 && !row.long {
			s.line += int64(times)
			continue
		}
		size := 0
		for _, c := range row.cells {
			size += len(c) + 1
		}
		if times > 1 {
			if s.spent += (times - 1) * max(size, 64); times > mostRepeated || s.spent > mostRepeated {
				return row, refusal(belvedere.TooLarge, "La feuille répète la même ligne "+number(int64(times))+" fois. Supprimez les lignes inutiles, ou enregistrez-la au format CSV UTF-8.")
			}
		}
		s.again, s.times = row, times
	}
}

// repeated reads how many times something stands, at least once.
func repeated(e xml.StartElement, name string) int {
	n, err := strconv.Atoi(attribute(e, name))
	if err != nil || n < 1 {
		return 1
	}
	return n
}

// read reads the next element of a row, or the end of the sheet.
func (s *odsSheet) read() (row bookRow, times int, err error) {
	inside := false
	for {
		t, err := s.part.next()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return row, 0, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch name := t.Name.Local; {
			case name == "table-row":
				inside, times = true, repeated(t, "number-rows-repeated")
			case inside && (name == "table-cell" || name == "covered-table-cell"):
				if err := s.cell(&row, t); err != nil {
					return row, 0, err
				}
			case name == "table", name == "shapes": // within a sheet: a table of its own, drawings
				if err := s.skip(); err != nil {
					return row, 0, err
				}
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "table-row":
				return row, times, nil
			case "table":
				s.ended = true
				return row, 0, nil
			}
		}
	}
}

// skip passes an element that has begun.
func (s *odsSheet) skip() error {
	for depth := 1; depth > 0; {
		t, err := s.part.next()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		switch t.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
	}
	return nil
}

// cell reads a cell into its places in the row.
func (s *odsSheet) cell(row *bookRow, c xml.StartElement) error {
	text, err := s.text()
	if err != nil {
		return err
	}
	value := shownODS(c, text)
	if c.Name.Local == "covered-table-cell" {
		value = ""
	}
	n := repeated(c, "number-columns-repeated")
	lim := s.book.lim
	room := lim.Columns - len(row.cells)
	if value != "" && n > room && n > 1 {
		row.cells, row.long = row.cells[:0], true
		return nil
	}
	size := 0
	for _, v := range row.cells {
		size += len(v)
	}
	if size+len(value)*min(n, max(room, 0)) > lim.Record {
		row.cells, row.long = row.cells[:0], true
		return nil
	}
	for range min(n, max(room, 0)) {
		row.cells = append(row.cells, value)
	}
	return nil
}

// text reads the paragraphs of a cell up to its end; notes and drawings in it are not its text.
func (s *odsSheet) text() (string, error) {
	var text strings.Builder
	paragraphs, within := 0, 0
	for depth := 1; depth > 0; {
		t, err := s.part.next()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch name := t.Name.Local; {
			case name == "annotation" || name == "frame" || name == "table":
				if err := s.skip(); err != nil {
					return "", err
				}
				continue
			case name == "p":
				if paragraphs++; paragraphs > 1 {
					text.WriteByte(' ')
				}
				within = depth + 1
			case name == "s" || name == "tab" || name == "line-break":
				text.WriteByte(' ')
			}
			depth++
		case xml.EndElement:
			if depth == within {
				within = 0
			}
			depth--
		case xml.CharData:
			if within > 0 && text.Len()+len(t) <= s.book.lim.Record {
				text.Write(t)
			}
		}
	}
	return text.String(), nil
}

// shownODS writes a cell as a file of text would: dates 2025-11-30, numbers without grouping.
func shownODS(c xml.StartElement, text string) string {
	switch attribute(c, "value-type") {
	case "float", "currency", "percentage":
		if raw := attribute(c, "value"); raw != "" {
			return plainNumber(raw)
		}
	case "date":
		if raw := attribute(c, "date-value"); raw != "" {
			day, hour, timed := strings.Cut(raw, "T")
			if !timed || strings.Trim(hour, "0:.") == "" {
				return day
			}
			return day + " " + hour
		}
	case "boolean":
		return attribute(c, "boolean-value")
	case "":
		return ""
	}
	if said := attribute(c, "string-value"); text == "" {
		return said
	}
	return text
}
