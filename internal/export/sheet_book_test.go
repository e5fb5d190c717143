package export_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/export"

	"github.com/xuri/excelize/v2"
)

// awkward is an extract whose texts are hard on XML and spreadsheets.
func awkward() export.Sheet {
	s := typed()
	s.Title = `A & B <"C">`
	s.Columns[0].Label = `Zone <&">`
	s.Rows = func(yield func([]any) error) error {
		for _, row := range [][]any{{"  deux  espaces ", int64(1), 1e-7, belvedere.Date(2025, 2, 28)}, {"_x0041_ & <b>", int64(-9007199254740993), 0.1, belvedere.Date(1899, 5, 1)},
			{"ligne\nautre\x00\x0b\ufffe", nil, 1234567.891, belvedere.Date(1900, 3, 1)}, {`]]>"'`, int64(0), 0.0, nil}} {
			if err := yield(row); err != nil {
				return err
			}
		}
		return nil
	}
	return s
}

// part is one of an archive.
func part(t *testing.T, body []byte, name string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestSheetXLSXAwkward(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(written(t, export.FormatXLSX, awkward())))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{"A1": `Zone <&">`, "A2": "  deux  espaces ", "A3": "_x0041_ & <b>", "A4": "ligne autre\ufffd", "A5": `]]>"'`, "B3": "-9007199254740993", "C2": "0.0000001",
		"D2": "28/02/2025", "D3": "01/05/1899", "D4": "01/03/1900", "D5": ""} {
		if got, err := f.GetCellValue("Extrait", at); err != nil || got != want {
			t.Errorf("%s is %q, not %q (%v)", at, got, want, err)
		}
	}
	props, err := f.GetDocProps()
	if err != nil || props.Title != `A & B <"C">` || props.Identifier != "X7KQ2M9X" || props.Created != "2026-11-26T00:00:00Z" {
		t.Errorf("%+v, %v", props, err)
	}
	if panes, err := f.GetPanes("Extrait"); err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("%+v, %v", panes, err)
	}
}

// An odsDoc is what a reader of OpenDocument sees.
type odsDoc struct {
	Tables []struct {
		Name string   `xml:"name,attr"`
		Head []odsRow `xml:"table-header-rows>table-row"`
		Rows []odsRow `xml:"table-row"`
	} `xml:"body>spreadsheet>table"`
}

type odsRow struct {
	Cells []struct {
		Type    string `xml:"value-type,attr"`
		Value   string `xml:"value,attr"`
		Date    string `xml:"date-value,attr"`
		Formula string `xml:"formula,attr"`
		Text    struct {
			Inner string `xml:",innerxml"`
		} `xml:"p"`
	} `xml:"table-cell"`
}

func (r odsRow) String() string {
	var out []string
	for _, c := range r.Cells {
		out = append(out, c.Type+"|"+c.Value+c.Date+"|"+c.Text.Inner+c.Formula)
	}
	return strings.Join(out, "¦")
}

func TestSheetODS(t *testing.T) {
	body := written(t, export.FormatODS, typed())
	if !bytes.HasPrefix(body[30:], []byte("mimetypeapplication/vnd.oasis.opendocument.spreadsheet")) {
		t.Errorf("programs know the format by its beginning: %q", body[:90])
	}
	var d odsDoc
	if err := xml.Unmarshal(part(t, body, "content.xml"), &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Tables) != 2 || d.Tables[0].Name != "Extrait" || d.Tables[1].Name != "À propos de cet extrait" || len(d.Tables[0].Rows) != 3 {
		t.Fatalf("%+v", d)
	}
	if got := d.Tables[0].Head[0].String(); got != "string||Zone¦string||Année¦string||Note¦string||Jour" {
		t.Errorf("heading %s", got)
	}
	for i, want := range []string{"string||=cmd|' /C calc'!A0¦float|2025|2025¦float|-0.5|-0,5¦date|2025-11-30|30/11/2025", "string||Lycée; «\u00a0Nord\u00a0»¦float|-3|-3¦float|13.25|13,25¦||", "||¦||¦||¦||"} {
		if got := d.Tables[0].Rows[i].String(); got != want {
			t.Errorf("row %d is %s, not %s", i, got, want)
		}
	}
	if got := d.Tables[1].Rows[1].String(); got != "string||Finalité¦string||=HYPERLINK(1)" {
		t.Errorf("about: %s", got)
	}
	for _, name := range []string{"META-INF/manifest.xml", "meta.xml", "settings.xml"} {
		if err := xml.Unmarshal(part(t, body, name), new(any)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := xml.Unmarshal(part(t, written(t, export.FormatODS, awkward()), "content.xml"), &d); err != nil {
		t.Error(err)
	}
}

// Rows of persons lie in no temporary file, whatever their number.
func TestSheetsLeaveNoSpill(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	for _, f := range export.SheetFormats {
		s := typed()
		s.Rows = func(yield func([]any) error) error {
			for i := range 150_000 {
				if err := yield([]any{fmt.Sprintf("Une zone dont le nom est assez long pour peser, numéro %d", i), int64(i), float64(i) / 3, belvedere.Date(2025, 1, 1)}); err != nil {
					return err
				}
			}
			if list, err := os.ReadDir(dir); err != nil || len(list) > 0 {
				t.Errorf("%s: %v lies in the temporary folder (%v)", f, list, err)
			}
			return nil
		}
		if err := export.WriteSheet(io.Discard, f, s); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
}

// A spreadsheet that cannot hold the rows says so, and what to do.
func TestSheetsTooLong(t *testing.T) {
	for _, f := range []export.Format{export.FormatXLSX, export.FormatODS} {
		s := typed()
		s.Rows = func(yield func([]any) error) error {
			for range export.MostSheetRows + 1 {
				if err := yield(nil); err != nil {
					return err
				}
			}
			return nil
		}
		if err := export.WriteSheet(io.Discard, f, s); belvedere.KindOf(err) != belvedere.TooLarge {
			t.Errorf("%s: %v", f, err)
		}
	}
}
