package dossier_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/school/dossier"
)

// A cell of a workbook: a text, a number, a number that is shown as a date, or a formula with its value.
type (
	dateCell    float64
	formulaCell struct{ text, value string }
)

// workbook writes a file of Excel by hand, as little of it as a reader needs.
func workbook(t *testing.T, name string, sheets ...[][]any) dossier.File {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	part := func(name, body string) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(`<?xml version="1.0" encoding="UTF-8"?>` + body))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var list, links strings.Builder
	for i, rows := range sheets {
		fmt.Fprintf(&list, `<sheet name="Feuille %d" sheetId="%d" r:id="r%d"/>`, i+1, i+1, i+1)
		fmt.Fprintf(&links, `<Relationship Id="r%d" Target="worksheets/sheet%d.xml" Type="x"/>`, i+1, i+1)
		var s strings.Builder
		for r, row := range rows {
			fmt.Fprintf(&s, `<row r="%d">`, r+1)
			for c, v := range row {
				at := fmt.Sprintf("%c%d", 'A'+c, r+1)
				switch v := v.(type) {
				case nil:
				case string:
					fmt.Fprintf(&s, `<c r="%s" t="inlineStr"><is><t>%s</t></is></c>`, at, v)
				case dateCell:
					fmt.Fprintf(&s, `<c r="%s" s="1"><v>%v</v></c>`, at, float64(v))
				case formulaCell:
					kind := ""
					if strings.HasPrefix(v.value, "#") {
						kind = ` t="e"`
					}
					fmt.Fprintf(&s, `<c r="%s"%s><f>%s</f><v>%s</v></c>`, at, kind, v.text, v.value)
				default:
					fmt.Fprintf(&s, `<c r="%s"><v>%v</v></c>`, at, v)
				}
			}
			s.WriteString("</row>")
		}
		part(fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), `<worksheet><sheetData>`+s.String()+`</sheetData></worksheet>`)
	}
	part("xl/workbook.xml", `<workbook xmlns:r="x"><sheets>`+list.String()+`</sheets></workbook>`)
	part("xl/_rels/workbook.xml.rels", `<Relationships>`+links.String()+`</Relationships>`)
	part("xl/styles.xml", `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return file(name, b.String())
}

// Files of staff and pay come as workbooks: a sheet of notes before the rows, a title, groups of columns in merged
// cells, days as numbers, numbers as texts, formulas that count for the value they had, a line of totals.
func TestWorkbooksOfPeople(t *testing.T) {
	notes := [][]any{{"À lire"}, {"Export du service des ressources humaines"}}
	pay := [][]any{
		{"Paie de novembre 2025"},
		{nil},
		{"Agent", nil, "Affectation", "Mois", "Montants", nil},
		{"Matricule", "Nom", "Service", nil, "Salaire brut", "Coût total"},
		{"00012", "MARTIN", "DSI", dateCell(45962), 2000, formulaCell{"E5*1.42", "2840"}},
		{13, "PETIT", "DRH", 45991, "1 000,50", "1 420,71"},
		{14, "ROUX", "DRH", "11/2025", 1e3, formulaCell{"E7*1.42", "1420.0000000000002"}},
		{"Total", nil, nil, nil, formulaCell{"SUM(E5:E7)", "4000.5"}, 5680.71},
	}
	d := newDesk(t)
	got, r, err := proposed(t, d, "paie", workbook(t, "paie.xlsx", notes, pay))
	want := "2025-11|00012|MARTIN|DSI|2000|2840\n2025-11|13|PETIT|DRH|1000.5|1420.71\n2025-11|14|ROUX|DRH|1000|1420\n"
	if err != nil || got != want {
		t.Fatalf("%v %+v\n%s", err, r, got)
	}
	var left, total bool
	for _, f := range r.Faults {
		left = left || f.Rule == "feuille" && f.Severity == belvedere.SeverityWarning && strings.Contains(f.File, "Feuille 1")
		total = total || f.Rule == "total" && f.Line == 8
	}
	if !left || !total {
		t.Errorf("%v", r.Faults)
	}
	// One sheet a month, each with its rows.
	month := func(serial dateCell, cost int) [][]any {
		return [][]any{{"Matricule", "Mois", "Service", "Coût total"}, {1, serial, "DSI", cost}}
	}
	got, _, err = proposed(t, newDesk(t), "paie", workbook(t, "paie.xlsx", month(45962, 10), month(45992, 20), [][]any{}))
	if err != nil || got != "2025-11|1|DSI|10\n2025-12|1|DSI|20\n" {
		t.Errorf("%v %s", err, got)
	}
	// A formula in error is told, not read as nothing.
	_, _, err = proposed(t, newDesk(t), "paie", workbook(t, "paie.xlsx", [][]any{{"Matricule", "Mois", "Service", "Coût total"}, {1, dateCell(45962), "DSI", formulaCell{"1/0", "#DIV/0!"}}}))
	if err == nil || !strings.Contains(err.Error(), "formule") {
		t.Errorf("%v", err)
	}
	for name, f := range map[string]dossier.File{
		"no sheet":   workbook(t, "vide.xlsx"),
		"empty":      workbook(t, "vide.xlsx", [][]any{}),
		"not a book": file("x.xlsx", "PK\x03\x04 cut"),
	} {
		if _, _, err := proposed(t, newDesk(t), "paie", f); belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
