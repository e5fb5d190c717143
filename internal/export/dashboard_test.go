package export_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/export"

	"github.com/xuri/excelize/v2"
)

// board is a dashboard with every kind of part, hostile names, and a table too long for its place.
func board() export.Dashboard {
	t := small()
	long := small()
	for i := range 300 {
		long.Result.Rows = append(long.Result.Rows, belvedere.ResultRow{Keys: []belvedere.Key{school(fmt.Sprint("E", i), fmt.Sprint("École ", i), "X")}, Cells: []belvedere.Cell{value(float64(1000 + i)), value(1), value(0.5), value(2)}})
	}
	years := small()
	years.Result.Dims = []belvedere.ResultDim{{Name: "annee", Label: "Année"}}
	years.Result.Rows = nil
	for y := range 6 {
		cells := []belvedere.Cell{value(float64(100 + y*y)), state(belvedere.Secret), value(0.1 * float64(y)), value(-2)}
		years.Result.Rows = append(years.Result.Rows, belvedere.ResultRow{Keys: []belvedere.Key{{Code: fmt.Sprint(2020 + y), Label: fmt.Sprintf("%d-%d", 2020+y, 2021+y)}}, Cells: cells})
	}
	trend := []belvedere.Cell{value(1), state(belvedere.Expected), value(3), value(2)}
	return export.Dashboard{Heading: t.Heading, Description: "=cmd()", Edition: t.Result.Edition, Parts: []export.Part{
		{Name: "Chiffre", Width: 3, Table: t, Figure: &export.Figure{Column: t.Result.Columns[0], Cell: value(1234), Change: "+3 (+1 %)", ChangeSay: "en hausse sur un an", Coverage: "2/3 établissements", Trend: trend}},
		{Name: "Masqué", Width: 3, Table: t, Figure: &export.Figure{Column: t.Result.Columns[0], Cell: state(belvedere.NotShared)}},
		{Name: "Rompu", Width: 6, Err: "Vos droits n’ouvrent pas cet élément."},
		{Name: "Partie", Titled: true, Width: 12},
		{Name: "=HYPERLINK(\"x\")[]:*?/\\'", Width: 6, Height: 3, Table: years, Chart: "lignes"},
		{Name: "Barres", Width: 6, Height: 3, Table: t, Chart: "barres"},
		{Name: "Empilées", Width: 6, Height: 3, Table: years, Chart: "empilees"},
		{Name: "Long", Width: 6, Table: long},
		{Name: "Long", Width: 12, Text: "Un texte\nsur deux lignes <b>&amp;"},
	}}
}

func TestDashboardFiles(t *testing.T) {
	for _, f := range export.DashboardFormats {
		var one, two bytes.Buffer
		if err := export.WriteDashboard(&one, f, board()); err != nil {
			t.Fatal(f, err)
		}
		if err := export.WriteDashboard(&two, f, board()); err != nil || !bytes.Equal(one.Bytes(), two.Bytes()) {
			t.Errorf("%s: two files of one dashboard differ, %v", f, err)
		}
		if contentType, name := export.DashboardFile(f, board()); contentType == "" || strings.ContainsAny(name, " /é") {
			t.Errorf("%s: %s, %s", f, contentType, name)
		}
	}
	if err := export.WriteDashboard(io.Discard, export.FormatJSON, board()); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("json: %v", err)
	}
}

// TestDashboardSheets wants each element on a sheet of its own, no formula, no number that is withheld.
func TestDashboardSheets(t *testing.T) {
	var out bytes.Buffer
	if err := export.WriteDashboard(&out, export.FormatXLSX, board()); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	list := f.GetSheetList()
	if len(list) != 7 || list[0] != "Chiffre" || list[len(list)-1] != "À propos" {
		t.Fatalf("sheets %q", list)
	}
	for _, sheet := range list {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for y, row := range rows {
			for x, text := range row {
				at, _ := excelize.CoordinatesToCellName(x+1, y+1)
				if formula, err := f.GetCellFormula(sheet, at); err != nil || formula != "" {
					t.Errorf("%s!%s is the formula %q", sheet, at, formula)
				}
				if sheet != "À propos" && text == "42" {
					t.Errorf("%s!%s shows a number that is withheld", sheet, at)
				}
			}
		}
	}
	about, err := f.GetRows("À propos")
	if err != nil || !strings.Contains(fmt.Sprint(about), "7KQ2-M9XD") || !strings.Contains(fmt.Sprint(about), "Vos droits n’ouvrent pas") {
		t.Errorf("about: %v, %v", about, err)
	}
}

// TestDashboardArchive wants one file for each element with figures.
func TestDashboardArchive(t *testing.T) {
	var out bytes.Buffer
	if err := export.WriteDashboard(&out, export.FormatCSV, board()); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	if got := strings.Join(names, " "); got != "01-chiffre.csv 02-masque.csv 05-hyperlink-x.csv 06-barres.csv 07-empilees.csv 08-long.csv a-propos.txt" {
		t.Errorf("files %s", got)
	}
}

// direction is the page of a direction with so many departments.
func direction(departments int, name string) export.Dashboard {
	d := export.Dashboard{Heading: small().Heading, Edition: small().Result.Edition}
	for i := range 8 {
		t := small()
		d.Parts = append(d.Parts, export.Part{Name: fmt.Sprint("Chiffre ", i+1), Width: 3, Table: t, Figure: &export.Figure{Column: t.Result.Columns[0], Cell: value(121768230), Change: "+484\u202f986 (+2,3\u202f%)",
			ChangeSay: "en hausse sur un an", Coverage: "1/1 établissement", Trend: []belvedere.Cell{value(1), value(3), value(2)}}})
	}
	list := small()
	list.Result.Dims = []belvedere.ResultDim{{Name: "composante", Label: "Composante, département"}}
	list.Result.Columns, list.Result.Rows = list.Result.Columns[:0:0], nil
	for _, label := range []string{"Présents aux examens", "Admis", "Admis / présents", "Admis / inscrits"} {
		c := belvedere.ResultColumn{}
		c.Key, c.Label, c.Percent, c.Decimals = label, label, strings.Contains(label, "/"), strings.Count(label, "/")
		list.Result.Columns = append(list.Result.Columns, c)
	}
	line := []belvedere.Cell{value(12345), value(11345), value(.8), value(.78)}
	list.Result.Total = &belvedere.ResultRow{Keys: []belvedere.Key{{Label: "Ensemble"}}, Cells: line}
	for i := range departments {
		list.Result.Rows = append(list.Result.Rows, belvedere.ResultRow{Keys: []belvedere.Key{{Code: fmt.Sprint(i), Label: fmt.Sprintf("%s no%d", name, i+1)}}, Cells: line})
	}
	first := list
	bars := *list.Result
	bars.Rows = bars.Rows[:min(8, len(bars.Rows))]
	first.Result = &bars
	d.Parts = append(d.Parts, export.Part{Name: "Par année", Width: 6, Height: 3, Table: first, Chart: "lignes"}, export.Part{Name: "Par composante", Width: 6, Height: 3, Table: first, Chart: "barres"},
		export.Part{Name: "Inscriptions par composante", Width: 6, Table: list}, export.Part{Name: "Réussite par composante", Width: 6, Table: list})
	return d
}

// TestDashboardOnOnePage wants the page of a direction on one page of A4, with every department on it:
// lying where it holds, upright for twenty with long names, and further pages when no page holds them.
func TestDashboardOnOnePage(t *testing.T) {
	for _, c := range []struct {
		departments int
		name        string
		pages       int
		lies        bool
	}{
		{4, "Génie civil", 1, true}, {20, "Département des sciences, techniques et procédés", 1, false},
		{20, "UFR", 1, false}, {0, "", 1, true}, {90, "Département des sciences et techniques", 7, true},
	} {
		var out bytes.Buffer
		if err := export.WriteDashboard(&out, export.FormatPDF, direction(c.departments, c.name)); err != nil {
			t.Fatal(err)
		}
		if dir := os.Getenv("SHOTS"); dir != "" {
			os.WriteFile(fmt.Sprintf("%s/pdf-%d-%d.pdf", dir, c.departments, len(c.name)), out.Bytes(), 0o644)
		}
		boxes := regexp.MustCompile(`/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]`).FindAllSubmatch(out.Bytes(), -1)
		pages := len(regexp.MustCompile(`/Type /Page\n`).FindAll(out.Bytes(), -1))
		upright := bytes.Contains(out.Bytes(), []byte("/MediaBox [0 0 595.28 841.89]\n/Resources")) || len(boxes) > 1 && string(boxes[0][1]) < string(boxes[0][2])
		if pages != c.pages || upright == c.lies {
			t.Errorf("%d departments: %d pages, upright %t, boxes %q", c.departments, pages, upright, boxes)
		}
		text := strings.Join(strings.Fields(pdfText(t, out.Bytes())), " ")
		for i := range c.departments {
			if want := fmt.Sprintf("no%d ", i+1); strings.Count(text+" ", want) < 2 {
				t.Errorf("%d departments: %s is missing", c.departments, want)
			}
		}
	}
}
