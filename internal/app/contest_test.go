package app_test

import (
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/school/board"
	"belvedere/internal/territory/report"
)

// TestContestTravels has a head contest a figure that left: whoever sees the figure sees the note,
// on the line of the school and over totals, until it is lifted; another figure bears none.
func TestContestTravels(t *testing.T) {
	ctx := t.Context()
	a := open(t)
	newWatch(a, time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC))
	head, err := a.ViewerOf(ctx, member(t, a, registry.Account{FirstName: "Helene", LastName: "AUBRY", Place: registry.InSchool, Schools: []belvedere.UAI{canarySchool}}))
	if err != nil {
		t.Fatal(err)
	}
	head.Strong = true
	if _, err := a.Board.Import(ctx, head, canarySchool, 2026, []board.Dropped{canaryFiles()[0], canaryFiles()[1]}, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Tally.Send(ctx, canarySchool); err != nil {
		t.Fatal(err)
	}
	publishWaiting(t, a)
	viewer, err := a.Operator(ctx)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(indicator string, by ...string) *belvedere.Result {
		t.Helper()
		q, err := a.Reporter.Build(ctx, report.Ask{Indicators: []string{indicator}, By: by, Where: []string{"annee=2026"}})
		if err != nil {
			t.Fatal(err)
		}
		r, err := a.Reporter.Query(ctx, viewer, q)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	before := ask("eleves", "etablissement")
	if err := a.Tally.Contest(ctx, head, canarySchool, 2026, "effectifs", "6eme;F", "Trois élèves en trop."); err != nil {
		t.Fatal(err)
	}
	const note = "«\u00a0Trois élèves en trop.\u00a0» (6ème, Filles)"
	lines := ask("eleves", "etablissement")
	if len(lines.Rows) != 1 || !strings.Contains(lines.Rows[0].Note, "contesté par l’établissement") || !strings.Contains(lines.Rows[0].Note, note) {
		t.Errorf("lines by school: %+v", lines.Rows)
	}
	if lines.Receipt.Hash == before.Receipt.Hash {
		t.Error("the receipt is the same with and without the note")
	}
	if total := ask("eleves", "niveau"); !strings.Contains(strings.Join(total.Notes, "\n"), note) {
		t.Errorf("totals: %q", total.Notes)
	}
	if other := ask("classes", "etablissement"); strings.Contains(other.Rows[0].Note, "conteste") {
		t.Errorf("a figure that nobody contests: %q", other.Rows[0].Note)
	}
	if err := a.Tally.Lift(ctx, head, canarySchool, 1); err != nil {
		t.Fatal(err)
	}
	if after := ask("eleves", "etablissement"); strings.Contains(after.Rows[0].Note, "contest") || after.Receipt.Hash != before.Receipt.Hash {
		t.Errorf("a lifted contest still stands: %q", after.Rows[0].Note)
	}
}
