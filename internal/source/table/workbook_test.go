package table_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"belvedere"
	"belvedere/internal/source/table"
)

// book makes a workbook with a title, a blank line, a header, rows, and a hidden sheet before it.
func book(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(f.SetSheetName("Sheet1", "Cachée"))
	_, err := f.NewSheet("Repas 2024")
	check(err)
	_, err = f.NewSheet("Autre")
	check(err)
	f.SetActiveSheet(1)
	check(f.SetSheetVisible("Cachée", false))
	date, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	check(err)
	custom := "[$-40C]dd mmmm yyyy;@"
	long, err := f.NewStyle(&excelize.Style{CustomNumFmt: &custom})
	check(err)
	grouped := `#,##0.00 "€"`
	money, err := f.NewStyle(&excelize.Style{CustomNumFmt: &grouped})
	check(err)
	s := "Repas 2024"
	check(f.SetCellStr(s, "A1", "Repas servis dans les cantines"))
	check(f.SetSheetRow(s, "A3", &[]any{"UAI", "Date", "Le jour", "Montant", "Repas", " "}))
	check(f.SetSheetRow(s, "A4", &[]any{"0350017D", time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), time.Date(2024, 9, 2, 8, 15, 0, 0, time.UTC), 1234.5, 0.1 + 0.2}))
	check(f.SetSheetRow(s, "A6", &[]any{"0350793X", 45000, nil, 7, 12, nil}))
	for _, c := range []string{"B4", "B6"} {
		check(f.SetCellStyle(s, c, c, date))
	}
	check(f.SetCellStyle(s, "C4", "C4", long))
	check(f.SetCellStyle(s, "D4", "D6", money))
	check(f.SetCellRichText(s, "A7", []excelize.RichTextRun{{Text: "0350"}, {Text: "002M"}}))
	check(f.SetCellValue(s, "H7", "de trop"))
	check(f.SetSheetRow("Autre", "A1", &[]any{"x", "y"}))
	var out bytes.Buffer
	check(f.Write(&out))
	return out.Bytes()
}

func TestWorkbook(t *testing.T) {
	data := book(t)
	a, err := table.Open(bytes.NewReader(data), int64(len(data)), "repas.xlsx", table.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Members) != 2 || a.Members[0].Sheet != "Repas 2024" || a.Members[0].Kind != table.XLSX {
		t.Fatalf("%+v", a.Members)
	}
	for range 2 { // a member may be read again
		rows, err := a.Members[0].Rows(table.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(rows.Header(), "|") + "\n"
		for {
			r, err := rows.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if r.Fault != nil {
				got += fmt.Sprintf("%d %s\n", r.Line, r.Fault.Rule)
				continue
			}
			got += fmt.Sprintf("%d %s\n", r.Line, bytes.Join(r.Fields, []byte("|")))
		}
		want := "UAI|Date|Le jour|Montant|Repas\n4 0350017D|2024-02-29|2024-09-02 08:15:00|1234.5|0.3\n6 0350793X|2023-03-15||7|12\n7 colonnes\n"
		if got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

// parts makes a workbook of raw parts.
func parts(t *testing.T, sheet, shared string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, text := range map[string]string{
		"[Content_Types].xml":        "<Types/>",
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="A" r:id="1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="1" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   sheet,
		"xl/sharedStrings.xml":       shared,
	} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, text)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// readBook reads all of the first sheet.
func readBook(data []byte, lim table.Limits) (rows int, err error) {
	a, err := table.Open(bytes.NewReader(data), int64(len(data)), "x.xlsx", lim)
	if err != nil {
		return 0, err
	}
	r, err := a.Members[0].Rows(table.Options{})
	if err != nil {
		return 0, err
	}
	for ; ; rows++ {
		if _, err := r.Next(); err == io.EOF {
			return rows, nil
		} else if err != nil {
			return rows, err
		}
	}
}

// TestHostileWorkbooks are refused in French, whatever they hold.
func TestHostileWorkbooks(t *testing.T) {
	row := `<sheetData><row r="1"><c t="inlineStr"><is><t>a</t></is></c></row>`
	for name, data := range map[string][]byte{
		"bomb":          parts(t, "<worksheet>"+row+strings.Repeat(" ", 60<<20)+"</sheetData></worksheet>", "<sst/>"),
		"deep":          parts(t, "<worksheet>"+strings.Repeat("<a>", 100_000), "<sst/>"),
		"long token":    parts(t, `<worksheet x="`+strings.Repeat("ab", 4<<20)+`"/>`, "<sst/>"),
		"entity":        parts(t, `<!DOCTYPE x [<!ENTITY a "b">]><worksheet>`+row+`&a;</sheetData></worksheet>`, "<sst/>"),
		"cut":           parts(t, "<worksheet>"+row+`<row r="2"><c><v>1`, "<sst/>"),
		"texts cut":     parts(t, "<worksheet/>", "<sst><si><t>"),
		"nothing in it": parts(t, "<worksheet/>", "<sst/>"),
	} {
		rows, err := readBook(data, table.Limits{})
		if belvedere.KindOf(err) != belvedere.Invalid && belvedere.KindOf(err) != belvedere.TooLarge || !strings.HasSuffix(belvedere.Message(err), ".") {
			t.Errorf("%s: %d rows, %v", name, rows, err)
		}
	}
	// What points out of the table of texts, or to columns out of order, is empty, not a failure.
	odd := parts(t, `<worksheet>`+row+`<row r="2"><c r="A2" t="s"><v>99</v></c></row><row r="3"><c r="C3"><v>1</v></c><c r="A3"><v>2</v></c></row></sheetData></worksheet>`, "<sst/>")
	if _, err := readBook(odd, table.Limits{}); err != nil {
		t.Error(err)
	}
}

func FuzzWorkbook(f *testing.F) {
	f.Add(`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row r="2"><c r="A2"><v>1.5</v></c></row></sheetData></worksheet>`, `<sst><si><t>x</t></si></sst>`)
	f.Fuzz(func(t *testing.T, sheet, shared string) {
		if _, err := readBook(parts(t, sheet, shared), table.Limits{Unpacked: 1 << 20, Record: 1 << 12}); err != nil && belvedere.KindOf(err) == belvedere.Internal {
			t.Error(err)
		}
	})
}
