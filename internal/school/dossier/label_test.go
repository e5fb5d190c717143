package dossier_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/vault"
)

// called is what the vault calls a code of a column.
func (d *desk) called(t *testing.T, kind, column, code string) (label string) {
	t.Helper()
	err := d.v.Read(context.Background(), func(tx *vault.Tx) error {
		_, err := tx.Get("SELECT libelle FROM dossier_code WHERE genre = ? AND colonne = ? AND code = ?", []any{kind, column, code}, &label)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return label
}

// drop imports a CSV under its usual headers.
func (d *desk) drop(t *testing.T, kind, text string) (dossier.Report, error) {
	t.Helper()
	b, err := d.Batch(context.Background(), registrar, school, kind, []dossier.File{file(kind+".csv", text)})
	if err != nil {
		return dossier.Report{}, err
	}
	return d.Import(context.Background(), registrar, school, b)
}

// The label columns of files name codes; the most recent file wins and says so, an empty cell erases nothing.
func TestFilesNameTheirCodes(t *testing.T) {
	d := newDesk(t)
	const head = "Année;COD_ETU;Nom;Prénom;COD_ETP;Libellé étape;Composante;Libellé composante\n"
	if _, err := d.drop(t, "inscriptions", head+"2026;1;FERRY;Jade;I4GM;Génie mécanique,  4e année;GM;Génie mécanique\n2026;2;AUBRY;Tom;I4GM;;GM;\n"); err != nil {
		t.Fatal(err)
	}
	for column, want := range map[string][2]string{"etape": {"I4GM", "Génie mécanique, 4e année"}, "composante": {"GM", "Génie mécanique"}} {
		if got := d.called(t, "inscriptions", column, want[0]); got != want[1] {
			t.Errorf("%s %s: %q", column, want[0], got)
		}
	}
	if _, err := d.drop(t, "inscriptions", head+"2026;1;FERRY;Jade;I4GM;;GM;\n2026;3;ROY;Léa;I4GM;;GM;\n"); err != nil || d.called(t, "inscriptions", "etape", "I4GM") == "" {
		t.Errorf("an empty label erased the former: %v", err)
	}
	r, err := d.drop(t, "inscriptions", head+"2026;1;FERRY;Jade;I4GM;Mécanique 4;GM;Méca\n2026;3;ROY;Léa;I4GM;Mécanique, quatrième année;GM;Méca\n")
	if err != nil || d.called(t, "inscriptions", "etape", "I4GM") != "Mécanique, quatrième année" {
		t.Errorf("%q %v", d.called(t, "inscriptions", "etape", "I4GM"), err)
	}
	told := fmt.Sprint(r.Faults)
	for _, want := range []string{"« I4GM » a plusieurs libellés dans le fichier", "« GM » s’appelait « Génie mécanique »"} {
		if !strings.Contains(strings.ReplaceAll(told, "\u00a0", " "), want) {
			t.Errorf("not told: %s in %s", want, told)
		}
	}
	for _, k := range r.Kinds {
		if k.Faulty != 0 {
			t.Errorf("a remark left rows out: %+v", k)
		}
	}
	if _, err := d.drop(t, "offre", "Année;COD_ETP;LIB_ETP;COD_ELP;LIB_ELP\n2026;I5GM;Génie mécanique, 5e année;MEC5;Mécanique\n"); err != nil ||
		d.called(t, "offre", "etape", "I5GM") != "Génie mécanique, 5e année" || d.called(t, "offre", "element", "MEC5") != "Mécanique" {
		t.Errorf("the offer names nothing: %v", err)
	}
}

// No name of a person passes as a label, whatever the header and however few the rows.
func TestNoNameIsALabel(t *testing.T) {
	for name, one := range map[string]struct {
		text string
		want string
	}{
		"the name of the row":  {"Année;COD_ETU;Nom;Prénom;COD_ETP;LIB_ETP\n2026;1;CANARI;Zéphyrine;A1;Zéphyrine Canari\n", "donne le nom de la personne"},
		"the last name alone":  {"Année;COD_ETU;Nom;Prénom;COD_ETP;LIB_ETP\n2026;1;CANARI;Zéphyrine;A1;canari\n", "donne le nom de la personne"},
		"a mail":               {"Année;COD_ETU;COD_ETP;LIB_ETP\n2026;1;A1;zephyrine@canari.example\n", "la forme d’un identifiant"},
		"a national number":    {"Année;COD_ETU;COD_ETP;LIB_ETP\n2026;1;A1;1234567890A\n", "la forme d’un identifiant"},
		"social security":      {"Année;COD_ETU;COD_ETP;LIB_ETP\n2026;1;A1;2951178123456\n", "identifiant"},
		"many names of a code": {"Année;COD_ETU;COD_ETP;LIB_ETP\n" + many(8, "A1"), "plus de 5 noms à un même code"},
		"a name for each":      {"Année;COD_ETU;COD_ETP;LIB_ETP\n" + many(60, ""), "elle semble les désigner"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			_, err := d.drop(t, "inscriptions", one.text)
			if belvedere.KindOf(err) != belvedere.Invalid || !strings.Contains(err.Error(), one.want) || strings.Contains(strings.ToLower(err.Error()), "canari") {
				t.Errorf("%v, want %q and no name", err, one.want)
			}
			if got := d.called(t, "inscriptions", "etape", "A1"); got != "" {
				t.Errorf("the vault calls the code %q", got)
			}
		})
	}
	d := newDesk(t)
	p, err := d.Propose("inscriptions", []dossier.File{file("i.csv", "Année;COD_ETU;Étape;Nom\n2026;1;A1;CANARI\n")})
	if err != nil {
		t.Fatal(err)
	}
	m := p.Mapping("mien", "Mien", []dossier.Cell{{Column: "annee", From: []string{"Année"}}, {Column: "nip", From: []string{"COD_ETU"}}, {Column: "etape", From: []string{"Étape"}}, {Column: "libelle_etape", From: []string{"Nom"}}})
	if err := d.SaveMapping(context.Background(), registrar, school, m); err == nil || !strings.Contains(err.Error(), "annonce qui est une personne") {
		t.Errorf("a column of names is taken as labels: %v", err)
	}
}

// many are rows of different people, whose label is different each time.
func many(n int, step string) string {
	var b strings.Builder
	for i := range n {
		code := step
		if code == "" {
			code = fmt.Sprint("A", i%3)
			if n > mostFew {
				code = fmt.Sprint("A", i/2)
			}
		}
		fmt.Fprintf(&b, "2026;%d;%s;Personne %c%c\n", i, code, 'a'+i/26, 'a'+i%26)
	}
	return b.String()
}

const mostFew = 50

// A mapping finds the label columns of other applications by their names.
func TestLabelColumnsAreProposed(t *testing.T) {
	d := newDesk(t)
	for _, one := range []struct{ kind, text, column, want string }{
		{"inscriptions", "Année univ.;N° étudiant;Code étape;Libellé étape;Dpt;Libellé du département\n2026;1;I4GM;Génie mécanique;GM;Mécanique\n", "libelle_etape", "Libellé étape"},
		{"agents", "Matricule;Date observation;Service;Libellé service\n7;2026-10-01;DSI;Informatique\n", "libelle_service", "Libellé service"},
		{"agents", "MATCLE;DATE_OBS;COD_UO;LIB_UO\n7;2026-10-01;DSI;Informatique\n", "libelle_service", "LIB_UO"},
		{"inscriptions", "COD_ANU;COD_ETU;COD_ETP;LIB_ETP\n2026;1;I4GM;Génie mécanique\n", "libelle_etape", "LIB_ETP"},
		{"inscriptions", "COD_ANU;COD_ETU;COD_ETP;Pays mobilité;Libellé pays\n2026;1;I4GM;ES;Espagne\n", "libelle_pays", "Libellé pays"},
	} {
		p, err := d.Propose(one.kind, []dossier.File{file("f.csv", one.text)})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, c := range p.Cells {
			if c.Column == one.column {
				got = c.From[0]
			}
		}
		if got != one.want {
			t.Errorf("%s: %s is filled by %q, want %q: %+v", one.kind, one.column, got, one.want, p.Cells)
		}
	}
}
