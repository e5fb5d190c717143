package table

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"

	"belvedere"
)

// A workbook is a file of Excel (.xlsx): a zip of XML parts. It is read part by part from the packed
// bytes; its texts alone are held. Formulas count for the value that they had when it was saved.
type workbook struct {
	file     io.ReaderAt
	lim      Limits
	parts    map[string]*zip.File
	packed   *counter // of the part under way
	from1904 bool
	dates    []bool // by style of a cell: its number is a date
	texts    []string
}

// Bounds of a workbook beside those of any file: nesting of its XML, and the texts that it shares
// between cells, which are held in memory.
const (
	mostNesting = 64
	mostTexts   = 256 << 20
	mostSheets  = 200
)

// isWorkbook tells whether a zip is a workbook of Excel.
func isWorkbook(files []*zip.File) bool {
	for _, f := range files {
		if f.Name == "xl/workbook.xml" {
			return true
		}
	}
	return false
}

// openWorkbook lists the sheets that people see, in their order.
func openWorkbook(file io.ReaderAt, files []*zip.File, name string, lim Limits) (*Archive, error) {
	w := &workbook{file: file, lim: lim, parts: map[string]*zip.File{}, packed: &counter{}}
	for _, f := range files {
		w.parts[entryName(f)] = f
	}
	sheets, err := w.sheets()
	if err != nil {
		return nil, w.refused(err)
	}
	a := &Archive{Name: name}
	for _, s := range sheets {
		a.Members = append(a.Members, &Member{Kind: XLSX, Sheet: s.name, Size: -1, lim: lim, book: w, part: s.part})
	}
	if len(a.Members) == 0 {
		return nil, refusal(belvedere.Invalid, "Le classeur n’a aucune feuille visible. Affichez celle qui porte le tableau, puis renvoyez-le.")
	}
	return a, nil
}

// refused says in French why a workbook cannot be read; what is said already stays.
func (w *workbook) refused(err error) error {
	var said *belvedere.Error
	var disk *diskError
	switch {
	case errors.As(err, &said):
		return said
	case errors.As(err, &disk):
		return belvedere.WrapError(belvedere.Internal, err, "La lecture du fichier a échoué.")
	}
	return &belvedere.Error{Kind: belvedere.Invalid, Cause: err, Message: french("Le classeur est abîmé ou n’est pas conforme : enregistrez-le de nouveau au format .xlsx, ou au format CSV UTF-8.")}
}

// A sheet is a visible sheet and the part that holds it.
type sheet struct{ name, part string }

func (w *workbook) sheets() (out []sheet, err error) {
	targets := map[string]string{}
	err = w.walk("xl/_rels/workbook.xml.rels", func(e xml.StartElement) error {
		if e.Name.Local == "Relationship" && attribute(e, "TargetMode") != "External" {
			target := attribute(e, "Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join("xl", target)
			}
			targets[attribute(e, "Id")] = strings.TrimPrefix(path.Clean(target), "/")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = w.walk("xl/workbook.xml", func(e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			w.from1904 = attribute(e, "date1904") == "1" || attribute(e, "date1904") == "true"
		case "sheet":
			part := targets[attribute(e, "id")]
			if state := attribute(e, "state"); state != "" && state != "visible" || w.parts[part] == nil || !strings.Contains(part, "worksheets/") {
				return nil
			}
			if out = append(out, sheet{excerpt([]byte(attribute(e, "name"))), part}); len(out) > mostSheets {
				return refusal(belvedere.TooLarge, "Le classeur a plus de "+number(mostSheets)+" feuilles. Découpez-le.")
			}
		}
		return nil
	})
	return out, err
}

// attribute is the value of an attribute by its local name.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// load reads what the cells of all sheets refer to: formats and shared texts. Once is enough.
func (w *workbook) load() error {
	if w.dates != nil {
		return nil
	}
	if err := w.readStyles(); err != nil {
		return err
	}
	return w.readTexts()
}

// readStyles finds the styles that make a date of a number.
func (w *workbook) readStyles() error {
	w.dates = []bool{}
	if w.parts["xl/styles.xml"] == nil {
		return nil
	}
	own, within := map[string]bool{}, false
	return w.walk("xl/styles.xml", func(e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			own[attribute(e, "numFmtId")] = isDateFormat(attribute(e, "formatCode"))
		case "cellXfs":
			within = true
		case "cellStyles", "cellStyleXfs", "dxfs":
			within = false
		case "xf":
			if !within {
				return nil
			}
			id := attribute(e, "numFmtId")
			date, known := own[id]
			if n, err := strconv.Atoi(id); err == nil && !known {
				date = n >= 14 && n <= 22 || n >= 27 && n <= 36 || n >= 45 && n <= 47 || n >= 50 && n <= 58
			}
			if w.dates = append(w.dates, date); len(w.dates) > 1<<16 {
				return errors.New("too many styles")
			}
		}
		return nil
	})
}

// isDateFormat tells whether the code of a number format shows a date or a time.
func isDateFormat(code string) bool {
	code, _, _ = strings.Cut(code, ";") // the part for positive numbers
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return false
			}
			i += end + 1
		case '\\', '_', '*':
			i++
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return false
			}
			if inner := strings.ToLower(code[i+1 : i+end]); strings.Trim(inner, "hms") == "" && inner != "" {
				return true // elapsed time
			}
			i += end
		case 'y', 'Y', 'm', 'M', 'd', 'D', 'h', 'H', 's', 'S', 'j', 'J', 'a', 'A':
			if strings.HasPrefix(strings.ToLower(code[i:]), "standard") {
				return false
			}
			return true
		}
	}
	return false
}

// readTexts reads the texts that cells share.
func (w *workbook) readTexts() error {
	if w.parts["xl/sharedStrings.xml"] == nil {
		return nil
	}
	p, err := w.open("xl/sharedStrings.xml")
	if err != nil {
		return err
	}
	var text strings.Builder
	size, within, phonetic := 0, false, false
	return p.each(func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "si":
				text.Reset()
			case "t":
				within = !phonetic
			case "rPh":
				phonetic = true
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				within = false
			case "rPh":
				phonetic = false
			case "si":
				w.texts = append(w.texts, text.String())
				if size += text.Len() + 16; size > mostTexts {
					return refusal(belvedere.TooLarge, "Les textes du classeur dépassent "+sizeOf(mostTexts)+". Enregistrez-le au format CSV UTF-8.")
				}
			}
		case xml.CharData:
			if within && text.Len()+len(t) <= w.lim.Record {
				text.Write(t)
			}
		}
		return nil
	})
}

// walk gives the elements of a part as they begin.
func (w *workbook) walk(name string, each func(xml.StartElement) error) error {
	p, err := w.open(name)
	if err != nil {
		return err
	}
	return p.each(func(t xml.Token) error {
		if e, ok := t.(xml.StartElement); ok {
			return each(e)
		}
		return nil
	})
}

// A bookPart is the XML of a part being read.
type bookPart struct {
	leash leash
	xml   *xml.Decoder
	depth int
	lim   Limits
}

// open begins a part. Sizes and checksum are held to the directory of the zip.
func (w *workbook) open(name string) (*bookPart, error) {
	f := w.parts[name]
	if f == nil {
		return nil, errors.New("part " + name + " is missing")
	}
	offset, err := f.DataOffset()
	if err != nil {
		return nil, err
	}
	src, packed, err := entryReader(w.file, f, offset, w.lim)()
	if err != nil {
		return nil, err
	}
	w.packed = packed
	p := &bookPart{leash: leash{src: src}, lim: w.lim}
	p.xml = xml.NewDecoder(&p.leash)
	return p, nil
}

// A leash bounds what one token of XML may hold: the decoder keeps all of it.
type leash struct {
	src  io.Reader
	left int
}

var errLongToken = errors.New("a token of XML is over the limit")

func (l *leash) Read(b []byte) (int, error) {
	if l.left <= 0 {
		return 0, errLongToken
	}
	n, err := l.src.Read(b[:min(len(b), l.left)])
	l.left -= n
	return n, err
}

// next gives the next token; it is good until the one after.
func (p *bookPart) next() (xml.Token, error) {
	p.leash.left = p.lim.Record + 64<<10
	t, err := p.xml.Token()
	switch t.(type) {
	case xml.StartElement:
		if p.depth++; p.depth > mostNesting {
			return nil, errors.New("XML nested too deep")
		}
	case xml.EndElement:
		p.depth--
	}
	return t, err
}

func (p *bookPart) each(f func(xml.Token) error) error {
	for {
		t, err := p.next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = f(t)
		}
		if err != nil {
			return err
		}
	}
}
