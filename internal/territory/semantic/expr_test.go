package semantic_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

func ref(dataset, measure string, where ...belvedere.Filter) belvedere.Expr {
	return belvedere.MeasureRef{Dataset: dataset, Measure: measure, Where: where}
}

func op(o byte, l, r belvedere.Expr) belvedere.Expr { return belvedere.Binary{Op: o, L: l, R: r} }

func TestParseExpr(t *testing.T) {
	a, b, c := ref("d", "a"), ref("d", "b"), ref("d", "c")
	for text, want := range map[string]belvedere.Expr{
		"d.a":             a,
		" d.a\t+\nd.b ":   op('+', a, b),
		"d.a - d.b - d.c": op('-', op('-', a, b), c),
		"d.a - (d.b-d.c)": op('-', a, op('-', b, c)),
		"d.a + d.b * 2":   op('+', a, op('*', b, belvedere.Number(2))),
		"100 * d.a / d.b": op('/', op('*', belvedere.Number(100), a), b),
		"0.5*d.a":         op('*', belvedere.Number(0.5), a),
		"d.a[n=6eme]":     ref("d", "a", belvedere.Filter{Dim: "n", Values: []string{"6eme"}}),
		"d.a[ n = x | 10_19 , s != F ]": ref("d", "a", belvedere.Filter{Dim: "n", Values: []string{"x", "10_19"}},
			belvedere.Filter{Dim: "s", Values: []string{"F"}, Not: true}),
	} {
		got, err := semantic.ParseExpr(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestParseExprRefuses(t *testing.T) {
	for text, at := range map[string]string{
		"": "caractère 1\u00a0:", "d": "caractère 2\u00a0:", "d.": "caractère 3\u00a0:", "d.a +": "caractère 6\u00a0:", "d.a d.b": "caractère 5\u00a0:",
		"(d.a": "caractère 5\u00a0:", "d.a)": "caractère 4\u00a0:", "d.a[": "caractère 5\u00a0:", "d.a[]": "caractère 5\u00a0:", "d.a[n]": "caractère 6\u00a0:",
		"d.a[n=]": "caractère 7\u00a0:", "d.a[n=x": "caractère 8\u00a0:", "d.a[n=x|]": "caractère 9\u00a0:", "D.a": "caractère 1\u00a0:", "1.2.3": "caractère 1\u00a0:",
		"é + d.a": "caractère 1\u00a0:", "d.a[n='x']": "caractère 7\u00a0:", "-d.a": "caractère 1\u00a0:", "d.a;": "caractère 4\u00a0:",
		strings.Repeat("(", 60) + "1" + strings.Repeat(")", 60): "caractère 41\u00a0: trop", strings.Repeat("1+", 2000) + "1": "caractère 1\u00a0: l’expression dépasse",
	} {
		e, err := semantic.ParseExpr(text)
		if err == nil {
			t.Errorf("%.20q: read as %v", text, e)
		} else if !strings.HasPrefix(err.Error(), at) {
			t.Errorf("%.20q: %v, want %s", text, err, at)
		}
	}
}

// FuzzExpr: no text makes the parser panic, and what it reads holds only names and codes of
// the grammar, since they become column names and parameters.
func FuzzExpr(f *testing.F) {
	for _, seed := range []string{"d.a", "100 * d.a[n=6eme|5eme, s!=F] / (d.b + d.c)", "((((", "d.a[", "1e9", "é", "d.a\x00", "0/0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := semantic.ParseExpr(text)
		if (e == nil) == (err == nil) {
			t.Fatalf("tree %v, error %v", e, err)
		}
		if err != nil {
			return
		}
		var walk func(belvedere.Expr)
		walk = func(e belvedere.Expr) {
			switch e := e.(type) {
			case belvedere.Binary:
				walk(e.L)
				walk(e.R)
			case belvedere.MeasureRef:
				for _, name := range []string{e.Dataset, e.Measure} {
					if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
						t.Fatalf("name %q", name)
					}
				}
			}
		}
		walk(e)
	})
}
