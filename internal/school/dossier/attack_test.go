package dossier_test

import (
	"context"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/school/dossier"
)

// A column that says it names people is no open code, however few people the file has: what is in it would leave
// the school as a dimension.
func TestAttackOfNamesAsCodes(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	m := func(header string) dossier.Mapping {
		return dossier.Mapping{Name: "essai", Label: "Essai", Tables: []dossier.Table{{Name: "t", Headers: []string{"An", "Num", header}}}, Output: []dossier.Output{{Kind: "inscriptions", From: "t",
			Cells: []dossier.Cell{{Column: "annee", From: []string{"An"}}, {Column: "nip", From: []string{"Num"}}, {Column: "etape", From: []string{header}}}}}}
	}
	for _, header := range []string{"Nom", "NOM", "Nom de famille", "Prénom", "nom_usage", "Adresse mail", "Courriel", "INE", "Téléphone", "Nom de l’étudiant"} {
		if err := d.SaveMapping(ctx, registrar, school, m(header)); belvedere.KindOf(err) != belvedere.Invalid || !strings.Contains(belvedere.Message(err), header) {
			t.Errorf("%s as a programme: %v", header, err)
		}
	}
	for _, header := range []string{"Étape", "Code étape", "Parcours", "Nom de la formation"} {
		if err := d.SaveMapping(ctx, registrar, school, m(header)); err != nil {
			t.Errorf("%s: %v", header, err)
		}
	}
	for _, k := range d.Kinds() { // what the catalogue expects stays welcome
		for _, c := range k.Columns {
			if !c.Open() {
				continue
			}
			for _, h := range append([]string{c.Name, c.Label}, c.Headers...) {
				text := h + ";" + strings.Join(required(k, c.Name), ";") + "\n"
				f := dossier.File{Name: "f.csv", Data: strings.NewReader(text), Size: int64(len(text))}
				if _, err := d.Batch(ctx, registrar, school, k.Name, []dossier.File{f}); err != nil && strings.Contains(belvedere.Message(err), "annonce qui est") {
					t.Errorf("%s, %s: %v", k.Name, h, err)
				}
			}
		}
	}
}

// required are the columns that a kind asks for, but one.
func required(k *dossier.Kind, but string) (list []string) {
	for _, c := range k.Columns {
		if c.Required && c.Name != but {
			list = append(list, c.Name)
		}
	}
	return list
}
