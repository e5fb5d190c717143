package app_test

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/registry"
	"belvedere/internal/territory/ingest"
	"belvedere/internal/territory/report"
)

// A gapStory is a territory of four schools whose figures are known by heart.
type gapStory struct {
	app        *app.App
	operator   belvedere.Viewer
	a, b, c, d string // public collège, public collège, private collège, public lycée
	late       int64  // delivery in which c arrives and a is corrected
}

// newGapStory publishes five editions, the first of the register: a 100 and b 80; c arrives with 50 and a is corrected to 96;
// d arrives with 200; b has left.
func newGapStory(t *testing.T) *gapStory {
	t.Helper()
	unprotected(t)
	s := &gapStory{app: open(t), a: uai(t, "9990001"), b: uai(t, "9990002"), c: uai(t, "9990003"), d: uai(t, "9990004")}
	s.deliver(t, "etablissements", "etablissement;nom;type;secteur\n"+
		s.a+";Collège A;college;public\n"+s.b+";Collège B;college;public\n"+s.c+";Collège C;college;prive\n"+s.d+";Lycée D;lycee;public\n")
	pupils := func(rows ...string) string {
		return "etablissement;jour;niveau;sexe;eleves;demi_pensionnaires\n" + strings.Join(rows, "\n") + "\n"
	}
	row := func(u, sex string, n, half int) string {
		return fmt.Sprintf("%s;2025-10-01;6eme;%s;%d;%d", u, sex, n, half)
	}
	s.deliver(t, "effectifs", pupils(row(s.a, "F", 60, 30), row(s.a, "M", 40, 20), row(s.b, "F", 50, 25), row(s.b, "M", 30, 15)))
	s.late = s.deliver(t, "effectifs", pupils(row(s.a, "F", 56, 30), row(s.a, "M", 40, 20), row(s.c, "F", 20, 5), row(s.c, "M", 30, 6)))
	s.deliver(t, "effectifs", pupils(row(s.d, "F", 120, 60), row(s.d, "M", 80, 50)))
	s.deliver(t, "effectifs", pupils(row(s.b, "F", 0, 0), row(s.b, "M", 0, 0)))
	var err error
	if s.operator, err = s.app.Operator(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *gapStory) deliver(t *testing.T, dataset, body string) int64 {
	t.Helper()
	ctx := context.Background()
	d, _, err := s.app.Ingest.Accept(ctx, ingest.Submission{Source: "essai", Dataset: dataset, FileName: dataset + ".csv", Body: strings.NewReader(body)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.app.Ingest.Process(ctx, []int64{d.Seq}, nil); err != nil {
		t.Fatal(err)
	}
	if d, err = s.app.Registry.Delivery(ctx, d.Seq); err != nil || d.State != belvedere.Published {
		t.Fatal(d.State, d.Reason, err)
	}
	return d.Seq
}

func (s *gapStory) gap(t *testing.T, viewer belvedere.Viewer, a, b string) *report.GapView {
	t.Helper()
	v, err := s.app.Reporter.Gap(t.Context(), viewer, report.GapAsk{A: report.GapSideAsk{Text: a}, B: report.GapSideAsk{Text: b},
		Common: report.Ask{Indicators: []string{"eleves"}, Where: []string{"annee=2025"}}})
	if err != nil {
		t.Fatalf("%s, %s: %v", a, b, err)
	}
	if v.Refused == "" {
		checkSums(t, a+", "+b, v)
	}
	return v
}

// amounts are the causes of a gap by their codes, as they are written.
func amounts(v *report.GapView) string {
	var out []string
	for _, c := range v.Causes {
		out = append(out, c.Code+" "+c.Amount.RatString())
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func TestGapStory(t *testing.T) {
	s := newGapStory(t)
	for _, c := range []struct{ a, b, want, sentence string }{
		{"edition=2", "edition=3", "edition 46", fmt.Sprintf("Écart de +46\u00a0élèves\u00a0: 46 viennent de 1\u00a0établissement arrivé et 1\u00a0établissement corrigé dans l’édition 3 (livraison %d).", s.late)},
		{"edition=2", "edition=3 secteur=public", "edition 21, filtre:secteur -25", ""}, // 180 and 180 before, 226 and 176 after
		{"edition=4", "edition=5", "edition -80", "corrigé"},
		{"edition=4 sexe=F", "edition=4", "filtre:sexe 180", "du filtre Sexe"},
		{"edition=4", "demi_pension edition=4", "population -215", "de la population comptée"},
		{"edition=4 etablissement=" + s.a, "edition=4 etablissement=" + s.b, "perimetre -16", "du périmètre"},
		{"edition=4", "edition=4", "", "Aucun écart\u00a0: les deux résultats sont égaux."},
		{"edition=4 par=etablissement ligne=" + s.a, "edition=4", "perimetre 330", ""},
		{"edition=4 par=etablissement ligne=somme", "edition=4", "", "Aucun écart"},
		{"edition=2", "edition=2 annee=2024", "", "en attente"},
		{"edition=2 taux=oui demi_pension", "demi_pension edition=2", "", "ne se comptent pas de la même façon"},
	} {
		if strings.HasSuffix(c.a, "demi_pension") {
			c.a = "demi_pension " + strings.TrimSuffix(c.a, " demi_pension")
		}
		v := s.gap(t, s.operator, c.a, c.b)
		if got := amounts(v); got != c.want {
			t.Errorf("%s, %s: %s, want %s\n%s", c.a, c.b, got, c.want, v.Sentence)
		}
		if !strings.Contains(v.Sentence+v.Refused, c.sentence) {
			t.Errorf("%s, %s: %s%s", c.a, c.b, v.Sentence, v.Refused)
		}
	}
}

// TestGapDrill tells a cause by the deliveries and the schools that moved.
func TestGapDrill(t *testing.T) {
	s := newGapStory(t)
	v := s.gap(t, s.operator, "edition=2", "edition=5")
	c := v.Causes[0]
	var got []string
	for _, one := range c.Schools {
		got = append(got, fmt.Sprintf("%s %s %s", one.Name, one.Amount.RatString(), one.Move))
	}
	if want := "[Lycée D 200 arrivée Collège B -80 correction Collège C 50 arrivée Collège A -4 correction]"; fmt.Sprint(got) != want {
		t.Errorf("schools %v, want %s", got, want)
	}
	var moves []string
	for _, m := range c.Moves {
		moves = append(moves, fmt.Sprintf("%d schools %s", m.Schools, m.Amount.RatString()))
	}
	if want := "[1 schools 200 1 schools -80 2 schools 46]"; fmt.Sprint(moves) != want {
		t.Errorf("deliveries %v, want %s", moves, want)
	}
	rates := s.gap(t, s.operator, "demi_pension taux=oui edition=2", "demi_pension taux=oui edition=3")
	for _, one := range rates.Causes[0].Schools {
		if one.Amount != nil {
			t.Errorf("%s: the rate of a school has an amount", one.Name)
		}
	}
	if n := len(rates.Causes[0].Schools); n != 2 {
		t.Errorf("%d schools move the rate, want 2", n)
	}
}

// TestGapTyped looks a number up that someone read on a paper.
func TestGapTyped(t *testing.T) {
	s := newGapStory(t)
	for _, c := range []struct{ typed, b, want, residual, note string }{
		{"180", "edition=3", "edition 46", "0", "retrouvé exactement"},
		{"96", "edition=3 etablissement=" + s.a + " sexe=F", "filtre:sexe -40", "0", "retrouvé exactement"},
		{"226", "edition=3", "", "0", "retrouvé exactement"},
		{"110", "edition=4 par=etablissement ligne=" + s.d + " colonne=eleves", "population 90", "0", ""},
		{"100000", "edition=3", "", "", "ne redonne ce nombre"},
		{"53,0 %", "demi_pension taux=oui edition=4", "arrondi", "", ""},
	} {
		v := s.gap(t, s.operator, c.typed, c.b)
		if c.want != "arrondi" && c.residual == "0" {
			if got := amounts(v); got != c.want {
				t.Errorf("%s: %s, want %s\n%v", c.typed, got, c.want, v.Notes)
			}
			if v.Residual.Sign() != 0 {
				t.Errorf("%s: %s is left without explanation", c.typed, v.Residual.RatString())
			}
		}
		if !strings.Contains(strings.Join(v.Notes, " "), c.note) {
			t.Errorf("%s: %v", c.typed, v.Notes)
		}
		if v.Asked > 20 {
			t.Errorf("%s: %d questions", c.typed, v.Asked)
		}
		back := s.gap(t, s.operator, c.b, c.typed)
		if new(big.Rat).Add(back.Residual, v.Residual).Sign() != 0 {
			t.Errorf("%s: %s is left one way, %s the other", c.typed, v.Residual, back.Residual)
		}
	}
	if _, err := s.app.Reporter.Gap(t.Context(), s.operator, report.GapAsk{A: report.GapSideAsk{Text: "1"}, B: report.GapSideAsk{Text: "2"}}); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("two numbers: %v", err)
	}
}

// TestGapOfReceipts compares what two people read: the one with fewer schools saw less.
func TestGapOfReceipts(t *testing.T) {
	s := newGapStory(t)
	ctx := t.Context()
	account := member(t, s.app, registry.Account{FirstName: "Samir", LastName: "BENALI", AllWidgets: true, Schools: []belvedere.UAI{belvedere.UAI(s.a), belvedere.UAI(s.c)}})
	samir, err := s.app.As(ctx, account.Login)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(viewer belvedere.Viewer) string {
		q, err := s.app.Reporter.Build(ctx, report.Ask{Indicators: []string{"eleves"}, Where: []string{"annee=2025"}, Edition: 4})
		if err != nil {
			t.Fatal(err)
		}
		r, _, err := s.app.Reporter.Receipted(ctx, viewer, q)
		if err != nil {
			t.Fatal(err)
		}
		return r.Receipt.Code
	}
	his, mine := ask(samir), ask(s.operator)
	v := s.gap(t, s.operator, his, mine)
	if got := amounts(v); got != "perimetre 280" {
		t.Errorf("%s\n%s", got, v.Sentence)
	}
	if v.A.Written() != "146" {
		t.Errorf("his figure is %s, want 146", v.A.Written())
	}
	theirs := s.gap(t, samir, his, mine) // with his rights both are the same
	if theirs.Gap.Sign() != 0 || !strings.Contains(strings.Join(theirs.Notes, " "), "périmètre plus large") {
		t.Errorf("%s %v", theirs.Sentence, theirs.Notes)
	}
	for _, c := range theirs.Causes {
		for _, one := range c.Schools {
			if string(one.UAI) == s.b || string(one.UAI) == s.d {
				t.Errorf("%s is named to who may not see it", one.Name)
			}
		}
	}
}
