package export_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
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
