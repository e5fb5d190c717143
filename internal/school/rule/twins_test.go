package rule_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/school/rule"
	"belvedere/internal/school/vault"
)

// households shows those of the year by names: members parted by "+", then pupils.
func households(t testing.TB, v *vault.Vault) string {
	t.Helper()
	list, err := rule.Households(context.Background(), v, year)
	if err != nil {
		t.Fatal(err)
	}
	name := func(table string, id int64) (first string) {
		err := v.Read(context.Background(), func(tx *vault.Tx) error {
			_, err := tx.Get("SELECT prenom FROM "+table+" WHERE id = ?", []any{id}, &first)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return first
	}
	var lines []string
	for _, h := range list {
		var members, pupils []string
		for _, m := range h.Members {
			members = append(members, fmt.Sprintf("%s×%d", name("personne", m.Person), 1+len(m.Others)))
		}
		for _, p := range h.Pupils {
			pupils = append(pupils, name("eleve", p))
		}
		lines = append(lines, strings.Join(members, "+")+":"+strings.Join(pupils, ","))
	}
	return strings.Join(lines, " ")
}

func TestHouseholds(t *testing.T) {
	for _, c := range []struct {
		name  string
		edits []edit
		want  string
	}{
		{"one roof, one letter", nil, "Alice×1+Alain×1:Anna Brigitte×1:Bilal Cécile×1:Chloé Didier×1:David"},
		{"parents apart", []edit{{"siecle_responsables", personne("202", "M.", "ABADIE", "Alain", "0639980002", "301"), personne("202", "M.", "ABADIE", "Alain", "0639980002", "302")}},
			"Alice×1:Anna Alain×1:Anna Brigitte×1:Bilal Cécile×1:Chloé Didier×1:David"},
		{"strangers at one address", []edit{{"siecle_responsables", adresse("304", "4 RUE HAUTE"), adresse("304", "3 RUE HAUTE")}},
			"Alice×1+Alain×1:Anna Brigitte×1:Bilal Cécile×1:Chloé Didier×1:David"},
		{"brother and sister of one mother", []edit{{"siecle_responsables", lien("102", "203", "1", "10", "1"), lien("102", "201", "1", "10", "1")}},
			"Alice×1+Alain×1:Anna,Bilal Cécile×1:Chloé Didier×1:David"},
		{"the mother twice", []edit{{"siecle_responsables", personne("203", "MME", "BLANC", "Brigitte", "0639980003", "302"), personne("203", "MME", "ABADIE", "Alice", "0639980001", "301")}},
			"Alice×2+Alain×1:Anna,Bilal Cécile×1:Chloé Didier×1:David"},
		{"homonyms", []edit{{"siecle_responsables", personne("203", "MME", "BLANC", "Brigitte", "0639980003", "302"), personne("203", "MME", "ABADIE", "Alice", "0639980003", "302")}},
			"Alice×1+Alain×1:Anna Alice×1:Bilal Cécile×1:Chloé Didier×1:David"},
		{"no legal guardian: who is in charge", []edit{{"siecle_responsables", lien("104", "205", "1", "20", "1"), lien("104", "205", "2", "50", "1")}},
			"Alice×1+Alain×1:Anna Brigitte×1:Bilal Cécile×1:Chloé Didier×1:David"},
		{"contacts receive nothing", []edit{{"siecle_responsables", lien("101", "202", "1", "20", "0"), lien("101", "202", "3", "20", "0")}},
			"Alice×1:Anna Brigitte×1:Bilal Cécile×1:Chloé Didier×1:David"},
	} {
		v := openMini(t)
		loadOver(t, v, spoiled{edits: c.edits}.apply(t))
		check(t, v)
		if got := households(t, v); got != c.want {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestPeopleDecideOnDuplicates(t *testing.T) {
	ctx := context.Background()
	v := open(t)
	twice := spoiled{edits: []edit{{"siecle_responsables", personne("203", "MME", "BLANC", "Brigitte", "0639980003", "302"), personne("203", "MME", "ABADIE", "Alice", "", "301")}}}
	load(t, v, filesOf(t, twice.apply(t))...)
	check(t, v)
	list, err := rule.Duplicates(ctx, v, year)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d pairs, %v", len(list), err)
	}
	d := list[0]
	if d.Certainty != rule.Probable || d.State != rule.PairProposed || len(d.Clues) != 1 || d.A.Title() != "ABADIE Alice" || d.B.PersonID != "203" {
		t.Errorf("pair %+v", d)
	}
	if got := households(t, v); !strings.HasPrefix(got, "Alice×1+Alain×1:Anna Alice×1:Bilal") {
		t.Errorf("a doubt merged: %s", got)
	}
	if err := rule.Decide(ctx, v, d.B.ID, d.A.ID, rule.PairMerged, "Mme Dupin"); err != nil {
		t.Fatal(err)
	}
	if got := households(t, v); !strings.HasPrefix(got, "Alice×2+Alain×1:Anna,Bilal") {
		t.Errorf("not merged: %s", got)
	}
	if check(t, v); len(with(standing(t, v), "responsable_double")) != 1 {
		t.Error("merged for mailing is not mended in SIECLE")
	}
	if err := rule.Decide(ctx, v, d.A.ID, d.B.ID, rule.PairDistinct, "Mme Dupin"); err != nil {
		t.Fatal(err)
	}
	if check(t, v); len(standing(t, v)) != 0 {
		t.Errorf("distinct, and still told: %v", lines(standing(t, v)))
	}
	if got := households(t, v); !strings.HasPrefix(got, "Alice×1+Alain×1:Anna Alice×1:Bilal") {
		t.Errorf("distinct, and merged: %s", got)
	}
	if err := rule.Decide(ctx, v, 77, 78, rule.PairMerged, "Mme Dupin"); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("a pair that is not: %v", err)
	}
	load(t, v, filesOf(t, mini())...)
	check(t, v)
	if list, err := rule.Duplicates(ctx, v, year); err != nil || len(list) != 0 {
		t.Errorf("%d pairs of files that have none, %v", len(list), err)
	}
}

func TestDistinctPairsStayApartThroughAThird(t *testing.T) {
	ctx := context.Background()
	v := open(t)
	three := spoiled{edits: []edit{
		{"siecle_responsables", personne("203", "MME", "BLANC", "Brigitte", "0639980003", "302"), personne("203", "MME", "ABADIE", "Alice", "0639980001", "302")},
		{"siecle_responsables", personne("204", "MME", "CARON", "Cécile", "0639980004", "303"), personne("204", "MME", "ABADIE", "Alice", "0639980001", "303")}}}
	load(t, v, filesOf(t, three.apply(t))...)
	check(t, v)
	list, err := rule.Duplicates(ctx, v, year)
	if err != nil || len(list) != 3 {
		t.Fatalf("%d pairs, %v", len(list), err)
	}
	if got := households(t, v); !strings.HasPrefix(got, "Alice×3+Alain×1:Anna,Bilal,Chloé") {
		t.Errorf("three in one: %s", got)
	}
	if err := rule.Decide(ctx, v, list[2].A.ID, list[2].B.ID, rule.PairDistinct, "Mme Dupin"); err != nil {
		t.Fatal(err)
	}
	if got := households(t, v); strings.Contains(got, "×3") || !strings.Contains(got, "×2") {
		t.Errorf("joined through a third: %s", got)
	}
}

func TestExtractionRepeatsGuardiansByNature(t *testing.T) {
	v := open(t)
	texts := mini()
	texts["siecle_eleves"], texts["siecle_responsables"] = "", ""
	files := append(filesOf(t, texts), file(t, "siecle_extraction", "extraction.csv", []byte("Nom de famille;Prénom;Date Naissance;Sexe;Code Structure;Code MEF;Elève No Etab;"+
		"Nom Repr. Lég. ;Prénom Repr. Lég. ;Tél. portable Repr. Lég. \n"+
		"ABADIE;Anna;14/03/2015;F;6A;10010012110;101;ABADIE;Alice;0639980001\nABADIE;Bilal;02/11/2015;M;6A;10010012110;102;ABADIE;Alice;0639980001\n")))
	load(t, v, files...)
	check(t, v)
	if list := with(standing(t, v), "responsable_double"); len(list) != 0 {
		t.Errorf("told to mend in SIECLE what the extraction does: %v", lines(list))
	}
}
