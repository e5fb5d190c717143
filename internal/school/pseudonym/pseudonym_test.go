package pseudonym_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/export"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/pseudonym"
)

// Two extracts of the same rows have nothing in common by which they could be joined: no pseudonym, no order.
func TestExtractsCannotBeJoined(t *testing.T) {
	d := newDesk(t, 64)
	d.fill(t, "inscriptions", students(300))
	o := d.order(t, staff(belvedere.Pseudonyms), false)
	_, a := d.read(t, staff(belvedere.Pseudonyms), o, namer(1))
	_, b := d.read(t, staff(belvedere.Pseudonyms), o, namer(2))
	_, again := d.read(t, staff(belvedere.Pseudonyms), o, namer(1))
	if len(a) != len(b) || len(a) < 300 {
		t.Fatalf("%d and %d rows", len(a), len(b))
	}
	if fmt.Sprint(a) != fmt.Sprint(again) {
		t.Error("the same key gives other rows")
	}
	first, second := order(a), order(b)
	for p := range first {
		if _, both := second[p]; both {
			t.Fatalf("%s is in both extracts", p)
		}
	}
	if len(first) != 300 || len(second) != 300 {
		t.Errorf("%d and %d pseudonyms of 300 people", len(first), len(second))
	}
	if !slices.IsSortedFunc(a, func(x, y []any) int { return strings.Compare(x[0].(string), y[0].(string)) }) {
		t.Error("rows do not come in the order of their pseudonyms")
	}
	// Ranks of the same rows in both files, matched by what they hold, are as unlike as chance.
	if r := correlation(a, b); r > 0.2 || r < -0.2 {
		t.Errorf("the orders go together: %.2f", r)
	}
}

// order gives the rank of each pseudonym.
func order(rows [][]any) map[string]int {
	out := map[string]int{}
	for _, row := range rows {
		if p := row[0].(string); out[p] == 0 {
			out[p] = len(out) + 1
		}
	}
	return out
}

// correlation is that of the ranks of rows that hold the same and are alone to do so.
func correlation(a, b [][]any) float64 {
	at := func(rows [][]any) map[string]int {
		out := map[string]int{}
		for i, row := range rows {
			k := fmt.Sprint(row[1:])
			if _, twice := out[k]; twice {
				out[k] = -1
				continue
			}
			out[k] = i
		}
		return out
	}
	var n, sx, sy, sxx, syy, sxy float64
	other := at(b)
	for k, i := range at(a) {
		if j := other[k]; i >= 0 && j >= 0 {
			x, y := float64(i), float64(j)
			n, sx, sy, sxx, syy, sxy = n+1, sx+x, sy+y, sxx+x*x, syy+y*y, sxy+x*y
		}
	}
	return (n*sxy - sx*sy) / (sqrt(n*sxx-sx*sx) * sqrt(n*syy-sy*sy))
}

func sqrt(x float64) float64 {
	z := x
	for range 60 {
		z = (z + x/z) / 2
	}
	return z
}

// Who tries all student numbers, knows the way and has another extract, finds no pseudonym.
func TestPseudonymsAreNotGuessed(t *testing.T) {
	d := newDesk(t, 1000)
	d.fill(t, "inscriptions", students(50))
	_, rows := d.read(t, staff(belvedere.Pseudonyms), d.order(t, staff(belvedere.Pseudonyms), false), namer(1))
	known := order(rows)
	wrong := pseudonym.NewNamer(make([]byte, 32), bytes.Repeat([]byte{99}, 32), "X1") // even with the mark
	for i := range 200_000 {
		for _, id := range []string{fmt.Sprint(i), fmt.Sprintf("99%05d", i)} {
			if _, hit := known[wrong.Code("personne", id)]; hit {
				t.Fatalf("%s was found without the key", id)
			}
			sum := hmac.New(sha256.New, []byte("X1"))
			sum.Write([]byte(id))
			if _, hit := known[fmt.Sprintf("%X", sum.Sum(nil)[:8])]; hit {
				t.Fatalf("%s is a bare sum", id)
			}
			if i > 20_000 {
				break
			}
		}
	}
}

// No format of a pseudonymised extract holds a value of a column that names someone.
func TestNoCanaryLeaves(t *testing.T) {
	d := newDesk(t, 1000)
	d.fill(t, "inscriptions", students(120))
	who := staff(belvedere.Pseudonyms)
	sheet, _, err := d.Sheet(context.Background(), who, d.order(t, who, false), namer(1))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range export.SheetFormats {
		var b bytes.Buffer
		if err := export.WriteSheet(&b, f, sheet); err != nil {
			t.Fatal(err)
		}
		for _, text := range unpacked(t, f, b.Bytes()) {
			for _, word := range []string{"CANARI", "990000"} {
				if at := bytes.Index(text, []byte(word)); at >= 0 {
					t.Errorf("%s: %q", f, text[max(0, at-20):min(len(text), at+40)])
				}
			}
		}
	}
	named, rows := d.read(t, staff(belvedere.Identities), d.order(t, staff(belvedere.Identities), true), namer(1))
	if !strings.Contains(fmt.Sprint(rows), "CANARINOM0007") || len(named.Columns) < len(sheet.Columns)+6 {
		t.Error("with the grant, names do not leave: the test tells nothing")
	}
}

// Without the grant nothing depends on what columns that name people hold: each way to ask is refused in the same
// words whether the value exists or not.
func TestNothingTellsANameWithoutTheGrant(t *testing.T) {
	d := newDesk(t, 1000)
	d.fill(t, "inscriptions", students(20))
	who := staff(belvedere.Pseudonyms)
	base := d.order(t, who, false)
	ctx := context.Background()
	for _, column := range []string{"nom", "prenom", "ine", "mel", "naissance", "nip", "handicap", "nationalite", "inexistante"} {
		var said []string
		for _, value := range []string{canary(column, 3), "PERSONNE-DE-CE-NOM", "'; DROP", ""} {
			o := base
			o.Where = []dossier.Filter{{Column: column, Op: dossier.In, Values: []string{value}}}
			_, _, count := d.Count(ctx, who, o)
			_, measure := d.Measure(ctx, who, o)
			_, _, sheet := d.Sheet(ctx, who, o, namer(1))
			check := d.Check(who, o)
			for _, err := range []error{count, measure, sheet, check} {
				if err == nil {
					t.Fatalf("a filter on %s passes", column)
				}
				said = append(said, belvedere.Message(err))
			}
		}
		if slices.Sort(said); said[0] != said[len(said)-1] {
			t.Errorf("%s: refusals differ: %q and %q", column, said[0], said[len(said)-1])
		}
		if column == "naissance" { // leaves, but coarser
			continue
		}
		o := base
		o.Columns = append(slices.Clone(base.Columns), column)
		if err := d.Check(who, o); belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("column %s: %v", column, err)
		}
	}
	o := base
	o.Coarse = map[string]pseudonym.Coarse{"naissance": pseudonym.AsItIs}
	if err := d.Check(who, o); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("a birth date as it is: %v", err)
	}
	o = base
	o.Names = true
	if err := d.Check(who, o); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Errorf("names without the grant: %v", err)
	}
	// A filter on a name is refused even with the grant: it would be a search for someone.
	o = d.order(t, staff(belvedere.Identities), true)
	o.Where = []dossier.Filter{{Column: "nom", Op: dossier.In, Values: []string{canary("nom", 3)}}}
	if err := d.Check(staff(belvedere.Identities), o); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("a filter on a name: %v", err)
	}
}

func TestWhoMay(t *testing.T) {
	d := newDesk(t, 1000)
	d.fill(t, "inscriptions", students(5))
	o := d.order(t, staff(belvedere.Pseudonyms), false)
	weak := staff(belvedere.Pseudonyms)
	weak.Strong = false
	elsewhere := staff(belvedere.Pseudonyms)
	elsewhere.Grants[0].Schools = []belvedere.UAI{"0350001L"}
	outside := staff(belvedere.Pseudonyms)
	outside.Grants[0].AllSchools, outside.Grants[0].Schools, outside.Scope.Own = true, nil, nil
	admin := belvedere.Viewer{ID: 1, Kind: belvedere.AccountViewer, Admin: true, Strong: true, Scope: belvedere.Scope{AllSchools: true, AllWidgets: true}}
	totals := staff(belvedere.Totals)
	for name, who := range map[string]belvedere.Viewer{"weak": weak, "elsewhere": elsewhere, "outside": outside, "admin": admin, "totals": totals, "nobody": {},
		"operator": {Kind: belvedere.Operator, Admin: true}, "no grant": staff("")} {
		if err := d.Check(who, o); belvedere.KindOf(err) != belvedere.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
		if kinds, level := d.Kinds(who, school); len(kinds) > 0 || level != belvedere.Totals {
			t.Errorf("%s is shown kinds", name)
		}
	}
	if err := d.Check(staff(belvedere.Pseudonyms), o); err != nil {
		t.Error(err)
	}
}

// A date of birth leaves as a year, or a band of ages on the day of the extract: on the eve of a birthday of
// twenty-five one is twenty-four.
func TestCoarse(t *testing.T) {
	d := newDesk(t, 1000)
	d.fill(t, "inscriptions", []string{
		"annee=2025;nip=1;etape=A;naissance=2004-11-14;inscrit_le=2025-09-03;credits=57.3;region=R1",
		"annee=2025;nip=2;etape=A;naissance=2001-11-15;inscrit_le=2025-09-04;credits=60;region=R1"})
	o := pseudonym.Order{School: school, Kind: "inscriptions", Columns: []string{"annee", "naissance", "inscrit_le", "credits", "region"}}
	who := staff(belvedere.Pseudonyms)
	sheet, rows := d.read(t, who, o, namer(1))
	for _, row := range rows {
		if row[1] != int64(2025) || row[2] != int64(2004) && row[2] != int64(2001) || row[3] != "2025-09" || row[5] != "R1" {
			t.Errorf("%v", row)
		}
	}
	if sheet.Columns[2].Label != "Date de naissance (année seule)" || sheet.Columns[2].Type != belvedere.Int64 {
		t.Errorf("%+v", sheet.Columns[2])
	}
	o.Coarse = map[string]pseudonym.Coarse{"naissance": pseudonym.AgeBand, "inscrit_le": pseudonym.AsItIs, "credits": pseudonym.Rounded, "region": pseudonym.Rare}
	_, rows = d.read(t, who, o, namer(1))
	got := map[any]bool{}
	for _, row := range rows {
		got[row[2]] = true
		if _, day := row[3].(time.Time); !day || row[5] != "autre" {
			t.Errorf("%v", row)
		}
		got[row[4]] = true
	}
	for _, want := range []any{"20-24", float64(57), float64(60)} {
		if !got[want] {
			t.Errorf("no %v among %v", want, got)
		}
	}
}

// The risk counts people by all that leaves of them.
func TestRisk(t *testing.T) {
	d := newDesk(t, 1000)
	var lines []string
	for i := range 10 { // ten alike, over two years each
		lines = append(lines, fmt.Sprintf("annee=2024;nip=%d;etape=A;sexe=F", i), fmt.Sprintf("annee=2025;nip=%d;etape=B;sexe=F", i))
	}
	lines = append(lines, "annee=2025;nip=50;etape=B;sexe=F", "annee=2024;nip=51;etape=Z;sexe=F", "annee=2025;nip=51;etape=B;sexe=F")
	d.fill(t, "inscriptions", lines)
	who := staff(belvedere.Pseudonyms)
	o := pseudonym.Order{School: school, Kind: "inscriptions", Columns: []string{"annee", "etape", "sexe"}}
	r, err := d.Measure(context.Background(), who, o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Rows != 23 || r.People != 12 || r.Smallest != 1 || r.Unique != 2 || r.Few != 2 || len(r.Mend) == 0 || r.Mend[0].Column != "etape" || r.Mend[0].Unique != 1 {
		t.Errorf("%+v", r)
	}
	o.Columns = []string{"sexe"}
	if r, err = d.Measure(context.Background(), who, o); err != nil || r.Unique != 1 { // one row against two
		t.Errorf("%+v, %v", r, err)
	}
}

// A few rows of a leaked copy tell the extract, after any sorting, in any company.
func TestTrace(t *testing.T) {
	d := newDesk(t, 1000)
	d.fill(t, "inscriptions", students(30))
	o := d.order(t, staff(belvedere.Pseudonyms), false)
	_, rows := d.read(t, staff(belvedere.Pseudonyms), o, namer(1))
	text := fmt.Sprint("mail: 1234-5678-9ABC-DEFG ", rows[3], rows[4], rows[9])
	found := pseudonym.Find([]byte(text), 100)
	mark := bytes.Repeat([]byte{99}, 32)
	if n := pseudonym.Marked(mark, "X1", found); n < 2 || n != len(found)-1 {
		t.Errorf("%d of %q bear the mark", n, found)
	}
	if n := pseudonym.Marked(mark, "X2", found); n != 0 {
		t.Errorf("%d bear the mark of another", n)
	}
	if n := pseudonym.Marked(make([]byte, 32), "X1", found); n != 0 {
		t.Errorf("%d bear the mark of another installation", n)
	}
}

// The values that a filter may choose from are those of the rows that rights open, and no others.
func TestValuesStayWithinRights(t *testing.T) {
	d := newDesk(t, 64)
	d.fill(t, "inscriptions", students(60))
	order := pseudonym.Order{School: school, Kind: "inscriptions"}
	whole, err := d.Values(context.Background(), staff(belvedere.Pseudonyms), order)
	if err != nil || len(whole["region"]) != 4 || len(whole["etape"]) != 6 || len(whole["niveau"]) != 0 || whole["nom"] != nil || whole["handicap"] != nil {
		t.Fatalf("%v, %v", whole, err)
	}
	limited := staff(belvedere.Pseudonyms)
	limited.Grants[0].Within = []belvedere.Within{{Dim: "formation", Codes: []string{"INFO"}}}
	if some, err := d.Values(context.Background(), limited, order); err == nil && len(some["region"]) > 0 {
		t.Errorf("limited to a programme that has no row: %v", some)
	}
	if _, err := d.Values(context.Background(), staff(""), order); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Errorf("without a grant: %v", err)
	}
}
