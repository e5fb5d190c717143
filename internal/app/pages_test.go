package app_test

import (
	"context"
	"path/filepath"
	"testing"

	"belvedere/internal/territory/report"
)

// TestEveryPageAnswers asks each declared page, each of its tables on both sides of the switch
// and each of its periods, on real data of which it knows only a part.
func TestEveryPageAnswers(t *testing.T) {
	dir := shared(t, "data", "dept35")
	a := open(t)
	load(t, a, filepath.Join(dir, "fr-en-annuaire-education.csv"), filepath.Join(dir, "fr-en-college-effectifs-niveau-sexe-lv.csv"))
	viewer, err := a.Operator(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Model.Pages) < 18 { // DESIGN section 7, without Indicateurs, which is no set of queries
		t.Fatalf("%d pages, want all of the console", len(a.Model.Pages))
	}
	for _, page := range a.Model.Pages {
		states := []report.State{{Page: 1}, {Page: 1, Rates: true}}
		for _, period := range page.Periods {
			states = append(states, report.State{Page: 1, Period: period})
		}
		for _, b := range page.Blocks {
			if b.Table != nil {
				states = append(states, report.State{Page: 1, Table: b.Table.ID}, report.State{Page: 1, Table: b.Table.ID, Rates: true})
			}
		}
		for _, s := range states {
			v, err := a.Reporter.Page(context.Background(), viewer, page, s, false)
			if err != nil {
				t.Errorf("%s %+v: %v", page.Code, s, err)
				continue
			}
			for i, b := range v.Blocks {
				if b.Err != "" {
					t.Errorf("%s %+v, block %d: %s", page.Code, s, i, b.Err)
				}
			}
		}
	}
}
