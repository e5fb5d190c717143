package table_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/source/table"
)

// odsOf packs the content of a workbook of LibreOffice.
func odsOf(t testing.TB, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range []struct{ name, body string }{
		{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, {"META-INF/manifest.xml", "<manifest/>"}, {"content.xml", content},
	} {
		w, err := z.Create(part.name)
		if err == nil {
			_, err = io.WriteString(w, part.body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const odsHead = `<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:style="s"><office:automatic-styles>` +
	`<style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style>` +
	`<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet>`
const odsTail = `</office:spreadsheet></office:body></office:document-content>`

func readAllODS(data []byte, lim table.Limits) (string, *table.Archive, error) {
	a, err := table.Open(bytes.NewReader(data), int64(len(data)), "x.ods", lim)
	if err != nil {
		return "", nil, err
	}
	var b strings.Builder
	for _, m := range a.Members {
		rows, err := m.Rows(table.Options{})
		if err != nil {
			return b.String(), a, err
		}
		b.WriteString(m.Sheet + ": " + strings.Join(rows.Header(), "|") + "\n")
		for {
			r, err := rows.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				return b.String(), a, err
			}
			if r.Fault != nil {
				b.WriteString("fault " + r.Fault.Rule + "\n")
				continue
			}
			b.Write(bytes.Join(r.Fields, []byte("|")))
			b.WriteString("\n")
			if b.Len() > 1<<14 {
				return b.String(), a, nil
			}
		}
	}
	return b.String(), a, nil
}

// Sheets of LibreOffice give what they show: dates, numbers that formulas had, texts of several lines, cells and
// rows written once for several; hidden sheets, notes and covered cells do not count.
func TestODS(t *testing.T) {
	cell := func(kind, value, text string) string {
		return `<table:table-cell office:value-type="` + kind + `" ` + value + `><text:p>` + text + `</text:p></table:table-cell>`
	}
	s := func(text string) string { return cell("string", "", text) }
	data := odsOf(t, odsHead+
		`<table:table table:name="Cachée" table:style-name="ta2"><table:table-row>`+s("x")+`</table:table-row></table:table>`+
		`<table:table table:name="Paie" table:style-name="ta1"><table:shapes><draw><text:p>dessin</text:p></draw></table:shapes><table:table-column table:number-columns-repeated="1024"/>`+
		`<table:table-row>`+s("Paie de novembre")+`<table:table-cell table:number-columns-repeated="16383"/></table:table-row>`+
		`<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>`+
		`<table:table-header-rows><table:table-row>`+s("Matricule")+s("Mois")+s("Service")+s("Coût")+`<table:table-cell table:number-columns-repeated="16380"/></table:table-row></table:table-header-rows>`+
		`<table:table-row>`+cell("float", `office:value="12"`, "12,00")+cell("date", `office:date-value="2025-11-30"`, "30/11/25")+
		`<table:table-cell office:value-type="string"><office:annotation><text:p>note</text:p></office:annotation><text:p>Direction<text:s/>des</text:p><text:p>systèmes</text:p></table:table-cell>`+
		cell("currency", `table:formula="of:=1" office:value="1234.5600000000001"`, "1 234,56 €")+`</table:table-row>`+
		`<table:table-row table:number-rows-repeated="2">`+`<table:table-cell table:number-columns-repeated="3" office:value-type="string"><text:p>a</text:p></table:table-cell><table:covered-table-cell office:value-type="float" office:value="9"/>`+`</table:table-row>`+
		`<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>`+
		`<table:table table:name="Autre"><table:table-row>`+s("u")+s("v")+`</table:table-row><table:table-row>`+cell("boolean", `office:boolean-value="true"`, "VRAI")+cell("date", `office:date-value="2025-11-30T08:05:00"`, "x")+`</table:table-row></table:table>`+odsTail)
	got, a, err := readAllODS(data, table.Limits{})
	want := "Paie: Matricule|Mois|Service|Coût\n12|2025-11-30|Direction des systèmes|1234.56\na|a|a|\na|a|a|\nAutre: u|v\ntrue|2025-11-30 08:05:00\n"
	if err != nil || got != want || len(a.Members) != 2 {
		t.Errorf("%v\n%s", err, got)
	}
	rows, err := a.Members[0].Rows(table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := rows.Next(); err != nil || r.Line != 5 {
		t.Errorf("line %d, %v", r.Line, err)
	}
}

// Hostile workbooks of LibreOffice cost no more than the limits, and say what is wrong.
func TestHostileODS(t *testing.T) {
	s := `<table:table-cell office:value-type="string"><text:p>` + strings.Repeat("é", 2000) + `</text:p></table:table-cell>`
	for name, one := range map[string]struct {
		content string
		kind    belvedere.Kind
	}{
		"rows repeated for ever":  {odsHead + `<table:table table:name="a"><table:table-row>` + s + `</table:table-row><table:table-row table:number-rows-repeated="100000000">` + s + `</table:table-row></table:table>` + odsTail, belvedere.TooLarge},
		"cut":                     {odsHead + `<table:table table:name="a"><table:table-row>` + s, belvedere.Invalid},
		"nested":                  {odsHead + strings.Repeat("<a>", 200), belvedere.Invalid},
		"no spreadsheet":          {strings.ReplaceAll(odsHead+odsTail, "spreadsheet", "text"), belvedere.Invalid},
		"no sheet":                {odsHead + odsTail, belvedere.Invalid},
		"two hundred sheets more": {odsHead + strings.Repeat(`<table:table table:name="a"/>`, 300) + odsTail, belvedere.TooLarge},
	} {
		if _, _, err := readAllODS(odsOf(t, one.content), table.Limits{}); belvedere.KindOf(err) != one.kind || belvedere.Message(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	wide := odsHead + `<table:table table:name="a"><table:table-row>` + strings.Repeat(`<table:table-cell office:value-type="string"><text:p>n</text:p></table:table-cell>`, 3) +
		`</table:table-row><table:table-row><table:table-cell table:number-columns-repeated="2000000000" office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row></table:table>` + odsTail
	if got, _, err := readAllODS(odsOf(t, wide), table.Limits{}); err != nil || !strings.Contains(got, "fault") {
		t.Errorf("%v %s", err, got)
	}
}

// Whatever the content, a workbook is read or refused in words, within the limits.
func FuzzODS(f *testing.F) {
	f.Add(odsHead + `<table:table table:name="a"><table:table-row table:number-rows-repeated="3"><table:table-cell office:value-type="float" office:value="1"/></table:table-row></table:table>` + odsTail)
	f.Add(odsHead + `<table:table><table:table-row><table:table-cell table:number-columns-repeated="-1" office:value-type="date" office:date-value="T"><text:p>a<text:s/></text:p></table:table-cell></table:table-row></table:table>` + odsTail)
	f.Fuzz(func(t *testing.T, content string) {
		_, _, err := readAllODS(odsOf(t, content), table.Limits{Unpacked: 1 << 20, Record: 1 << 12, Columns: 64})
		if kind := belvedere.KindOf(err); err != nil && kind != belvedere.Invalid && kind != belvedere.TooLarge {
			t.Errorf("%v", err)
		}
	})
}
