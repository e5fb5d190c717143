package app_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/territory/report"
)

// manySchools writes a register of n schools and figures for most of them.
func manySchools(t *testing.T, n int) (register, figures string) {
	t.Helper()
	var r, f strings.Builder
	r.WriteString("etablissement;nom;type;commune\n")
	f.WriteString("etablissement;jour;niveau;sexe;eleves\n")
	for i := range n {
		u := uai(t, fmt.Sprintf("999%04d", i))
		fmt.Fprintf(&r, "%s;École n° %d;ecole;Commune %d\n", u, (i*7919)%n, i%50)
		if i%11 != 0 {
			fmt.Fprintf(&f, "%s;2025-10-01;cp;F;%d\n%s;2025-10-01;cp;M;%d\n", u, i%97, u, (i*31)%89)
		}
	}
	dir := t.TempDir()
	register, figures = filepath.Join(dir, "registre.csv"), filepath.Join(dir, "effectifs.csv")
	if os.WriteFile(register, []byte(r.String()), 0o600) != nil || os.WriteFile(figures, []byte(f.String()), 0o600) != nil {
		t.Fatal("the files cannot be written")
	}
	return register, figures
}

// TestLargeRegister compares the pages that the engine cuts with the same lines of the whole
// table, which the program sorts itself: lines, totals, extremes and count must be equal.
func TestLargeRegister(t *testing.T) {
	unprotected(t)
	a := open(t)
	register, figures := manySchools(t, 2500)
	for _, d := range load(t, a, register, figures) {
		if d.State != belvedere.Published {
			t.Fatal(d.Reason)
		}
	}
	for _, sort := range []string{"", "-nom", "eleves", "-eleves", "-eleves_F"} {
		whole := lines(t, a, report.Ask{Sort: sort})
		for _, offset := range []int{0, 500, 2000, 2400, 9999} {
			got := lines(t, a, report.Ask{Sort: sort, Limit: 500, Offset: offset})
			want := whole.Rows[min(offset, len(whole.Rows)):min(offset+500, len(whole.Rows))]
			if strings.TrimPrefix(sort, "-") != "nom" && sort != "" {
				want = valued(want) // schools without a value stand in the coverage
				if got.RowCount != len(valued(whole.Rows)) {
					t.Errorf("%s: %d lines counted, want %d", sort, got.RowCount, len(valued(whole.Rows)))
				}
				compareValues(t, sort, offset, got.Rows, want)
			} else if diff := cmp.Diff(want, got.Rows, cmpopts.EquateEmpty()); diff != "" || got.RowCount != whole.RowCount {
				t.Errorf("%s from %d: %d lines, want %d\n%.2000s", sort, offset, got.RowCount, whole.RowCount, diff)
			}
			if diff := cmp.Diff(whole.Total, got.Total); diff != "" {
				t.Errorf("%s from %d: totals\n%s", sort, offset, diff)
			}
		}
	}
}

func lines(t *testing.T, a *app.App, ask report.Ask) *belvedere.Result {
	t.Helper()
	ctx := context.Background()
	viewer, err := a.Operator(ctx)
	if err != nil {
		t.Fatal(err)
	}
	ask.Indicators, ask.By, ask.Where, ask.Total = []string{"eleves", "eleves[sexe=F]"}, []string{"etablissement"}, []string{"annee=2025"}, true
	q, err := a.Reporter.Build(ctx, ask)
	if err != nil {
		t.Fatal(err)
	}
	r, err := a.Reporter.Query(ctx, viewer, q)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func valued(rows []belvedere.ResultRow) []belvedere.ResultRow {
	var out []belvedere.ResultRow
	for _, r := range rows {
		if r.Cells[0].State.Shown() {
			out = append(out, r)
		}
	}
	return out
}

// compareValues compares cells in order; schools of equal value may change places.
func compareValues(t *testing.T, sort string, offset int, got, want []belvedere.ResultRow) {
	t.Helper()
	at := 0
	if strings.HasSuffix(sort, "_F") {
		at = 1
	}
	if len(got) != len(want) {
		t.Errorf("%s from %d: %d lines, want %d", sort, offset, len(got), len(want))
		return
	}
	for i := range got {
		if diff := cmp.Diff(want[i].Cells[at], got[i].Cells[at]); diff != "" {
			t.Errorf("%s from %d, line %d: %s", sort, offset, i, diff)
			return
		}
	}
}
