package admin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/source/table"
	"belvedere/internal/words"
)

// The columns of a file of conventions, in the order of the export.
var agreementColumns = []string{"etablissement", "debut", "fin", "base", "reference", "themes", "indicateurs", "etendus", "destinataires"}

// The columns of the former file: each line names one kept indicator whose recipients it extends.
var formerColumns = []string{"etablissement", "indicateur", "debut", "fin", "base", "reference"}

// The limits of an imported file.
const (
	MostImport      = 2 << 20 // bytes, unpacked
	mostImportLines = 20_000
)

// An agreementRow is a line of the file with its place.
type agreementRow struct {
	line   int64
	values map[string]string // by column
	form   AgreementForm
}

// agreementFile is a file cut into lines; faults are those of lines that cannot be read.
type agreementFile struct {
	former  bool           // of the six columns
	columns map[string]int // number of each column, from 1
	rows    []agreementRow
	faults  []belvedere.Fault
}

// readAgreements cuts a file into forms, whatever its encoding and its separator.
func readAgreements(ctx context.Context, data []byte) (*agreementFile, error) {
	rows, err := openImport(data)
	if err != nil {
		return nil, err
	}
	f := &agreementFile{}
	if f.columns, f.former, err = agreementHeader(rows.Header()); err != nil {
		return nil, err
	}
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		if len(f.rows)+len(f.faults) == mostImportLines {
			return nil, belvedere.Errorf(belvedere.TooLarge, "%s", french(fmt.Sprintf("Le fichier compte plus de %d lignes : coupez-le en plusieurs.", mostImportLines)))
		}
		if row.Fault != nil {
			f.faults = append(f.faults, *row.Fault)
			continue
		}
		f.rows = append(f.rows, f.row(row))
	}
	if len(f.rows)+len(f.faults) == 0 {
		return nil, belvedere.Errorf(belvedere.Invalid, "Le fichier n’a aucune ligne sous son en-tête.")
	}
	return f, nil
}

// openImport opens a small table, plain or packed alone.
func openImport(data []byte) (table.Rows, error) {
	if len(data) > MostImport {
		return nil, belvedere.Errorf(belvedere.TooLarge, "%s", french(fmt.Sprintf("Le fichier dépasse %d Mio : coupez-le en plusieurs.", MostImport>>20)))
	}
	archive, err := table.Open(bytes.NewReader(data), int64(len(data)), "", table.Limits{Unpacked: MostImport, Record: 64 << 10, Columns: 64})
	if err != nil {
		return nil, err
	}
	if len(archive.Members) != 1 || archive.Members[0].Kind != table.CSV {
		return nil, belvedere.Errorf(belvedere.Invalid, "%s", french("Le fichier doit être un seul tableau CSV : enregistrez la feuille au format CSV, puis envoyez-la."))
	}
	return archive.Members[0].Rows(table.Options{})
}

// agreementHeader finds the columns of a file, in any order.
func agreementHeader(header []string) (columns map[string]int, former bool, err error) {
	wanted := agreementColumns
	if slices.ContainsFunc(header, func(h string) bool { return table.Normalise(h) == "indicateur" }) {
		wanted, former = formerColumns, true
	}
	columns = map[string]int{}
	for i, h := range header {
		name := table.Normalise(h)
		if !slices.Contains(wanted, name) {
			return nil, former, belvedere.Errorf(belvedere.Invalid, "%s", french(fmt.Sprintf("La colonne %d (« %s ») n’est pas connue. Les colonnes sont %s.", i+1, quoted(h), strings.Join(wanted, ";"))))
		}
		columns[name] = i + 1
	}
	required := []string{"etablissement", "debut", "base"}
	if former {
		required = append(required, "indicateur")
	}
	for _, name := range required {
		if columns[name] == 0 {
			return nil, former, belvedere.Errorf(belvedere.Invalid, "%s", french(fmt.Sprintf("La colonne « %s » manque. Les colonnes sont %s.", name, strings.Join(wanted, ";"))))
		}
	}
	return columns, former, nil
}

// row turns a line into a form.
func (f *agreementFile) row(row belvedere.SourceRow) agreementRow {
	v := map[string]string{}
	for name, i := range f.columns {
		v[name] = unguarded(strings.TrimSpace(string(row.Fields[i-1])))
	}
	form := AgreementForm{
		School: v["etablissement"], From: v["debut"], LastDay: v["fin"], Basis: v["base"], Reference: v["reference"],
		Themes: split(v["themes"]), Indicators: split(v["indicateurs"]), Extended: split(v["etendus"]), Recipients: split(v["destinataires"]),
	}
	if f.former {
		form.Extended = split(v["indicateur"])
	}
	if everyone(form.School) {
		form.Collective, form.School = true, ""
	}
	if len(form.Themes) == 1 && everyone(form.Themes[0]) {
		form.AllThemes, form.Themes = true, nil
	}
	return agreementRow{line: row.Line, values: v, form: form}
}

func everyone(s string) bool {
	s = words.Fold(s)
	return s == "tous" || s == "toutes"
}

// split reads a list in a cell: commas, bars or line ends part its members.
func split(s string) (out []string) {
	for _, one := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '|' || r == '\n' || r == '\r' }) {
		if one = strings.TrimSpace(one); one != "" {
			out = append(out, one)
		}
	}
	return out
}

// Export writes all conventions that were not withdrawn, in the columns of the import: what is
// read back changes nothing.
func (a *Agreements) Export(ctx context.Context, w io.Writer) (err error) {
	defer belvedere.Wrap(&err, "Export")
	kept, _, err := a.Registry.ListAgreements(ctx, registry.AgreementFilter{}, registry.Page{})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString("\ufeff" + strings.Join(agreementColumns, ";") + "\r\n")
	for _, one := range kept {
		if !one.Revoked.IsZero() {
			continue
		}
		for i, cell := range agreementCells(one) {
			if i > 0 {
				b.WriteByte(';')
			}
			b.WriteString(csvCell(cell))
		}
		b.WriteString("\r\n")
	}
	_, err = w.Write(b.Bytes())
	return err
}

func agreementCells(a registry.Agreement) []string {
	school, themes, last := string(a.School), strings.Join(a.Themes, ","), ""
	if school == "" {
		school = "tous"
	}
	if a.AllThemes {
		themes = "tous"
	}
	if d := LastDay(a); !d.IsZero() {
		last = d.Format(time.DateOnly)
	}
	return []string{
		school, a.From.Format(time.DateOnly), last, a.Basis, a.Reference, themes,
		strings.Join(numbersOf(a.Indicators), ","), strings.Join(numbersOf(a.Extended), ","), strings.Join(a.Recipients, ","),
	}
}

// formulaStarts are the characters that make a spreadsheet compute what a cell holds.
const formulaStarts = "=+-@\t\r"

// formula tells whether a spreadsheet would compute a text, apostrophes before it left aside.
func formula(s string) bool {
	s = strings.TrimLeft(s, "'")
	return s != "" && strings.ContainsRune(formulaStarts, rune(s[0]))
}

// csvCell writes a cell that a spreadsheet takes for text, between quotes where they are needed.
func csvCell(s string) string {
	if formula(s) {
		s = "'" + s
	}
	if strings.ContainsAny(s, "\";,|'\r\n\t ") {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}

// unguarded takes back the apostrophe that csvCell put before what looks like a formula.
func unguarded(s string) string {
	if strings.HasPrefix(s, "'") && formula(s) {
		return s[1:]
	}
	return s
}
