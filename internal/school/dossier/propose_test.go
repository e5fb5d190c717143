package dossier_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/school/dossier"
)

const payroll = "Matricule agent;Nom;Prénom;Catégorie;Mois de paie;Coût total\n7;FERRY;Jade;EC titulaire;11/2025;4 215,30\n8;AUBRY;Tom;Vacataire;11/2025;1 000\n"

// Files that nobody described yet wait in the vault; columns are proposed, people flagged, and what a
// closed list does not know asked for.
func TestFilesWaitForTheirMapping(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	id, err := d.Drop(ctx, registrar, school, "", []dossier.File{file("paie.csv", payroll)})
	if err != nil {
		t.Fatal(err)
	}
	waiting, err := d.Deposit(ctx, registrar, school, id)
	if err != nil || len(waiting.Files) != 1 || waiting.Files[0].Size != int64(len(payroll)) {
		t.Fatalf("%+v %v", waiting, err)
	}
	p, err := d.Propose("paie", waiting.Files)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	var category dossier.Cell
	for _, c := range p.Cells {
		got[c.Column] = c.From[0]
		if c.Column == "categorie" {
			category = c
		}
	}
	for column, want := range map[string]string{"matricule": "Matricule agent", "nom": "Nom", "prenom": "Prénom", "mois": "Mois de paie", "cout": "Coût total", "categorie": "Catégorie"} {
		if got[column] != want {
			t.Errorf("%s: %q, want %q (%v)", column, got[column], want, p.Why)
		}
	}
	for i, h := range p.Headers {
		if (p.Flagged(i) != "") != slices.Contains([]string{"Matricule agent", "Nom", "Prénom"}, h) {
			t.Errorf("%s: %q", h, p.Flagged(i))
		}
	}
	if unknown := p.Unknown(category); !slices.Equal(unknown, []string{"EC titulaire"}) || len(p.Missing) > 0 {
		t.Errorf("%q %q", unknown, p.Missing)
	}
	cells := slices.Clone(p.Cells)
	for i := range cells {
		if cells[i].Column == "categorie" {
			cells[i].Values = []dossier.Pair{{Name: "EC titulaire", Value: "enseignant_chercheur"}}
		}
	}
	if err := d.SaveMapping(ctx, registrar, school, p.Mapping("paie_rh", "Paie", cells)); err != nil {
		t.Fatal(err)
	}
	b, err := d.Batch(ctx, registrar, school, "paie_rh", waiting.Files)
	if err != nil {
		t.Fatal(err)
	}
	if try, err := d.Rehearse(ctx, registrar, school, b); err != nil || try.Kinds[0].Kept != 2 || get(t, d, "SELECT count(*) FROM dossier_import") != 0 {
		t.Errorf("%+v %v", try, err)
	}
	r := load(t, d, b)
	if one, err := d.ImportOf(ctx, registrar, school, r.ID); err != nil || one.Kinds[0].Kept != 2 || !one.Held || !one.Kept || one.Mapping != "paie_rh" {
		t.Errorf("%+v %v", one, err)
	}
	if err := d.Leave(ctx, registrar, school, id); err != nil {
		t.Error(err)
	}
	if _, err := d.Deposit(ctx, registrar, school, id); belvedere.KindOf(err) != belvedere.NotFound {
		t.Error(err)
	}
	everything(t, d, func(table, text string) {
		if strings.HasPrefix(table, "dossier_depot") {
			t.Errorf("%s is left", table)
		}
	})
}

// A file that has one column of results gives their issue with it: without it, all would be « autre
// issue » and nobody would have passed.
func TestCodesOfResultsTellTheirIssue(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	files := []dossier.File{file("jury.csv", "N° étudiant;Année univ.;Code étape;Session;Résultat\n1;2024/2025;I4GM;1;ADM\n2;2024/2025;I4GM;1;AJ\n3;2024/2025;I4GM;1;DEF\n4;2024/2025;I4GM;1;ADMJ\n5;2024/2025;I4GM;1;XYZ\n")}
	p, err := d.Propose("resultats", files)
	if err != nil {
		t.Fatal(err)
	}
	var kept []dossier.Cell
	for _, c := range p.Cells {
		if c.Column != "issue" {
			kept = append(kept, c)
			continue
		}
		if unknown := p.Unknown(c); c.From[0] != "Résultat" || !slices.Equal(unknown, []string{"XYZ"}) {
			t.Errorf("the issue is read in %q, unknown %q", c.From, unknown)
		}
	}
	if len(kept) == len(p.Cells) {
		t.Error("no column is proposed for the issue")
	}
	// A mapping that leaves the issue out reads it with the code all the same.
	if err := d.SaveMapping(ctx, registrar, school, p.Mapping("jury", "Jury", kept)); err != nil {
		t.Fatal(err)
	}
	b, err := d.Batch(ctx, registrar, school, "jury", files)
	if err != nil {
		t.Fatal(err)
	}
	load(t, d, b)
	got := selected(t, d, operator, dossier.Request{Kind: "resultats", Level: belvedere.Identities, Columns: []string{"nip", "code", "issue"}})
	if want := "1|ADM|admis\n2|AJ|ajourne\n3|DEF|absent\n4|ADMJ|admis\n5|XYZ|autre_issue\n"; got != want {
		t.Errorf("%v, want %v", got, want)
	}
}
