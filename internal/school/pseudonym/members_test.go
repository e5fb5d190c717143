package pseudonym_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/school/dossier"
)

// A grant that is limited to members opens the rows of these alone, however files spell them, in sizes, risk and
// file; a kind whose rows do not say of which member they are is closed. So does the limit of an account whose
// grant says nothing. Whoever is limited has no other door to the vault.
func TestRowsOfMembersAlone(t *testing.T) {
	d := newDesk(t, 16)
	var lines []string
	for i := range 60 {
		lines = append(lines, fmt.Sprintf("annee=2025;etape=E%d;nip=99%05d;composante=%s;region=%s", i%3, i, []string{"Génie civil", "genie-civil", "Informatique"}[i%3], []string{"Ouest", "Ouest", "Est"}[i%3]))
	}
	d.fill(t, "inscriptions", lines)
	within := []belvedere.Within{{Dim: "composante", Codes: []string{"Genie_civil"}}}
	granted, confined := staff(belvedere.Pseudonyms), staff(belvedere.Pseudonyms)
	granted.Grants[0].Within = within
	confined.Scope.Parts = []belvedere.Part{{Schools: []belvedere.UAI{school}, AllWidgets: true, Within: within}}
	for name, who := range map[string]belvedere.Viewer{"the grant": granted, "the account": confined} {
		o := d.order(t, who, false)
		_, rows := d.read(t, who, o, namer(1))
		text := fmt.Sprint(rows)
		if len(rows) != 40 || strings.Contains(text, "Informatique") || strings.Contains(text, "Est") {
			t.Errorf("limited by %s: %d rows\n%.300s", name, len(rows), text)
		}
		if n, people, err := d.Count(context.Background(), who, o); err != nil || n != 40 || people != 40 {
			t.Errorf("limited by %s: a size of %d rows, %d people, %v", name, n, people, err)
		}
		kinds, _ := d.Kinds(who, school)
		for _, k := range kinds {
			if !slices.ContainsFunc(shipped().Kinds.Kind(k.Name).Columns, func(c dossier.Column) bool { return c.Name == "composante" || c.Name == "departement" }) {
				t.Errorf("limited by %s: %s has no column of composantes, and is open", name, k.Name)
			}
		}
	}
	both := granted
	both.Grants = append(slices.Clone(granted.Grants), belvedere.Grant{ID: 9, Capability: belvedere.Extractor, Level: belvedere.Pseudonyms, Schools: []belvedere.UAI{school}, Within: []belvedere.Within{{Dim: "composante", Codes: []string{"Informatique"}}}})
	if _, rows := d.read(t, both, d.order(t, both, false), namer(1)); len(rows) != 60 {
		t.Errorf("two grants of one department each open %d rows, want 60", len(rows))
	}
	if err := board.May(confined, school); err == nil {
		t.Error("the vault is open to whom the account opens one department")
	}
}
