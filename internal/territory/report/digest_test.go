package report

import (
	"reflect"
	"testing"

	"belvedere"
)

// The digest knows every field of a result: one that is added must enter it, or be left out on purpose.
func TestDigestKnowsEveryField(t *testing.T) {
	for _, c := range []struct {
		of   any
		want int
	}{
		{belvedere.Result{}, 14}, {belvedere.ResultDim{}, 2}, {belvedere.ResultColumn{}, 7}, {belvedere.QueryColumn{}, 10},
		{belvedere.ResultRow{}, 4}, {belvedere.Key{}, 3}, {belvedere.Cell{}, 6}, {belvedere.Coverage{}, 6},
		{belvedere.Comparison{}, 4}, {belvedere.Gap{}, 5}, {belvedere.Break{}, 6}, {belvedere.Perimeter{}, 6}, {belvedere.Edition{}, 3},
	} {
		if n := reflect.TypeOf(c.of).NumField(); n != c.want {
			t.Errorf("%T has %d fields, the digest knows %d: add the new one to digest.go", c.of, n, c.want)
		}
	}
}

// Two results that differ in anything shown have two digests, and a hidden value leaves no trace.
func TestDigest(t *testing.T) {
	make := func(change func(r *belvedere.Result)) string {
		r := &belvedere.Result{Columns: []belvedere.ResultColumn{{}}, Rows: []belvedere.ResultRow{{Keys: []belvedere.Key{{Code: "a", Label: "b"}}, Cells: []belvedere.Cell{{Value: 3}}}}}
		change(r)
		return digest(r)
	}
	base := make(func(*belvedere.Result) {})
	for name, change := range map[string]func(r *belvedere.Result){
		"value": func(r *belvedere.Result) { r.Rows[0].Cells[0].Value = 4 }, "state": func(r *belvedere.Result) { r.Rows[0].Cells[0].State = belvedere.Partial },
		"words": func(r *belvedere.Result) { r.Rows[0].Keys[0] = belvedere.Key{Code: "ab"} }, "note": func(r *belvedere.Result) { r.Notes = []string{"x"} },
		"total": func(r *belvedere.Result) { r.Total = &r.Rows[0] }, "edition": func(r *belvedere.Result) { r.Edition.Number = 1 },
		"perimeter": func(r *belvedere.Result) { r.Perimeters = []belvedere.Perimeter{{Kept: 1}} },
	} {
		if make(change) == base {
			t.Errorf("%s: the same digest", name)
		}
	}
	hide := func(v float64) func(r *belvedere.Result) {
		return func(r *belvedere.Result) { r.Rows[0].Cells[0] = belvedere.Cell{State: belvedere.Secret, Value: v} }
	}
	if make(hide(1)) != make(hide(2)) {
		t.Error("a hidden value enters the digest")
	}
}

func TestReadCode(t *testing.T) {
	for typed, want := range map[string]string{"7KQ2-M9XD": "7KQ2-M9XD", " 7kq2 m9xd ": "7KQ2-M9XD", "okil0000": "0K11-0000", "7KQ2-M9XD-0000": "7KQ2-M9XD-0000",
		"": "", "7KQ2": "", "7KQ2-M9XU": "", "7KQ2M9XD0": ""} {
		if got := ReadCode(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}
