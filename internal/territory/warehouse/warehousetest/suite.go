// Package warehousetest is what every warehouse must do, as tests: each engine runs Run against
// itself. It knows the contract of package warehouse and no engine.
package warehousetest

import (
	"context"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/territory/warehouse"
)

// Run runs the suite. open gives a fresh, empty engine with a landing folder of its own; the
// suite closes it.
func Run(t *testing.T, open func(t *testing.T) warehouse.Engine) {
	for _, c := range []struct {
		name string
		test func(*testing.T, warehouse.Engine)
	}{
		{"ValuesComeBack", testValues},
		{"SumsAndNumbers", testNumbers},
		{"Parameters", testParameters},
		{"ExecAllOrNothing", testAtomic},
		{"ExecCancelled", testCancelled},
		{"PublishAnEdition", testPublish},
		{"QueriesSeeWholeEditions", testIsolation},
		{"PlansFollowTheData", testPlansFollowData},
		{"EachEndsTheQuery", testEach},
		{"QueryWithinQuery", testNested},
		{"QueryWritesNothing", testReadOnly},
		{"StageIsEmptiedAndCounted", testStage},
		{"StageRefusesWrongValues", testStageRefuses},
		{"StagesSideBySide", testTwoStages},
		{"ParquetThereAndBack", testParquet},
		{"ParquetRefusals", testParquetRefusals},
		{"ClosedIsUnavailable", testClosed},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := open(t)
			t.Cleanup(func() {
				if err := e.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
			c.test(t, e)
		})
	}
}

func sql(text string, args ...any) belvedere.Statement {
	return belvedere.Statement{SQL: text, Args: args}
}

func exec(t *testing.T, e warehouse.Engine, statements ...belvedere.Statement) {
	t.Helper()
	if err := e.Exec(context.Background(), statements...); err != nil {
		t.Fatal(err)
	}
}

// all gathers the rows of a query.
func all(t *testing.T, e warehouse.Engine, s belvedere.Statement) [][]any {
	t.Helper()
	var out [][]any
	err := e.Query(context.Background(), s, func(row []any) error {
		out = append(out, append([]any(nil), row...))
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", s.SQL, err)
	}
	return out
}

// one is the only value of the only row of a query.
func one(t *testing.T, e warehouse.Engine, text string, args ...any) any {
	t.Helper()
	rows := all(t, e, sql(text, args...))
	if len(rows) != 1 || len(rows[0]) != 1 {
		t.Fatalf("%s: %d rows, want one value", text, len(rows))
	}
	return rows[0][0]
}

func want(t *testing.T, got, wanted any) {
	t.Helper()
	if got != wanted {
		t.Fatalf("got %T %v, want %T %v", got, got, wanted, wanted)
	}
}

// fill stages rows under a name.
func fill(t *testing.T, e warehouse.Engine, table string, columns []belvedere.TableColumn, rows ...[]any) {
	t.Helper()
	s, err := e.Stage(context.Background(), table, columns)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := s.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// columns has one column of each type.
var columns = []belvedere.TableColumn{
	{Name: "etablissement", Type: belvedere.Int32},
	{Name: "annee", Type: belvedere.Int16},
	{Name: "instant", Type: belvedere.Timestamp},
	{Name: "jour", Type: belvedere.DateOnly},
	{Name: "heure", Type: belvedere.Uint8},
	{Name: "profil", Type: belvedere.Text},
	{Name: "connexions", Type: belvedere.Int64},
	{Name: "taux", Type: belvedere.Float64},
	{Name: "ent", Type: belvedere.Bool},
}

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
