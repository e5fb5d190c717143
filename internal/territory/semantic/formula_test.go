package semantic

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"belvedere"
	"belvedere/catalog"
)

func formula(text string, populations ...belvedere.Population) belvedere.Formula {
	return belvedere.Formula{Code: "essai", Label: "Essai", Text: text, Populations: populations}
}

// TestFormula compiles formulas over the shipped catalogue and compares what they count.
func TestFormula(t *testing.T) {
	m := loaded(t)
	sixth := belvedere.Population{Code: "sixiemes", Where: []belvedere.Filter{{Dim: "niveau", Values: []string{"6eme"}}}}
	for _, c := range []struct{ text, value, num, den, unit string }{
		{text: "eleves", value: "effectifs.eleves", unit: "élèves"},
		{text: "eleves * 1", value: "effectifs.eleves", unit: "élèves"},
		{text: "(eleves + demi_pension) − demi_pension", value: "effectifs.eleves", unit: "élèves"},
		{text: "eleves + 0 × demi_pension", value: "effectifs.eleves", unit: "élèves"},
		{text: "eleves/1000", value: "0.001*effectifs.eleves", unit: "élèves"},
		{text: "eleves - 2*eleves[niveau=6eme|5eme, sexe!=F]", value: "effectifs.eleves-2*effectifs.eleves[niveau=5eme|6eme,sexe!=F]", unit: "élèves"},
		{text: "eleves@sixiemes", value: "effectifs.eleves[niveau=6eme]", unit: "élèves"},
		{text: "eleves[@sixiemes, sexe=F]", value: "effectifs.eleves[niveau=6eme,sexe=F]", unit: "élèves"},
		{text: "eleves / classes", num: "effectifs.eleves", den: "structures.classes", unit: "élèves\u00a0/\u00a0classe"},
		{text: "100*(eleves/classes)", num: "100*effectifs.eleves", den: "structures.classes", unit: "élèves\u00a0/\u00a0classe"},
		{text: "1 - demi_pension / eleves", num: "effectifs.eleves-effectifs.demi_pensionnaires", den: "effectifs.eleves"},
		{text: "eleves[sexe=F]/eleves + eleves[sexe=M]/eleves", num: "effectifs.eleves[sexe=F]+effectifs.eleves[sexe=M]", den: "effectifs.eleves"},
		{text: "0,5 * eleves", value: "0.5*effectifs.eleves", unit: "élèves"},
	} {
		ind, err := Formula(m, formula(c.text, sixth))
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		want := [3]belvedere.Expr{}
		for i, text := range []string{c.value, c.num, c.den} {
			if text != "" {
				want[i], err = ParseExpr(text)
				if err != nil {
					t.Fatal(text, err)
				}
			}
		}
		got := [3]belvedere.Expr{ind.Value}
		if ind.Rate != nil {
			got = [3]belvedere.Expr{nil, ind.Rate.Num, ind.Rate.Den}
		}
		for i := range got {
			if writeExpr(got[i]) != writeExpr(want[i]) {
				t.Errorf("%s: part %d is %s, want %s", c.text, i, writeExpr(got[i]), writeExpr(want[i]))
			}
		}
		if ind.Unit != c.unit {
			t.Errorf("%s: unit %q, want %q", c.text, ind.Unit, c.unit)
		}
	}
}

// writeExpr writes a tree on one line, to compare.
func writeExpr(e belvedere.Expr) string {
	switch e := e.(type) {
	case belvedere.Number:
		return strings.TrimRight(strings.TrimRight(fmtFloat(float64(e)), "0"), ".")
	case belvedere.MeasureRef:
		out := e.Dataset + "." + e.Measure
		for _, f := range merged(nil, e.Where) {
			out += "[" + f.Dim + map[bool]string{true: "!", false: ""}[f.Not] + "=" + strings.Join(f.Values, "|") + "]"
		}
		return out
	case belvedere.Binary:
		return "(" + writeExpr(e.L) + string(e.Op) + writeExpr(e.R) + ")"
	}
	return "-"
}

// TestFormulaMistakes sees that each mistake is told in French, at its character.
func TestFormulaMistakes(t *testing.T) {
	m := loaded(t)
	for _, c := range []struct {
		text string
		at   int
		say  string
	}{
		{"", 0, "est attendu"},
		{"eleves +", 8, "la fin de la formule"},
		{"elevs / classes", 0, "vouliez-vous dire «\u00a0eleves\u00a0»"},
		{"eleves + classes", 7, "ne s’ajoutent pas"},
		{"eleves + 3", 7, "un nombre ne s’ajoute pas"},
		{"eleves * classes", 7, "produit"},
		{"3 / eleves", 2, "un nombre ne se divise pas"},
		{"eleves / 0", 9, "division par zéro"},
		{"eleves / classes / classes", 17, "une seule division"},
		{"12", 0, "un nombre seul"},
		{"eleves - eleves", 7, "tout s’annule"},
		{"eleves / (classes - classes)", 7, "dénominateur"},
		{"effectifs.eleves", 0, "pas les mesures"},
		{"eleves[profil=eleves]", 7, "n’est pas détaillé"},
		{"eleves[commune=RENNES]", 7, "se pose sur la question"},
		{"eleves[sexe=X]", 12, "est inconnu"},
		{"eleves@inconnue", 6, "population"},
		{"eleves[sexe='F]", 12, "guillemet"},
		{"eleves; drop table x", 6, "n’est pas attendu"},
	} {
		_, err := Formula(m, formula(c.text))
		var bad *FormulaError
		if !errors.As(err, &bad) || belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if bad.Mistakes[0].At != c.at || !strings.Contains(bad.Mistakes[0].Message, c.say) {
			t.Errorf("%q: %d %s, want %d %s", c.text, bad.Mistakes[0].At, bad.Mistakes[0].Message, c.at, c.say)
		}
		if !strings.Contains(belvedere.Message(err), "^") {
			t.Errorf("%q: no caret in\n%s", c.text, belvedere.Message(err))
		}
	}
	share := formula("eleves / classes")
	share.Percent = true
	if _, err := Formula(m, share); err == nil {
		t.Error("a share of two units")
	}
}

func FuzzFormula(f *testing.F) {
	for _, s := range []string{"eleves", "100*eleves/classes", "eleves[sexe=F|M, niveau!=6eme]@x", "1-(a/b)", "'", "eleves[sexe=\"é\"]", "×÷−’"} {
		f.Add(s)
	}
	m := loaded(f)
	f.Fuzz(func(t *testing.T, text string) {
		ind, err := Formula(m, formula(text))
		if err == nil && (ind.Value == nil) == (ind.Rate == nil) {
			t.Fatalf("%q is neither a sum nor a ratio", text)
		}
		var bad *FormulaError
		if err != nil && errors.As(err, &bad) {
			_ = bad.Error()
		}
		PopulationsOf(text)
	})
}

func fmtFloat(f float64) string { return strconv.FormatFloat(f, 'f', 6, 64) }

func loaded(t testing.TB) *belvedere.Model {
	t.Helper()
	m, err := Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
