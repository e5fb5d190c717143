package pseudonym_test

import (
	"fmt"
	"strings"
	"testing"

	"belvedere"
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
			label = canary("nom", i)
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
