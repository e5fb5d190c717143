package rule_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"belvedere/internal/school/rule"
)

// UnDeuxTemps writes a teacher in one piece and a group beside its division.
const undeuxtemps = `Jour;Heure;Div;Matière;Professeur;Salle;Groupe;Regroup;Eff;Mo;Freq;Aire;
lundi;08h00;6A;FRANC;MARCHAND E.;101;;;2;CG;H;;
mardi;08h00;6A;MATHS;SAIDI Karim;102;;;2;CG;H;;
mardi;08h00;6B;FRANC;Marchand;101;;;2;CG;H;;
lundi;08h00;6B;MATHS;Saïdi;102;;;2;CG;H;;
mercredi;08h00;6A;AGL1;LE GOFF Hélène;103;6ANG1;;4;CG;H;;
mercredi;08h00;6B;AGL1;LE GOFF Hélène;103;6ANG1;;4;CG;H;;
`

func TestUnDeuxTemps(t *testing.T) {
	v := open(t)
	texts := mini()
	texts["edt_cours"], texts["udt_cours"] = "", undeuxtemps
	load(t, v, filesOf(t, texts)...)
	check(t, v)
	if list := lines(standing(t, v)); len(list) > 0 {
		t.Errorf("findings of files that agree:\n%s", strings.Join(list, "\n"))
	}
	texts["udt_cours"] = strings.NewReplacer("lundi;08h00;6B;MATHS;Saïdi", "lundi;08h00;6B;MATHS;Marchand", "MARCHAND E.", "Marchand", "LE GOFF Hélène;103;6ANG1;;4;CG;H;;\nmercredi", "DURAND P.;103;6ANG1;;4;CG;H;;\nmercredi").Replace(undeuxtemps)
	load(t, v, filesOf(t, texts)...)
	check(t, v)
	list := standing(t, v)
	for _, words := range [][]string{{"Marchand a deux cours à la fois, lundi à 8 h"}, {"DURAND P. a des cours dans UnDeuxTemps et n’est pas dans STS-Web"}, {"La salle « 103 » a deux cours à la fois"}} {
		if len(with(list, words...)) != 1 {
			t.Errorf("not found once: %v in\n%s", words, strings.Join(lines(list), "\n"))
		}
	}
}

// The directory knows births: a father and his son are told apart, whatever they share.
func TestBirthsOfTheDirectory(t *testing.T) {
	for _, c := range []struct {
		births [2]string
		want   int
	}{{[2]string{"01/02/1950", "03/04/1980"}, 0}, {[2]string{"03/04/1980", "03/04/1980"}, 1}, {[2]string{"", "03/04/1980"}, 1}} {
		v := open(t)
		guardian := func(join, birth string) string {
			return `<addRequest><operationalAttributes><attr name="categoriePersonne"><value>PersRelEleve</value></attr></operationalAttributes><identifier><id>` + join + `</id></identifier><attributes>` +
				`<attr name="ENTPersonJointure"><value>` + join + `</value></attr><attr name="ENTPersonNomPatro"><value>ABADIE</value></attr><attr name="sn"><value>ABADIE</value></attr>` +
				`<attr name="givenName"><value>Alain</value></attr><attr name="mobile"><value>0639980002</value></attr><attr name="ENTPersonDateNaissance"><value>` + birth + `</value></attr></attributes></addRequest>`
		}
		related := func(pupil, person string) string {
			return strings.Replace(aafPupil(pupil, pupil, "", "ABADIE", "Anna"+pupil, "14/03/2015", "6A"), "</attributes>", `<attr name="ENTElevePersRelEleve"><value>`+person+`$20$1$1$1$1</value></attr></attributes>`, 1)
		}
		load(t, v, file(t, "aaf_structure", "etab", []byte(aafSchool)),
			file(t, "aaf_eleve", "eleve", []byte("<ficAlimMENESR>"+related("1", "71")+related("2", "72")+"</ficAlimMENESR>")),
			file(t, "aaf_responsable", "rel", []byte("<ficAlimMENESR>"+guardian("71", c.births[0])+guardian("72", c.births[1])+"</ficAlimMENESR>")))
		check(t, v)
		list, err := rule.Duplicates(context.Background(), v, year)
		if err != nil || len(list) != c.want {
			t.Errorf("%v: %d pairs, want %d (%v)", c.births, len(list), c.want, err)
		}
	}
}

// A finding that names two people goes with either of them.
func TestErasureTakesFindingsOfBoth(t *testing.T) {
	ctx := context.Background()
	for _, first := range []bool{true, false} {
		v := open(t)
		same := spoiled{edits: []edit{{"siecle_eleves", "900000002BB", "900000001AA"}, {"aaf_eleve", "900000002BB", "900000001AA"}}}
		load(t, v, filesOf(t, same.apply(t))...)
		check(t, v)
		x := standing(t, v)[0]
		who := x.With
		if first {
			who = x.Who
		}
		if err := v.ErasePerson(ctx, who.Sort, who.ID); err != nil {
			t.Fatal(err)
		}
		if list := standing(t, v); len(list) != 0 {
			t.Errorf("still there: %v", lines(list))
		}
	}
}

// Files of other origins, each alone, are checked without a fault of ours.
func TestRealLayouts(t *testing.T) {
	for _, s := range []struct{ code, path string }{
		{"siecle_eleves", "siecle/ElevesAvecAdresses_v3.0_2eleves.xml"}, {"siecle_eleves", "siecle/ElevesAvecAdresses_v3.0_division_et_groupe.xml"},
		{"siecle_responsables", "siecle/ResponsablesAvecAdresses_v2.1.xml"}, {"siecle_nomenclature", "siecle/Nomenclature_v3.1_tout_niveau.xml"},
		{"siecle_eleves", "siecle/pix_duplicate_ine.xml"}, {"siecle_extraction", "siecle/extraction_eleves_2018_cp1252.csv"},
	} {
		v := open(t)
		f := sample(t, s.code, s.path)
		f.Fill = anySchool(f)
		load(t, v, f)
		check(t, v)
		list := standing(t, v)
		if filepath.Base(s.path) == "pix_duplicate_ine.xml" && len(with(list, "B champs_eleve", "même INE")) != 1 {
			t.Errorf("%s: the INE of two pupils is not found:\n%s", s.path, strings.Join(lines(list), "\n"))
		}
		for _, x := range list {
			if strings.Contains(x.Message, "%!") || strings.Contains(x.Message, "  ") {
				t.Errorf("%s: %s", s.path, show(x))
			}
		}
	}
}
