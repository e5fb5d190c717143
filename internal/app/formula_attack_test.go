package app_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/territory/report"
)

// classesWithout writes the classes of all schools but some: formulas that read them run over fewer
// schools than those that read pupils alone.
func classesWithout(missing ...belvedere.UAI) string {
	text := "etablissement;jour;niveau;classes\n"
	for i, u := range rollSchools {
		if !slices.Contains(missing, u) {
			text += fmt.Sprintf("%s;2025-10-01;6eme;%d\n", u, 2+i)
		}
	}
	return text
}

// lessons writes documents and links of all schools, and no documents of one: it delivered the dataset all
// the same, so that only the rows tell that formulas leave it out.
func lessons(unsaid belvedere.UAI) string {
	text := "etablissement;mois;documents;liens\n"
	for i, u := range rollSchools {
		documents := fmt.Sprint(100 + i)
		if u == unsaid {
			documents = ""
		}
		text += fmt.Sprintf("%s;2025-10;%s;%d\n", u, documents, 10+i)
	}
	return text
}

// A sum of pupils in a formula of the attack: what it takes of the cells, and how it is written.
type pupilSum struct {
	text  string
	takes func(cell [3]string) bool
}

func sumsOfPupils() []pupilSum {
	in := func(level, sex string) func([3]string) bool {
		return func(c [3]string) bool { return (level == "" || c[1] == level) && (sex == "" || c[2] == sex) }
	}
	out := []pupilSum{{"eleves", in("", "")}, {"filles", in("", "F")}, {"garcons", in("", "M")}, {"eleves[sexe=F|M]", in("", "")}}
	for _, l := range rollLevels {
		out = append(out, pupilSum{"eleves[niveau=" + l + "]", in(l, "")}, pupilSum{"filles[niveau=" + l + "]", in(l, "F")},
			pupilSum{"eleves[niveau!=" + l + "]", func(c [3]string) bool { return c[1] != l }})
	}
	return out
}

// attackFormula writes a formula at random, in the ways that try to take a sum out of another, and
// tells which sums of pupils it reads and whether only schools with classes are in it.
func attackFormula(r *rand.Rand) (text string, reads []pupilSum, paired bool) {
	list := sumsOfPupils()
	a, b := pick(r, list...), pick(r, list...)
	k := pick(r, "1", "0.5", "1000", "0.000001", "3")
	switch r.IntN(11) {
	case 9:
		return fmt.Sprintf("%s / (%s * documents)", a.text, k), []pupilSum{a}, true
	case 10:
		return fmt.Sprintf("documents / %s", a.text), []pupilSum{a}, true
	case 0:
		return a.text + " * " + k, []pupilSum{a}, false
	case 1:
		return a.text + " / 1000", []pupilSum{a}, false
	case 2:
		reads := []pupilSum{a, b}
		if k == "1" { // b is taken away whole: nothing of it is read
			reads = reads[:1]
		}
		return fmt.Sprintf("(%s + %s) - %s * %s", a.text, b.text, k, b.text), reads, false
	case 3:
		return fmt.Sprintf("%s / classes", a.text), []pupilSum{a}, true
	case 4:
		return fmt.Sprintf("classes / %s", a.text), []pupilSum{a}, true
	case 5:
		return fmt.Sprintf("%s / %s", a.text, b.text), []pupilSum{a, b}, false
	case 6:
		return fmt.Sprintf("1 - %s / %s", a.text, b.text), []pupilSum{a, b}, false
	case 7:
		return fmt.Sprintf("(%s - %s) / classes", a.text, b.text), []pupilSum{a, b}, true
	}
	return fmt.Sprintf("(%s + 0 * %s) / (classes * %s)", a.text, b.text, k), []pupilSum{a}, true
}

// TestAttackFormulas writes hundreds of formulas over a territory with small numbers, among them those
// that multiply by one or by nothing, add and take away, divide by a constant, or leave out the schools
// that one side lacks. Each sum that a shown formula reads is held to be known: still no small number
// comes out, and no figure of a school that formulas leave aside.
func TestAttackFormulas(t *testing.T) {
	for seed := range attackers() + 2 {
		r := rand.New(rand.NewPCG(uint64(seed), 77))
		a := openOn(t, t.TempDir(), "")
		pupils := newRoll(r)
		tiny := rollSchools[1+seed%5]
		for c := range pupils { // a school of three pupils, which has no classes
			if belvedere.UAI(c[0]) == tiny {
				pupils[c] = 0
			}
		}
		pupils[[3]string{string(tiny), "6eme", "F"}] = 2
		pupils[[3]string{string(tiny), "6eme", "M"}] = 1
		edition(t, a, map[string]string{"etablissements": rollRegister(), "effectifs": pupils.file("2025-10-01", rollSchools...), "pedagogie": lessons(tiny), "structures": classesWithout(tiny)})
		k := &attack{}
		for c := range pupils {
			k.cells = append(k.cells, c)
		}
		slices.SortFunc(k.cells, func(a, b [3]string) int { return slices.Compare(a[:], b[:]) })
		for _, c := range k.cells {
			if pupils[c] == 0 {
				k.learn(func(x [3]string) bool { return x == c })
			}
		}
		shown, secret := 0, 0
		for range 500 {
			s, h := k.formula(t, a.Reporter, r, pupils, tiny)
			shown, secret = shown+s, secret+h
		}
		for i := range 1 << 3 {
			k.search(t, pupils, i)
		}
		if shown < 100 || secret < 50 {
			t.Errorf("%d figures shown and %d secret: the attack proves too little", shown, secret)
		}
	}
}

// formula asks one formula and learns each sum that what is shown rests on.
func (k *attack) formula(t *testing.T, r *report.Reporter, rnd *rand.Rand, pupils roll, without belvedere.UAI) (shown, secret int) {
	t.Helper()
	text, reads, paired := attackFormula(rnd)
	ask := asked(rnd)
	ask.Indicators, ask.Formulas, ask.For = nil, []string{text}, belvedere.Viewer{Admin: true}
	if paired { // neither classes nor documents are counted by sex
		ask.By = slices.DeleteFunc(ask.By, func(d string) bool { return d == "sexe" })
		ask.Where = slices.DeleteFunc(ask.Where, func(f string) bool { return strings.HasPrefix(f, "niveau") })
	}
	q, err := r.Build(t.Context(), ask)
	if belvedere.KindOf(err) == belvedere.Invalid { // it cancels out
		return 0, 0
	} else if err != nil {
		t.Fatal(err)
	}
	out, err := r.Query(t.Context(), everyone, q)
	if err != nil {
		t.Fatal(err)
	}
	rows := out.Rows
	if out.Total != nil {
		rows = append(slices.Clone(rows), *out.Total)
	}
	for i, row := range rows {
		switch cell := row.Cells[0]; {
		case cell.State == belvedere.Secret:
			if secret++; cell.Value != 0 || cell.Covered != 0 {
				t.Errorf("a secret cell holds %+v", cell)
			}
		case cell.State.Shown():
			shown++
			k.rest(t, ask, text, reads, paired, pupils, without, row.Keys, i == len(out.Rows))
		}
	}
	return shown, secret
}

// rest learns the sums that a shown line rests on: none may be small.
func (k *attack) rest(t *testing.T, ask report.Ask, text string, reads []pupilSum, paired bool, pupils roll, without belvedere.UAI, keys []belvedere.Key, whole bool) {
	t.Helper()
	plain := ask
	plain.Indicators = []string{"eleves"}
	line := takesOf(plain, keys, whole)
	for _, one := range reads {
		takes := func(c [3]string) bool {
			return line(c) && one.takes(c) && (!paired || belvedere.UAI(c[0]) != without)
		}
		sum := 0
		for c, n := range pupils {
			if takes(c) {
				sum += n
			}
		}
		if sum > 0 && sum < 5 {
			t.Errorf("%s by %v where %v is shown at %v: it rests on %d pupils of %s", text, ask.By, ask.Where, keys, sum, one.text)
		}
		k.learn(takes)
	}
}
