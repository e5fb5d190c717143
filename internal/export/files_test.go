package export_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/export"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/dejavu/dejavusanscondensed"
	"github.com/go-fonts/dejavu/dejavusanscondensedbold"
	"github.com/xuri/excelize/v2"
)

// open reads a workbook back.
func open(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func sheet(t *testing.T, data []byte, name string) [][]string {
	t.Helper()
	rows, err := open(t, data).GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestXLSXHoldsTheTable(t *testing.T) {
	data := bytesOf(t, export.FormatXLSX, small())
	f := open(t, data)
	for cell, want := range map[string]string{
		"A1": "Établissement", "A2": "Établissement", "B1": "UAI", "F1": "Demi-journées d’absence", "F2": "total", "G2": "total – couverture", "H2": "aucune",
		"A3": "Total", "A4": "Collège Lucie-Aubrac", "B4": "9990001H", "D4": "Castelbruc",
		"E4": "▲ 1,234", "E5": "▼ 0", "G4": "7/12", "F5": "en attente", "H5": "secret",
		"E6": "n.d.", "F6": "non communiqué", "H6": "s.o.", "A6": "=cmd|' /C calc'!A0", "J6": "au 07/11/2025, 2 mois sur 3",
	} {
		if got, err := f.GetCellValue("Tableau", cell); err != nil || got != want {
			t.Errorf("%s = %q, want %q (%v)", cell, got, want, err)
		}
	}
	for cell, want := range map[string]string{"E4": "1234", "H4": "0.464", "I4": "-0.5", "F4": "4065"} {
		kind, _ := f.GetCellType("Tableau", cell)
		got, _ := f.GetCellValue("Tableau", cell, excelize.Options{RawCellValue: true})
		if got != want || kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
			t.Errorf("%s = %q of type %v, want the number %s", cell, got, kind, want)
		}
	}
	merged, err := f.GetMergeCells("Tableau")
	if err != nil {
		t.Fatal(err)
	}
	var spans []string
	for _, m := range merged {
		spans = append(spans, m.GetStartAxis()+":"+m.GetEndAxis())
	}
	if got := strings.Join(spans, " "); !strings.Contains(got, "F1:H1") || !strings.Contains(got, "A1:A2") {
		t.Errorf("merged cells %s", got)
	}
	if p, err := f.GetPanes("Tableau"); err != nil || !p.Freeze || p.XSplit != 1 || p.YSplit != 2 {
		t.Errorf("panes %+v, %v", p, err)
	}
}

func TestXLSXSaysWhatItIs(t *testing.T) {
	table := small()
	model := &belvedere.Model{Indicators: []*belvedere.Indicator{{Code: "eleves", Number: 10, Label: "Population élèves", Definition: "Nombre d’élèves inscrits.",
		Unit: "élèves", Recipients: "Établissement et collectivité", LegalBasis: "Mission d’intérêt public", Since: "2010",
		Rate: &belvedere.Rate{Label: "Part", NumLabel: "filles", DenLabel: "élèves"}}}}
	model.Index()
	table.Model = model
	table.Result.Columns[0].Rate = true
	text := fmt.Sprint(sheet(t, bytesOf(t, export.FormatXLSX, table), "À propos"))
	for _, want := range []string{"Assiduité par établissement", "7KQ2-M9XD", "n°\u00a012", "2/3 établissements, à jour au 30/11/2025", "Collège Simone-Veil",
		"DEPP", "Nombre d’élèves inscrits. Taux : Part", "filles / élèves", "Mission d’intérêt public", "masqué par le secret", "Un élève de deux établissements", "n’a pas signé", "▲"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the sheet À propos:\n%s", want, text)
		}
	}
}

func TestXLSXHasNoFormula(t *testing.T) {
	for _, s := range append([]string{"_x0041_", "\x00\x0b", "\ufffe", strings.Repeat("é", 40000)}, hostile...) {
		table := small()
		table.Result.Rows[0].Keys[0] = belvedere.Key{Code: s, Label: s, Detail: []belvedere.Attribute{{Name: s, Value: s}}}
		table.Heading.Title, table.Result.Notes = s, []string{s}
		f := open(t, bytesOf(t, export.FormatXLSX, table))
		for _, name := range f.GetSheetList() {
			rows, err := f.GetRows(name)
			if err != nil {
				t.Fatal(err)
			}
			for y, row := range rows {
				for x := range row {
					cell, _ := excelize.CoordinatesToCellName(x+1, y+1)
					if got, _ := f.GetCellFormula(name, cell); got != "" {
						t.Errorf("%q: %s!%s is the formula %q", s, name, cell, got)
					}
				}
			}
		}
		if s == "_x0041_" {
			if got, _ := f.GetCellValue("Tableau", "A4"); got != s {
				t.Errorf("%q became %q", s, got)
			}
		}
	}
}

func TestXLSXOfManyLines(t *testing.T) {
	if got := len(sheet(t, bytesOf(t, export.FormatXLSX, large(2000, 12)), "Tableau")); got != 2003 {
		t.Errorf("%d lines, want 2 of headings, the total and 2000", got)
	}
	if got := len(sheet(t, bytesOf(t, export.FormatXLSX, large(0, 2)), "Tableau")); got != 3 {
		t.Errorf("%d lines in an empty table, want the headings and the total", got)
	}
}

// pdfText reads the text of a document with a program that is not ours.
func pdfText(t *testing.T, data []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext n’est pas installé")
	}
	path := filepath.Join(t.TempDir(), "t.pdf")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("\u202f", " ", "\u00a0", " ").Replace(string(out)) // some versions of the tool do, some do not
}

func TestPDFHoldsTheTable(t *testing.T) {
	text := pdfText(t, bytesOf(t, export.FormatPDF, small()))
	for _, want := range []string{"Assiduité par établissement", "3 établissements, année 2025-2026", "du 1er septembre 2025", "Type : Collèges",
		"Collège Lucie-Aubrac", "Castelbruc", "▲ 1 234", "▼", "4 065", "46,4 %", "−0,5", "en attente", "non communiqué", "secret", "n.d.", "s.o.",
		"Lycée Œuvre", "7KQ2-M9XD", "édition n° 12", "données au 30/11/2025", "page 1/1", "masqué par le secret statistique", "Un élève de deux établissements", "DEPP"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the document:\n%s", want, text)
		}
	}
}

func TestPDFRepeatsItsHeadings(t *testing.T) {
	for _, size := range []struct{ rows, columns int }{{0, 3}, {200, 12}, {60, 60}, {2000, 6}} {
		table := large(size.rows, size.columns)
		pages := strings.Split(strings.TrimSuffix(pdfText(t, bytesOf(t, export.FormatPDF, table)), "\f"), "\f")
		for i, page := range pages {
			if !strings.Contains(page, fmt.Sprintf("page %d/%d", i+1, len(pages))) && len(pages) < 1000 {
				t.Errorf("%v: page %d of %d is not numbered", size, i+1, len(pages))
			}
			if i == len(pages)-1 && !strings.Contains(page, "Collège Émile-Zola") {
				continue // the legend may stand on a page of its own
			}
			if !strings.Contains(page, "Établissement") || !strings.Contains(page, "Groupe") {
				t.Errorf("%v: no heading on page %d", size, i+1)
			}
		}
		all := strings.Join(pages, "\n")
		for _, c := range []int{0, size.columns - 1} {
			if want := fmt.Sprintf("mesure %d", c); !strings.Contains(strings.Join(strings.Fields(all), " "), want) && !strings.Contains(all, "mesure") {
				t.Errorf("%v: column %q is missing", size, want)
			}
		}
		for _, r := range table.Result.Rows {
			if !strings.Contains(all, r.Keys[0].Label) {
				t.Errorf("%v: line %q is missing", size, r.Keys[0].Label)
			}
		}
	}
}

// TestPDFHasAnEnd asks for a document of more pages than memory should hold: it is refused
// before a byte is written, and other formats take the table.
func TestPDFHasAnEnd(t *testing.T) {
	table := large(30_000, 8)
	var b bytes.Buffer
	err := export.Write(&b, export.FormatPDF, table)
	if belvedere.KindOf(err) != belvedere.TooLarge || !strings.Contains(belvedere.Message(err), "XLSX") || b.Len() > 0 {
		t.Errorf("%v after %d bytes", err, b.Len())
	}
	if err := export.Write(io.Discard, export.FormatCSV, table); err != nil {
		t.Error(err)
	}
}

func TestPDFSurvivesAnyText(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	texts := append([]string{"", "😀\U00010000", strings.Repeat("x", 5000), strings.Repeat("mot ", 2000), "\x00\x01", "e\u0301", "漢字", "أ"}, hostile...)
	for range 20 {
		r := make([]rune, 30)
		for i := range r {
			r[i] = rune(random.IntN(0x11000))
		}
		texts = append(texts, string(r))
	}
	for _, s := range texts {
		table := small()
		table.Heading.Title, table.Heading.Selection, table.Heading.Credit = s, s, s
		table.Result.Columns[0].Label, table.Result.Columns[1].Group, table.Result.Notes = s, s, []string{s}
		table.Result.Rows[0].Keys[0] = belvedere.Key{Label: s, Detail: []belvedere.Attribute{{Name: s, Value: s}}}
		if data := bytesOf(t, export.FormatPDF, table); !bytes.HasPrefix(data, []byte("%PDF-")) {
			t.Errorf("%.40q: not a document", s)
		}
	}
}

// The benchmarks stand beside the bare libraries: the ratio is what matters (goal: 1.5 at most).

func BenchmarkXLSX(b *testing.B) {
	table := large(500, 12)
	b.Run("belvedere", func(b *testing.B) {
		for b.Loop() {
			if err := export.XLSX(&bytes.Buffer{}, table); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			f := excelize.NewFile()
			w, _ := f.NewStreamWriter("Sheet1")
			for i, row := range table.Result.Rows {
				values := []any{row.Keys[0].Label, row.Keys[0].Code, row.Keys[0].Detail[0].Value, row.Keys[0].Detail[1].Value}
				for _, c := range row.Cells {
					values = append(values, c.Value)
				}
				if err := w.SetRow(fmt.Sprintf("A%d", i+1), values); err != nil {
					b.Fatal(err)
				}
			}
			w.Flush()
			if err := f.Write(&bytes.Buffer{}); err != nil {
				b.Fatal(err)
			}
			f.Close()
		}
	})
}

func BenchmarkPDF(b *testing.B) {
	table := large(500, 12)
	b.Run("belvedere", func(b *testing.B) {
		for b.Loop() {
			if err := export.PDF(&bytes.Buffer{}, table); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			doc := fpdf.New("L", "mm", "A4", "")
			doc.AddUTF8FontFromBytes("d", "", dejavusanscondensed.TTF)
			doc.AddUTF8FontFromBytes("d", "B", dejavusanscondensedbold.TTF)
			doc.SetFont("d", "B", 8)
			doc.AddPage()
			doc.CellFormat(40, 5, "Établissement", "", 1, "", false, 0, "")
			doc.SetFont("d", "", 8)
			for _, row := range table.Result.Rows {
				for _, s := range []string{row.Keys[0].Label, row.Keys[0].Detail[0].Value, row.Keys[0].Detail[1].Value} {
					doc.CellFormat(20, 5, s, "B", 0, "L", false, 0, "")
				}
				for c, cell := range row.Cells {
					doc.CellFormat(17, 5, table.Result.Columns[c].Format(cell.Value), "B", 0, "R", false, 0, "")
				}
				doc.Ln(5)
			}
			if err := doc.Output(&bytes.Buffer{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkCSV(b *testing.B) {
	table := large(500, 12)
	for b.Loop() {
		if err := export.CSV(&bytes.Buffer{}, table); err != nil {
			b.Fatal(err)
		}
	}
}
