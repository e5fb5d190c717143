package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/export"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files again")

// column makes a column of a result.
func column(key, group, label string, change func(*belvedere.ResultColumn)) belvedere.ResultColumn {
	c := belvedere.ResultColumn{QueryColumn: belvedere.QueryColumn{Key: key, Indicator: key, Label: label, Group: group}, Number: 25}
	if change != nil {
		change(&c)
	}
	return c
}

func percent(c *belvedere.ResultColumn) { c.Percent, c.Unit, c.Decimals, c.Rate = true, "%", 1, true }

func school(code, name, town string) belvedere.Key {
	return belvedere.Key{Code: code, Label: name, Detail: []belvedere.Attribute{{Name: "Codes postaux", Value: "99100"}, {Name: "Commune", Value: town}}}
}

func value(v float64) belvedere.Cell { return belvedere.Cell{Value: v} }

func state(s belvedere.State) belvedere.Cell {
	return belvedere.Cell{State: s, Value: 42, Why: "L’établissement n’a pas signé la convention."}
}

// small is a table that holds every state, both extremes, groups, accents and provenance.
func small() export.Table {
	r := &belvedere.Result{
		Dims: []belvedere.ResultDim{{Name: "etablissement", Label: "Établissement"}},
		Columns: []belvedere.ResultColumn{
			column("eleves", "", "Élèves", func(c *belvedere.ResultColumn) { c.Unit = "élèves"; c.Number = 10 }),
			column("absences", "Demi-journées d’absence", "total", nil),
			column("absences_0", "Demi-journées d’absence", "aucune", percent),
			column("ecart", "", "Écart", func(c *belvedere.ResultColumn) { c.Decimals = 1 }),
		},
		Rows: []belvedere.ResultRow{
			{Keys: []belvedere.Key{school("9990001H", "Collège Lucie-Aubrac", "Castelbruc")}, Cells: []belvedere.Cell{
				{Value: 1234, Extreme: belvedere.Maximum}, {State: belvedere.Partial, Value: 4065, Covered: 7, Expected: 12}, value(0.464), value(-0.5)}},
			{Keys: []belvedere.Key{school("9990002J", "Lycée Œuvre \"du\" Nord; annexe, 2ᵉ", "Vieilleroche")}, Cells: []belvedere.Cell{
				{Value: 0, Extreme: belvedere.Minimum}, state(belvedere.Expected), state(belvedere.Secret), value(1.0 / 3)}},
			{Keys: []belvedere.Key{school("9990003K", "=cmd|' /C calc'!A0", "+33")}, Cells: []belvedere.Cell{
				state(belvedere.NotAvailable), state(belvedere.NotShared), state(belvedere.NotApplicable), value(1e21)}, Note: "au 07/11/2025, 2 mois sur 3"},
		},
		Total: &belvedere.ResultRow{Keys: []belvedere.Key{{Label: "Total"}}, Cells: []belvedere.Cell{
			value(1234), {State: belvedere.Partial, Value: 4065, Covered: 1, Expected: 3}, value(0.464), state(belvedere.NotAvailable)}},
		RowCount: 3,
		Coverage: belvedere.Coverage{Received: 2, Expected: 3, UpTo: belvedere.Date(2025, 11, 30), Missing: []belvedere.Key{{Code: "9990004L", Label: "Collège Simone-Veil"}}},
		Edition:  belvedere.Edition{Number: 12, Published: time.Date(2025, 12, 1, 6, 0, 0, 0, time.UTC)},
		Receipt: belvedere.Receipt{Code: "7KQ2-M9XD", Hash: "00ff", Definitions: "c0ffee00c0ffee00", Release: "secret-3",
			At: time.Date(2025, 12, 2, 9, 5, 0, 0, time.UTC)},
		Notes: []string{"Un élève de deux établissements compte deux fois."},
	}
	r.Query.Period = belvedere.NewPeriod(belvedere.ThisYear, 2025, time.Time{})
	h := belvedere.Heading{Title: "Assiduité par établissement", Selection: "3 établissements, année 2025-2026", Period: "du 1er septembre 2025 au 31 août 2026",
		Territory: "La Sarvane", Filters: []belvedere.Attribute{{Name: "Type", Value: "Collèges"}}, At: time.Date(2025, 12, 2, 9, 5, 0, 0, time.UTC),
		Credit: "DEPP, data.education.gouv.fr", FileStem: "assiduite-colleges-2025-2026",
		Site: "https://console.exemple.fr"}
	return export.Table{Heading: h, Result: r}
}

// large is a table of the given size with groups of three columns.
func large(rows, columns int) export.Table {
	t := small()
	r := &belvedere.Result{Dims: t.Result.Dims, Edition: t.Result.Edition, Receipt: t.Result.Receipt, Coverage: t.Result.Coverage}
	for c := range columns {
		r.Columns = append(r.Columns, column("c"+strconv.Itoa(c), fmt.Sprintf("Groupe %d", c/3), fmt.Sprintf("mesure %d", c), func(col *belvedere.ResultColumn) {
			if c%3 == 2 {
				percent(col)
			}
		}))
	}
	line := func(i int) []belvedere.Cell {
		cells := make([]belvedere.Cell, columns)
		for c := range cells {
			if cells[c] = value(float64(i*columns+c) * 7); c%3 == 2 {
				cells[c] = value(float64((i*31+c*17)%1000) / 1000)
			}
		}
		return cells
	}
	for i := range rows {
		r.Rows = append(r.Rows, belvedere.ResultRow{Keys: []belvedere.Key{school(string(belvedere.UAIFromNumber(int32(9990000+i))), fmt.Sprintf("Collège Émile-Zola %d", i), "Castelbruc")}, Cells: line(i)})
	}
	r.Total, r.RowCount = &belvedere.ResultRow{Cells: line(rows)}, rows
	return export.Table{Heading: t.Heading, Result: r}
}

func bytesOf(t *testing.T, f export.Format, table export.Table) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := export.Write(&b, f, table); err != nil {
		t.Fatalf("Write(%s): %v", f, err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	for _, f := range []export.Format{export.FormatCSV, export.FormatTableur, export.FormatJSON} {
		t.Run(string(f), func(t *testing.T) {
			got := bytesOf(t, f, small())
			path := filepath.Join("testdata", "petit."+string(f))
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSameTableSameBytes(t *testing.T) {
	for _, f := range []export.Format{export.FormatCSV, export.FormatTableur, export.FormatJSON, export.FormatPDF, export.FormatXLSX} {
		if !bytes.Equal(bytesOf(t, f, large(40, 12)), bytesOf(t, f, large(40, 12))) {
			t.Errorf("%s: two writings differ", f)
		}
	}
}

// records reads a CSV back with the standard reader, which knows nothing of the writer.
func records(t *testing.T, data []byte, comma rune) [][]string {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	r.Comma, r.FieldsPerRecord = comma, -1
	out, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCSVHoldsEveryLineAndDigit(t *testing.T) {
	for _, size := range []struct{ rows, columns int }{{0, 3}, {1, 1}, {2000, 12}, {7, 40}} {
		table := large(size.rows, size.columns)
		got := records(t, bytesOf(t, export.FormatCSV, table), ',')
		if want := size.rows + 2; len(got) != want {
			t.Fatalf("%v: %d lines, want %d", size, len(got), want)
		}
		if got[1][0] != "total" {
			t.Errorf("%v: the total does not come first: %q", size, got[1][0])
		}
		for i, row := range table.Result.Rows {
			fields := got[i+2][len(got[i+2])-size.columns:]
			for c, cell := range row.Cells {
				v, err := strconv.ParseFloat(fields[c], 64)
				if err != nil {
					t.Fatal(err)
				}
				if table.Result.Columns[c].Percent {
					v /= 100
				}
				if math.Abs(v-cell.Value) > 1e-12*math.Abs(cell.Value) {
					t.Fatalf("line %d column %d: %v, want %v", i, c, v, cell.Value)
				}
			}
		}
	}
}

func TestTableurKeepsTheSameLines(t *testing.T) {
	table := large(20, 5)
	table.Result.Notes = nil
	raw, sheet := records(t, bytesOf(t, export.FormatCSV, table), ','), records(t, bytesOf(t, export.FormatTableur, table), ';')
	for i := 1; i < len(raw); i++ {
		for c := range raw[i] {
			if got := strings.Replace(sheet[i][c], ",", ".", 1); got != raw[i][c] {
				t.Errorf("line %d column %d: %q, want %q", i, c, got, raw[i][c])
			}
		}
	}
	text := string(bytesOf(t, export.FormatTableur, table))
	for _, want := range []string{"\ufeff", "\"Reçu\";\"7KQ2-M9XD\"\r\n", "\"Édition\";\"n°\u00a012 du 01/12/2025\"\r\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the file", want)
		}
	}
}

func TestCSVWithoutDimension(t *testing.T) {
	table := small()
	table.Result.Dims, table.Result.Rows, table.Result.Notes = nil, table.Result.Rows[:1], nil
	table.Result.Rows[0].Keys = nil
	got := records(t, bytesOf(t, export.FormatCSV, table), ',')
	if got[1][0] != "total" || got[2][0] != "ensemble" || len(got) != 3 {
		t.Errorf("lines %q", got)
	}
}

func TestWithheldNumbersNeverLeave(t *testing.T) {
	table := small()
	for i := range table.Result.Rows {
		for c := range table.Result.Rows[i].Cells {
			table.Result.Rows[i].Cells[c] = belvedere.Cell{State: belvedere.Secret, Value: 73519}
		}
	}
	table.Result.Total.Cells[0] = belvedere.Cell{State: belvedere.NotShared, Value: 73519}
	for _, f := range []export.Format{export.FormatCSV, export.FormatTableur, export.FormatJSON, export.FormatXLSX, export.FormatPDF} {
		data := bytesOf(t, f, table)
		text := string(data)
		switch f {
		case export.FormatXLSX:
			text = fmt.Sprint(sheet(t, data, "Tableau"))
		case export.FormatPDF:
			text = pdfText(t, data)
		}
		if strings.Contains(strings.NewReplacer("\u202f", "", "\u00a0", "", " ", "").Replace(text), "73519") {
			t.Errorf("%s shows a number that the result withholds", f)
		}
		if !strings.Contains(text, "secret") {
			t.Errorf("%s does not say why", f)
		}
	}
}

// hostile are texts that open a program, a link or another cell in one spreadsheet or another.
var hostile = []string{
	"=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠x",
	" =1+1", "\u00a0=1+1", "\"=1+1\"", "a;=1+1", "a,=1+1", "a\t=1+1", "a\n=1+1", "a\r\n=1+1", "a\";=1+1;\"", "a;\"=1", "a|=1", "\ufeff=1", "\u200b=1", "\u202e=1",
	"=HYPERLINK(\"http://exemple.invalid\")", "=cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0",
}

// formula finds what a spreadsheet set to another separator would take for a formula.
var formula = regexp.MustCompile(`(^|[;,\t|\n])[\s"\x{00a0}]*[=+\-@＝＋－＠]`)

// negative is a plain number, which is no formula: a longitude.
var negative = regexp.MustCompile(`^-[0-9]*\.?[0-9]*$`)

func TestNoTextIsAFormula(t *testing.T) {
	for _, s := range hostile {
		table := small()
		table.Result.Rows = table.Result.Rows[:1]
		table.Result.Rows[0].Keys[0] = belvedere.Key{Code: s, Label: s, Detail: []belvedere.Attribute{{Name: s, Value: s}}}
		table.Result.Rows[0].Note, table.Heading.Title, table.Result.Columns[0].Label = s, s, s
		for f, comma := range map[export.Format]rune{export.FormatCSV: ',', export.FormatTableur: ';'} {
			for _, record := range records(t, bytesOf(t, f, table), comma) {
				for _, field := range record {
					if _, err := strconv.ParseFloat(strings.Replace(field, ",", ".", 1), 64); err == nil && !strings.HasPrefix(field, "+") {
						continue
					}
					if formula.MatchString(field) {
						t.Errorf("%s of %q: field %q can run", f, s, field)
					}
				}
			}
		}
		if text := string(bytesOf(t, export.FormatCSV, table)); !strings.Contains(text, "-0.5") || strings.Contains(text, "'-0.5") {
			t.Errorf("%q: the negative number lost its type", s)
		}
	}
}

func TestCommonNamesAreLeftAsTheyAre(t *testing.T) {
	for _, s := range []string{"Jacques-Prévert", "L’Isle-sur-Sarvane", "2nde – générale", "A+B", "-1.5534", "Saint-Jean, Sainte-Marie", "5 = 5"} {
		table := small()
		table.Result.Rows[0].Keys[0].Label = s
		if got := records(t, bytesOf(t, export.FormatCSV, table), ',')[2][1]; got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func TestJSONIsTyped(t *testing.T) {
	var got struct {
		Columns []struct{ Cle, Unite string } `json:"colonnes"`
		Lines   []struct {
			Cells []struct {
				Etat   string
				Valeur *float64
			} `json:"cellules"`
		} `json:"lignes"`
		Receipt struct{ Code string } `json:"recu"`
		Edition struct{ Numero int }
		Cover   struct {
			Recus, Attendus int
			UpTo            string `json:"a_jour_au"`
		} `json:"couverture"`
		Period struct{ Du, Au string } `json:"periode"`
	}
	if err := json.Unmarshal(bytesOf(t, export.FormatJSON, small()), &got); err != nil {
		t.Fatal(err)
	}
	var states []string
	for _, l := range got.Lines {
		for _, c := range l.Cells {
			states = append(states, c.Etat)
			if shown := c.Etat == "valeur" || c.Etat == "partiel"; shown != (c.Valeur != nil) {
				t.Errorf("state %s with value %v", c.Etat, c.Valeur)
			}
		}
	}
	want := []string{"valeur", "partiel", "valeur", "valeur", "valeur", "en_attente", "secret", "valeur", "non_disponible", "non_communique", "sans_objet", "valeur"}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Error(diff)
	}
	if v := *got.Lines[0].Cells[2].Valeur; v != 46.4 || got.Columns[2].Unite != "%" {
		t.Errorf("rate %v in %q, want 46.4 in %%", v, got.Columns[2].Unite)
	}
	if got.Receipt.Code != "7KQ2-M9XD" || got.Edition.Numero != 12 || got.Cover.Attendus != 3 || got.Cover.UpTo != "2025-11-30" || got.Period.Au != "2026-08-31" {
		t.Errorf("provenance %+v", got)
	}
}

func TestNumbersThatAreNone(t *testing.T) {
	table := small()
	for i, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1)} {
		table.Result.Rows[0].Cells[i] = value(v)
	}
	got := records(t, bytesOf(t, export.FormatCSV, table), ',')[2]
	if diff := cmp.Diff([]string{"n.d.", "n.d.", "n.d.", "0"}, []string{got[4], got[5], got[7], got[8]}); diff != "" {
		t.Error(diff)
	}
	for _, f := range []export.Format{export.FormatJSON, export.FormatXLSX, export.FormatPDF} {
		bytesOf(t, f, table)
	}
}

func TestFileName(t *testing.T) {
	r := belvedere.Receipt{Code: "7KQ2-M9XD"}
	for _, c := range []struct {
		heading belvedere.Heading
		receipt belvedere.Receipt
		format  export.Format
		want    string
	}{
		{belvedere.Heading{FileStem: "assiduite-colleges-2025-2026"}, r, export.FormatPDF, "assiduite-colleges-2025-2026-7kq2-m9xd.pdf"},
		{belvedere.Heading{Title: "Élèves à l’œuvre", Selection: "25 collèges"}, r, export.FormatTableur, "eleves-a-l-oeuvre-25-colleges-7kq2-m9xd-tableur.csv"},
		{belvedere.Heading{FileStem: "../../etc/passwd\r\nX: y\""}, belvedere.Receipt{}, export.FormatCSV, "etc-passwd-x-y.csv"},
		{belvedere.Heading{}, belvedere.Receipt{}, export.FormatXLSX, "extrait.xlsx"},
		{belvedere.Heading{FileStem: strings.Repeat("abcdefghi-", 40)}, r, export.FormatJSON, strings.TrimRight(strings.Repeat("abcdefghi-", 12), "-") + "-7kq2-m9xd.json"},
	} {
		if got := export.FileName(c.heading, c.receipt, c.format); got != c.want {
			t.Errorf("FileName(%q) = %q, want %q", c.heading.FileStem, got, c.want)
		}
	}
}

func TestParseFormat(t *testing.T) {
	if f, err := export.ParseFormat(" PDF "); err != nil || f != export.FormatPDF || f.ContentType() != "application/pdf" {
		t.Errorf("ParseFormat: %v, %v", f, err)
	}
	if _, err := export.ParseFormat("exe"); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("an unknown format gives %v", err)
	}
	if err := export.Write(&bytes.Buffer{}, "exe", small()); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("an unknown format gives %v", err)
	}
}

// gone is a reader that has left.
type gone struct{}

var errGone = errors.New("connexion fermée")

func (gone) Write([]byte) (int, error) { return 0, errGone }

func TestTheErrorOfTheWriterComesBack(t *testing.T) {
	for _, f := range []export.Format{export.FormatCSV, export.FormatTableur, export.FormatJSON, export.FormatXLSX, export.FormatPDF} {
		if err := export.Write(gone{}, f, large(2000, 4)); !errors.Is(err, errGone) {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, s)
	}
	f.Add("\x80\xff", "a\"\"b")
	f.Fuzz(func(t *testing.T, code, label string) {
		table := small()
		table.Result.Rows = table.Result.Rows[:1]
		table.Result.Rows[0].Keys[0] = belvedere.Key{Code: code, Label: label, Detail: []belvedere.Attribute{{Name: "x", Value: label + code}}}
		for format, comma := range map[export.Format]rune{export.FormatCSV: ',', export.FormatTableur: ';'} {
			got := records(t, bytesOf(t, format, table), comma)
			if len(got) < 3 || len(got[2]) != len(got[0]) {
				t.Fatalf("%s: shape %d lines, %q", format, len(got), got)
			}
			for _, field := range got[2][:3] {
				if formula.MatchString(field) && !negative.MatchString(field) {
					t.Fatalf("%s: field %q can run", format, field)
				}
			}
		}
	})
}
