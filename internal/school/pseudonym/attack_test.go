package pseudonym_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/pseudonym"
)

// Someone reads the names of people into a column of free texts, by mistake or not: under pseudonyms they do not
// leave, while the label of a programme that many follow does.
func TestAttackOfNamesInAFreeText(t *testing.T) {
	d := newDesk(t, 1000)
	lines := students(40)
	for i := range lines {
		label := "Licence d’histoire"
		if i < 12 {
			label = canary("nom", 1000+i) // of someone else: that of the line is refused at the import
		}
		lines[i] += ";libelle_etape=" + label
	}
	d.fill(t, "inscriptions", lines)
	who := staff(belvedere.Pseudonyms)
	for name, coarse := range map[string]map[string]pseudonym.Coarse{"usual": nil, "rare": {"libelle_etape": pseudonym.Rare}} {
		o := d.order(t, who, false)
		o.Coarse = coarse
		_, rows := d.read(t, who, o, namer(1))
		text := fmt.Sprint(rows)
		if at := strings.Index(text, "CANARI"); at >= 0 {
			t.Errorf("%s: a name leaves: %.40s", name, text[at:])
		}
		if !strings.Contains(text, "Licence d’histoire") || !strings.Contains(text, "autre") {
			t.Errorf("%s: the label that many share does not leave", name)
		}
	}
	o := d.order(t, who, false)
	o.Coarse = map[string]pseudonym.Coarse{"libelle_etape": pseudonym.AsItIs}
	if err := d.Check(who, o); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("a free text as it is: %v", err)
	}
	d.fill(t, "offre", []string{"annee=2025;etape=A;element=UE1;libelle=Histoire médiévale"}) // of nobody
	o = pseudonym.Order{School: school, Kind: "offre", Columns: []string{"annee", "element", "libelle"}}
	if _, rows := d.read(t, who, o, namer(1)); !strings.Contains(fmt.Sprint(rows), "Histoire médiévale") {
		t.Errorf("the catalogue of courses leaves without its labels: %v", rows)
	}
}

// counted hands rows and counts them, and what is asked of it.
type counted struct {
	pseudonym.Source
	asked, rows int
}

func (c *counted) Select(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, r dossier.Request) iter.Seq2[dossier.Row, error] {
	c.asked++
	return func(yield func(dossier.Row, error) bool) {
		for row, err := range c.Source.Select(ctx, who, uai, r) {
			if c.rows++; !yield(row, err) {
				return
			}
		}
	}
}

func (c *counted) Count(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, r dossier.Request) (dossier.Size, error) {
	c.asked++
	return c.Source.Count(ctx, who, uai, r)
}

// Whoever asks about a name without the grant makes nobody read a row: no clock can tell whether the name is there.
// The same question about a programme does read, else the count shows nothing.
func TestAttackOfNamesCostsNothing(t *testing.T) {
	d := newDesk(t, 1000)
	d.fill(t, "inscriptions", students(60))
	c := &counted{Source: d.files}
	s := pseudonym.New(pseudonym.Config{Source: c, Now: func() time.Time { return now }})
	who, ctx := staff(belvedere.Pseudonyms), context.Background()
	ask := func(o pseudonym.Order) {
		s.Check(who, o)
		s.Count(ctx, who, o)
		s.Measure(ctx, who, o)
		if sheet, _, err := s.Sheet(ctx, who, o, namer(1)); err == nil {
			sheet.Rows(func([]any) error { return nil })
		}
	}
	for _, column := range []string{"nom", "prenom", "ine", "mel", "naissance", "nip", "handicap", "inexistante"} {
		for _, value := range []string{canary(column, 3), "PERSONNE"} {
			for _, op := range []dossier.Operator{dossier.In, dossier.NotIn, dossier.AtLeast, dossier.AtMost, ""} {
				o := d.order(t, who, false)
				o.Where = []dossier.Filter{{Column: "etape", Op: dossier.In, Values: []string{"E1"}}, {Column: column, Op: op, Values: []string{value}}}
				ask(o)
			}
			o := d.order(t, who, false)
			if o.Columns = append(o.Columns, column); column != "naissance" { // which leaves as a year
				ask(o)
			}
		}
	}
	o := d.order(t, who, false)
	o.Names = true
	ask(o)
	if c.asked != 0 || c.rows != 0 {
		t.Errorf("%d questions and %d rows for names without the grant", c.asked, c.rows)
	}
	o = d.order(t, who, false)
	o.Where = []dossier.Filter{{Column: "etape", Op: dossier.In, Values: []string{"E1"}}}
	if ask(o); c.asked < 3 || c.rows < 10 {
		t.Errorf("%d questions and %d rows for a programme: nothing is counted", c.asked, c.rows)
	}
}
