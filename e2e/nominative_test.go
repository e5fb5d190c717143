package e2e

import (
	"strings"
	"testing"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/territory/semantic"
)

// TestNoNominativeColumn proves that no table of the territory could hold an identity: every
// dimension is a list of codes, closed or open (what may enter an open one is tested with the
// mapper of forms), every measure a number, and only the register of schools
// has texts, about schools. What is neither cannot be delivered, since a published file with
// an unknown column is refused.
func TestNoNominativeColumn(t *testing.T) {
	m, err := semantic.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	persons := []string{"prenom", "naissance", "ine", "mail", "telephone", "personne", "identifiant", "login", "numen"}
	for _, d := range m.Datasets {
		for _, dim := range d.Dimensions {
			if dim.List == nil || dim.Free {
				t.Errorf("%s.%s takes any text", d.Name, dim.Name)
			}
		}
		for _, c := range semantic.TableColumns(d) {
			for _, p := range persons {
				if c.Name == p || strings.HasPrefix(c.Name, p+"_") {
					t.Errorf("%s.%s could hold an identity", d.Name, c.Name)
				}
			}
			if c.Type == belvedere.Text && d.Kind != belvedere.Register && d.Dimension(c.Name) == nil && c.Name != "periode" {
				t.Errorf("%s.%s is a text that no list closes", d.Name, c.Name)
			}
		}
	}
}
