package export_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/export"

	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"
)

// typed is an extract with all types, absences and a text that would be a formula.
func typed() export.Sheet {
	return export.Sheet{Title: "Inscriptions", Mark: "X7KQ2M9X", Made: belvedere.Date(2026, 11, 26),
		About: []belvedere.Attribute{{Name: "Extrait", Value: "X7KQ2M9X"}, {Name: "Finalité", Value: "=HYPERLINK(1)"}},
		Columns: []export.SheetColumn{{Name: "zone", Label: "Zone", Type: belvedere.Text}, {Name: "annee", Label: "Année", Type: belvedere.Int64},
			{Name: "note", Label: "Note", Type: belvedere.Float64}, {Name: "jour", Label: "Jour", Type: belvedere.DateOnly}},
		Rows: func(yield func([]any) error) error {
			for _, row := range [][]any{{"=cmd|' /C calc'!A0", int64(2025), -0.5, belvedere.Date(2025, 11, 30)}, {"Lycée; «\u00a0Nord\u00a0»", int64(-3), 13.25, nil}, {nil, nil, nil, nil}} {
				if err := yield(row); err != nil {
					return err
				}
			}
			return nil
		}}
}

func written(t *testing.T, f export.Format, s export.Sheet) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := export.WriteSheet(&b, f, s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSheetCSV(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(written(t, export.FormatCSV, typed()))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"zone", "annee", "note", "jour"}, {"'=cmd|' /C calc'!A0", "2025", "-0.5", "2025-11-30"}, {"Lycée; «\u00a0Nord\u00a0»", "-3", "13.25", ""}, {"", "", "", ""}}
	if len(rows) != len(want) {
		t.Fatalf("%d rows: %q", len(rows), rows)
	}
	for i := range want {
		if strings.Join(rows[i], "¦") != strings.Join(want[i], "¦") {
			t.Errorf("row %d is %q, not %q", i, rows[i], want[i])
		}
	}
	text := string(written(t, export.FormatTableur, typed()))
	for _, part := range []string{"\ufeff\"Zone\";\"Année\"", `"'=cmd|' /C calc'!A0";2025;-0,5;"30/11/2025"` + "\r\n", `"Finalité";"'=HYPERLINK(1)"`} {
		if !strings.Contains(text, part) {
			t.Errorf("the tableur form lacks %q:\n%s", part, text)
		}
	}
}

func TestSheetJSON(t *testing.T) {
	var whole struct {
		About map[string]string `json:"a_propos"`
		Rows  [][]any           `json:"lignes"`
	}
	if err := json.Unmarshal(written(t, export.FormatJSON, typed()), &whole); err != nil {
		t.Fatal(err)
	}
	if len(whole.Rows) != 3 || whole.Rows[1][2] != 13.25 || whole.Rows[0][3] != "2025-11-30" || whole.About["Extrait"] != "X7KQ2M9X" {
		t.Errorf("%+v", whole)
	}
	lines := strings.Split(strings.TrimSpace(string(written(t, export.FormatNDJSON, typed()))), "\n")
	if len(lines) != 3 || lines[2] != `{"zone":null,"annee":null,"note":null,"jour":null}` {
		t.Errorf("%q", lines)
	}
}

func TestSheetXLSX(t *testing.T) {
	body := written(t, export.FormatXLSX, typed())
	f, err := excelize.OpenReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{"A1": "Zone", "A2": "=cmd|' /C calc'!A0", "B2": "2025", "D2": "30/11/2025", "C3": "13.25", "A4": ""} {
		if got, err := f.GetCellValue("Extrait", at); err != nil || got != want {
			t.Errorf("%s is %q, %v", at, got, err)
		}
		if formula, _ := f.GetCellFormula("Extrait", at); formula != "" {
			t.Errorf("%s is a formula", at)
		}
	}
	if got, _ := f.GetCellValue("À propos de cet extrait", "B1"); got != "X7KQ2M9X" {
		t.Errorf("about: %q", got)
	}
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range z.File {
		r, _ := part.Open()
		if text, _ := io.ReadAll(r); bytes.Contains(text, []byte("<f>")) {
			t.Errorf("%s holds a formula", part.Name)
		}
	}
}

func TestSheetParquet(t *testing.T) {
	body := written(t, export.FormatParquet, typed())
	f, err := parquet.OpenFile(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	if code, ok := f.Lookup("Extrait"); !ok || code != "X7KQ2M9X" {
		t.Errorf("metadata %q", code)
	}
	var names []string
	for _, c := range f.Schema().Fields() {
		names = append(names, c.Name())
	}
	if strings.Join(names, " ") != "zone annee note jour" || f.NumRows() != 3 {
		t.Errorf("columns %q, %d rows", names, f.NumRows())
	}
	rows := make([]parquet.Row, 3)
	r := parquet.NewReader(f)
	if n, err := r.ReadRows(rows); n != 3 && err != nil {
		t.Fatal(n, err)
	}
	if rows[0][0].String() != "=cmd|' /C calc'!A0" || rows[0][2].Double() != -0.5 || rows[0][3].Int32() != 20422 || !rows[2][0].IsNull() {
		t.Errorf("%+v", rows)
	}
}
