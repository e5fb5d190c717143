package rule_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"belvedere/internal/school/rule"
)

// big is a coherent school of a thousand pupils in forty divisions.
func big() map[string]string {
	var pupils, places, persons, links, addresses, divisions, lessons, people strings.Builder
	for i := range 1000 {
		id := fmt.Sprint(1000 + i)
		pupils.WriteString(eleve(id, fmt.Sprintf("NOM%c%c", 'A'+i%26, 'A'+i/40), fmt.Sprintf("Prénom%d", i), "14/03/2015", fmt.Sprintf("9%08dAA", i), "2"))
		places.WriteString(structures(id, fmt.Sprintf("6%02d", i%40+10)))
		mother, father, home := fmt.Sprint(5000+2*i), fmt.Sprint(5001+2*i), fmt.Sprint(9000+i)
		persons.WriteString(personne(mother, "MME", fmt.Sprintf("NOM%c%c", 'A'+i%26, 'A'+i/40), fmt.Sprintf("Mère%d", i), fmt.Sprintf("06%08d", 2*i), home))
		persons.WriteString(personne(father, "M.", fmt.Sprintf("NOM%c%c", 'A'+i%26, 'A'+i/40), fmt.Sprintf("Père%d", i), fmt.Sprintf("06%08d", 2*i+1), home))
		links.WriteString(lien(id, mother, "1", "10", "1") + lien(id, father, "1", "20", "0"))
		addresses.WriteString(adresse(home, fmt.Sprintf("%d RUE HAUTE", i+1)))
	}
	for i := range 40 {
		code, teacher := fmt.Sprintf("6%02d", i+10), fmt.Sprint(8100+i)
		people.WriteString(individu(teacher, fmt.Sprintf("PROF%d", i), "", "Jean", "9.00", ""))
		divisions.WriteString(`<DIVISION CODE="` + code + `"><EFFECTIF_CALCULE>25</EFFECTIF_CALCULE><MEFS_APPARTENANCE><MEF_APPARTENANCE CODE="10010012110"/></MEFS_APPARTENANCE><SERVICES>` +
			serviceOf("020700", "4.50", teacher, "") + serviceOf("061300", "4.50", teacher, "") + "</SERVICES></DIVISION>\n")
		for k, day := range []string{"lundi", "mardi", "mercredi", "jeudi", "vendredi"} {
			for j := range 3 {
				lessons.WriteString(cours(fmt.Sprintf("%d%d%d", i, k, j), "0h18", "H", "FRANC", "FRANCAIS", fmt.Sprintf("PROF%d", i), "Jean", code, fmt.Sprint(100+i), day, fmt.Sprintf("%02dh00", 8+j), "25"))
				lessons.WriteString(cours(fmt.Sprintf("1%d%d%d", i, k, j), "0h18", "H", "MATHS", "MATHEMATIQUES", fmt.Sprintf("PROF%d", i), "Jean", code, fmt.Sprint(100+i), day, fmt.Sprintf("%02dh00", 13+j), "25"))
			}
		}
	}
	return map[string]string{
		"siecle_eleves":       `<BEE_ELEVES VERSION="3.0">` + parametres("08:30:00") + "<DONNEES><ELEVES>" + pupils.String() + "</ELEVES><STRUCTURES>" + places.String() + "</STRUCTURES></DONNEES></BEE_ELEVES>",
		"siecle_responsables": `<BEE_RESPONSABLES VERSION="2.1">` + parametres("08:30:00") + "<DONNEES><PERSONNES>" + persons.String() + "</PERSONNES><RESPONSABLES>" + links.String() + "</RESPONSABLES><ADRESSES>" + addresses.String() + "</ADRESSES></DONNEES></BEE_RESPONSABLES>",
		"sts_emp": `<STS_EDT><PARAMETRES><UAJ CODE="0999901Z"/><ANNEE_SCOLAIRE ANNEE="2026"/></PARAMETRES><NOMENCLATURES><MATIERES><MATIERE CODE="020700"><CODE_GESTION>FRANC</CODE_GESTION></MATIERE><MATIERE CODE="061300"><CODE_GESTION>MATHS</CODE_GESTION></MATIERE></MATIERES><MEFS><MEF CODE="10010012110"/></MEFS></NOMENCLATURES><DONNEES><INDIVIDUS>` +
			people.String() + "</INDIVIDUS><STRUCTURE><DIVISIONS>" + divisions.String() + "</DIVISIONS></STRUCTURE></DONNEES></STS_EDT>",
		"edt_cours": `<TABLE nom="Cours">` + lessons.String() + "</TABLE>",
	}
}

func TestBigCoherentSchool(t *testing.T) {
	v := open(t)
	load(t, v, filesOf(t, big())...)
	r := check(t, v)
	if list := lines(standing(t, v)); len(list) > 0 {
		t.Errorf("%d findings where files agree, such as\n%s", len(list), strings.Join(list[:min(5, len(list))], "\n"))
	}
	if r.Duplicates+r.Proposals != 0 {
		t.Errorf("%+v", r)
	}
	list, err := rule.Households(context.Background(), v, year)
	if err != nil || len(list) != 1000 {
		t.Errorf("%d households, %v", len(list), err)
	}
}

// BenchmarkCheck runs the checks of a thousand pupils.
func BenchmarkCheck(b *testing.B) {
	v := open(b)
	load(b, v, filesOf(b, big())...)
	for b.Loop() {
		check(b, v)
	}
}
