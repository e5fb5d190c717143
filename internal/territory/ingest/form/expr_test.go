package form

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"belvedere"
)

var sample = map[string]string{"a": "12", "b": "", "c": "1 234,5", "nom": "COLLEGE JEAN-MOULIN DE L'ILE", "r": "2021-2022", "t": "texte", "m": "-"}

// value evaluates an expression over the sample, as text; "!rule" for a problem.
func evaluate(t testing.TB, expr string) (string, error) {
	var fields [][]byte
	at := map[string]int{}
	for name, v := range sample {
		at[name] = len(fields)
		fields = append(fields, []byte(v))
	}
	e, err := Compile(expr, func(name string) (int, error) {
		if i, ok := at[name]; ok {
			return i, nil
		}
		if name == "absente" {
			return -1, nil
		}
		return 0, fmt.Errorf("colonne inconnue %q", name)
	})
	if err != nil {
		return "", err
	}
	env := &env{fields: fields}
	v := e.eval(env)
	if env.bad != nil {
		return "!" + env.bad.rule, nil
	}
	return string(v.asText()), nil
}

func TestExpressions(t *testing.T) {
	for expr, want := range map[string]string{
		"{a}": "12", " { a } ": "12", "'l''été'": "l'été", "1 + 2 * 3": "7", "(1 + 2) * 3": "9", "-{a} + 2": "-10", "10 / 4": "2.5", "2 - 1 - 1": "0",
		"{a} / 0": "", "{a} + {b}": "", "{a} + first({b}, 0)": "12", "{c} * 2": "2469", "{m}": "", "{absente}": "", "first({b}, {m}, {a})": "12",
		"rentree({r})": "2021-10-01", "annee({r})": "2021", "rentree(2019)": "2019-10-01", "rentree({t})": "!annee", "{t} + 1": "!nombre",
		"if({a} = 12, 'oui', 'non')": "oui", "if({a} > {c}, 1, 2)": "2", "if({t} = 'TEXTE', 1, 2)": "1", "if({b} = {m}, 1, 2)": "1",
		"if({b} = 0, 1, 2)": "2", "if({b} != 0, 1, 2)": "1", "if(vide({b}), 'v', 'p')": "v", "if({a} <= 12, 1)": "1", "if({a} < 12, 1)": "",
		"lower('ÀB')": "àb", "left('élève', 2)": "él", "pad('1004', 5)": "01004", "concat({a}, '-', {t})": "12-texte",
		"title({nom})": "College Jean-Moulin de l'Ile", "title('Déjà Écrit')": "Déjà Écrit", "departement('035')": "35", "departement('02a')": "2A",
		"departement('974')": "974", "departement('x')": "!departement", "date('01/09/2021')": "2021-09-01", "date('2021-09-01T00:00:00')": "2021-09-01",
	} {
		got, err := evaluate(t, expr)
		if err != nil || got != want {
			t.Errorf("%s: %q, want %q (%v)", expr, got, want, err)
		}
	}
}

func TestSyntaxErrors(t *testing.T) {
	for expr, offset := range map[string]int{
		"": 0, "{a": 0, "'x": 0, "{}": 0, "1 +": 3, "(1": 2, "1 2": 2, "nope(1)": 0, "rentre({r})": 0, "left({a})": 0, "left({a}, {a})": 10,
		"{zz}": 0, "1 + {zz}": 4, "'a' + 1": 0, "1.2.3": 0, "{a} $": 4, "rentree": 7, "first()": 0, "if({a} = 1 = 2, 1)": 11, "é": 0,
		strings.Repeat("(", 500) + "1": 32,
	} {
		_, err := evaluate(t, expr)
		var s *SyntaxError
		if !errors.As(err, &s) || s.Offset != offset {
			t.Errorf("%.40s: %v", expr, err)
		}
	}
	_, err := evaluate(t, "1 + rentre({r})")
	if want := "vouliez-vous écrire rentree"; err == nil || !strings.Contains(said(err), want) || !strings.HasSuffix(said(err), "\n      ^") {
		t.Error(err)
	}
}

func TestCheckForm(t *testing.T) {
	base := func() *belvedere.Form {
		return &belvedere.Form{Code: "f", Columns: []belvedere.FormColumn{
			{Name: "uai", Headers: []string{"UAI"}, Required: true}, {Name: "n", Headers: []string{"N"}}, {Name: "r", Headers: []string{"R"}},
		}, Outputs: []belvedere.FormOutput{{Dataset: "effectifs", Set: map[string]string{"etablissement": "{uai}", "jour": "rentree({r})"},
			Rows: []map[string]string{{"niveau": "'6eme'", "eleves": "{n}"}}}}}
	}
	if errs := CheckForm(base(), model(t)); len(errs) > 0 {
		t.Fatal(errs)
	}
	for want, spoil := range map[string]func(f *belvedere.Form){
		"jeu de données inconnu":      func(f *belvedere.Form) { f.Outputs[0].Dataset = "nope" },
		"vouliez-vous écrire \"uai\"": func(f *belvedere.Form) { f.Outputs[0].Set["etablissement"] = "{uia}" },
		"demande \"jour\"":            func(f *belvedere.Form) { delete(f.Outputs[0].Set, "jour") },
		"« 6emes » n’est pas":         func(f *belvedere.Form) { f.Outputs[0].Rows[0]["niveau"] = "'6emes'" },
		"« 6em » n’est pas":           func(f *belvedere.Form) { f.Outputs[0].Rows[0]["niveau"] = "if({n} = 1, first({r}, '6em'), '6eme')" },
		"n’a pas de colonne \"elev\"": func(f *belvedere.Form) { f.Outputs[0].Rows[0]["elev"] = "1" },
		"aucune mesure":               func(f *belvedere.Form) { delete(f.Outputs[0].Rows[0], "eleves") },
		"déclarée deux fois":          func(f *belvedere.Form) { f.Columns[1].Name = "uai" },
		"est donné aux colonnes":      func(f *belvedere.Form) { f.Columns[1].Headers = []string{"u-a-i"} },
		"n’est pas dans la liste":     func(f *belvedere.Form) { f.Outputs[0].Codes = map[string]map[string]string{"niveau": {"x": "y"}} },
		"dimension à codes":           func(f *belvedere.Form) { f.Outputs[0].Codes = map[string]map[string]string{"zz": {"x": "y"}} },
		"skip 1":                      func(f *belvedere.Form) { f.Skip = []belvedere.FormSkip{{Column: "zz"}} },
		"aucune colonne n’est":        func(f *belvedere.Form) { f.Columns[0].Required = false },
		"parenthèse":                  func(f *belvedere.Form) { f.Outputs[0].Rows[0]["eleves"] = "({n}" },
	} {
		f := base()
		spoil(f)
		errs := CheckForm(f, model(t))
		if !strings.Contains(flat(fmt.Sprint(errs)), want) {
			t.Errorf("%s: %v", want, errs)
		}
	}
}
