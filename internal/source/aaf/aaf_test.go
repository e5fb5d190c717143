package aaf_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"belvedere"
	"belvedere/internal/source/aaf"
	"belvedere/internal/source/record/recordtest"
)

func TestDeclarations(t *testing.T) {
	recordtest.Check(t, aaf.Formats())
	recordtest.Check(t, aaf.Changes())
}

func read(t *testing.T, code, name string) *recordtest.Reading {
	t.Helper()
	data := recordtest.Sample(t, "aaf/"+name)
	if got := recordtest.Detect(aaf.Formats(), data); !slices.Equal(got, []string{code}) {
		t.Errorf("%s is recognised as %v", name, got)
	}
	r := recordtest.Read(t, aaf.Formats(), code, data)
	if r.Err != nil || r.Marks() != "" || r.Head.Delta || r.Head.Source != "aaf" {
		t.Fatalf("%s: %v, faults %s, head %+v", name, r.Err, r.Marks(), r.Head)
	}
	return r
}

// TestFeed reads the feed of 642 pupils, 701 staff and 1,029 guardians.
func TestFeed(t *testing.T) {
	pupils := read(t, "aaf_eleve", "derived_ENT_Complet_20130117_Eleve_0000.xml")
	guardians := read(t, "aaf_responsable", "derived_ENT_Complet_20130117_PersRelEleve_0000.xml")
	staff := read(t, "aaf_personnel", "derived_ENT_Complet_20130117_PersEducNat_0000.xml")
	links := pupils.Rows("aaf_lien", "jointure", "personne", "legal")
	counts := map[string][2]int{
		"pupils":    {len(distinct(pupils.Rows("aaf_eleve", "jointure"))), 642},
		"staff":     {len(distinct(staff.Rows("aaf_personnel", "jointure"))), 701},
		"guardians": {len(distinct(guardians.Rows("aaf_responsable", "jointure"))), 1029},
		"links":     {len(links), 1064},
	}
	without, notLegal, linked := map[string]bool{}, 0, map[string]bool{}
	for _, id := range pupils.Rows("aaf_eleve", "jointure") {
		without[id] = true
	}
	for _, l := range links {
		part := strings.Split(l, "|")
		delete(without, part[0])
		linked[part[1]] = true
		if part[2] == "0" {
			notLegal++
		}
	}
	known := guardians.Rows("aaf_responsable", "jointure")
	counts["pupils without link"] = [2]int{len(without), 20}
	counts["links without legal rank"] = [2]int{notLegal, 153}
	counts["people linked"] = [2]int{len(linked), 1029}
	for id := range linked {
		if !slices.Contains(known, id) {
			t.Errorf("%s is linked and unknown", id)
		}
	}
	untitled := 0
	for _, title := range pupils.Rows("aaf_eleve", "civilite") {
		if title == "" {
			untitled++
		}
	}
	counts["pupils without title"] = [2]int{untitled, 9}
	counts["pupils with a group"] = [2]int{len(distinct(pupils.Rows("aaf_eleve_groupe", "jointure"))), 70}
	for what, n := range counts {
		if n[0] != n[1] {
			t.Errorf("%d %s, want %d", n[0], what, n[1])
		}
	}
	if pupils.Head.Version != "AAF-VE1301" {
		t.Errorf("version %q", pupils.Head.Version)
	}
}

func distinct(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

func TestPupil(t *testing.T) {
	r := read(t, "aaf_eleve", "ENT_Complet_20200101_Eleve_0000.xml")
	compare(t, r, map[string][]string{
		"aaf_eleve":              {"2000000|100000000AA|1|01/01/2000|NOM|NOM|Prenom|M.|INTERNE 5 JOURS|N|SCOLAIRE|10000000000|1E|BAC PRO|BAC PRO|∅|∅|1000|∅|∅"},
		"aaf_eleve_classe":       {"2000000|3000|1AQUA|18/08/2020|∅"},
		"aaf_eleve_groupe":       nil,
		"aaf_eleve_enseignement": {"2000000|1|100000|ANGLAIS LV1"},
		"aaf_lien": {"2000000|1|2000000|10|1|1|1|1|ENTElevePersRelEleve",
			"2000000|2|3000000|20|0|1|0|0|ENTElevePersRelEleve"},
	})
}

func TestStaff(t *testing.T) {
	r := read(t, "aaf_personnel", "positions_before/ENT2DVA-ENT16_Complet_20240916_PersEducNat_0000.xml")
	if h := r.Head; h.Version != "AAF-VE2407 Annexe 4bis version 6.4" || h.Year != 2024 || !h.Exported.Equal(belvedere.Date(2024, 9, 16)) {
		t.Errorf("head %+v", h)
	}
	if got := r.Rows("aaf_personnel")[0]; got != "314159|01/01/1980|AAAA|AAAA|Prénom AAAA|M.|aaaa@mailinator.fr|43|N|O|∅" {
		t.Errorf("staff %s", got)
	}
	compare(t, r, map[string][]string{"aaf_personnel_fonction": r.Rows("aaf_personnel_fonction")})
	if got := r.Rows("aaf_personnel_fonction")[:2]; !slices.Equal(got, []string{"314159|43|DIR|DIRECTION|D0011|CHEF D'ETABLISSEMENT ADJOINT",
		"314159|43|AEH|ACCOMPAGNEMENT|D0021|ACCOMPAGNEMENT ELEVES SITUATION HANDICAP"}) {
		t.Errorf("functions %q", got)
	}
	if got := r.Rows("aaf_personnel_discipline")[:3]; !slices.Equal(got, []string{"314159|categorie|00|NON SPECIALISE", "314159|categorie|01|PHILOSOPHIE",
		"314159|poste|00|CHEF D'ETABLISSEMENT ADJOINT"}) {
		t.Errorf("disciplines %q", got)
	}
	read(t, "aaf_personnel", "positions_after/ENT2DVA-ENT16_Complet_20240916_PersEducNat_0000.xml")
}

func TestNomenclature(t *testing.T) {
	mefs := read(t, "aaf_mef", "ENT_Complet_20130117_MefEducNat_0000.xml").Rows("aaf_mef")
	if len(mefs) != 2504 || mefs[0] != "06110004110|1ER DEGRE : ADAPTATION|06110004110|13110010004|∅|∅" {
		t.Errorf("%d formations, the first %s", len(mefs), mefs[0])
	}
	subjects := read(t, "aaf_matiere", "ENT_Complet_20130117_MatiereEducNat_0000.xml").Rows("aaf_matiere")
	if len(subjects) != 718 || subjects[0] != "009800|ACCCOMPAGN.EDUCATIF- AIDE DEVOIRS LECONS|∅" {
		t.Errorf("%d subjects, the first %s", len(subjects), subjects[0])
	}
	zones := read(t, "aaf_structure", "ENT_Complet_20130117_EtabEducNat_0000.xml").Rows("aaf_structure", "jointure", "uai", "sigle", "nom", "commune")
	if len(zones) != 10 || zones[0] != "52000|1004001V|∅|Z.REMP-DIGNE-AIX_MARS.|∅" {
		t.Errorf("%d structures, the first %s", len(zones), zones[0])
	}
	school := read(t, "aaf_structure", "positions_before/ENT2DVA-ENT16_Complet_20240916_EtabEducNat_0000.xml").Rows("aaf_structure")
	want := "43|0123456A|01234567891234|CLG$CLG INTEGRATION$PARIS|CLG|CLG INTEGRATION|PARIS|COLLEGE|340|PU|MINISTERE DE L'EDUCATION NATIONALE|06|" +
		"10 avenue des Batignolles|75017|PARIS|13164|NORD CHARENTE|PARIS|013|∅|∅|∅"
	if !slices.Equal(school, []string{want}) {
		t.Errorf("school %q", school)
	}
	read(t, "aaf_structure", "ENT_Complet_20200101_EtabEducNat_0000.xml")
}

func compare(t *testing.T, r *recordtest.Reading, want map[string][]string) {
	t.Helper()
	for kind, rows := range want {
		if diff := cmp.Diff(rows, r.Rows(kind)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}

const pupilOf = `<operationalAttributes><attr name="categoriePersonne"><value>Eleve</value></attr></operationalAttributes>`

const changes = `<?xml version="1.0" encoding="ISO-8859-15"?>
<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">
<ficAlimMENESR>
<!-- dateGenerationExport="12/08/2025" -->
<addRequest>` + pupilOf + `<identifier><id>1</id></identifier><attributes><attr name="ENTPersonJointure"><value>1</value></attr><attr name="sn"><value>NOUVEAU</value></attr>
<attr name="ENTElevePere"><value>8</value></attr><attr name="ENTEleveAutoriteParentale"><value>8</value><value>9</value></attr></attributes></addRequest>
<modifyRequest>` + pupilOf + `<identifier><id>2</id></identifier><modifications><modification name="ENTEleveClasses" operation="replace"><value>43$6B</value></modification>
<modification name="ENTEleveGroupes" operation="replace"><value/></modification></modifications></modifyRequest>
<deleteRequest>` + pupilOf + `<identifier><id>3</id></identifier></deleteRequest>
<deleteRequest><operationalAttributes><attr name="categoriePersonne"><value>PersRelEleve</value></attr></operationalAttributes><identifier><id>4</id></identifier></deleteRequest>
<addRequest><operationalAttributes><attr name="categoriePersonne"><value>PersEducNat</value></attr></operationalAttributes><identifier><id>5</id></identifier></addRequest>
</ficAlimMENESR>`

// TestChanges: rows apply in their order, and only what a request says changes.
func TestChanges(t *testing.T) {
	r := recordtest.Read(t, aaf.Formats(), "aaf_eleve", []byte(changes))
	if r.Err != nil || !r.Head.Delta || r.Head.Year != 0 || r.Marks() != "categorie_autre@11" {
		t.Errorf("%v, head %+v, faults %s", r.Err, r.Head, r.Marks())
	}
	var got []string
	for _, rec := range r.Records {
		got = append(got, rec.Kind.Name+" "+recordtest.Show(rec))
	}
	unknown := strings.Repeat("|∅", 19)
	want := []string{
		"aaf_remplacement 1|aaf_eleve", "aaf_remplacement 1|aaf_eleve_classe", "aaf_remplacement 1|aaf_eleve_groupe",
		"aaf_remplacement 1|aaf_eleve_enseignement", "aaf_remplacement 1|aaf_lien",
		"aaf_eleve 1|∅|∅|∅|∅|NOUVEAU" + strings.Repeat("|∅", 14),
		"aaf_lien 1|1|8|∅|∅|∅|∅|∅|ENTElevePere ENTEleveAutoriteParentale", "aaf_lien 1|2|9|∅|∅|∅|∅|∅|ENTEleveAutoriteParentale",
		"aaf_remplacement 2|aaf_eleve_classe", "aaf_remplacement 2|aaf_eleve_groupe", "aaf_eleve 2" + unknown, "aaf_eleve_classe 2|43|6B|∅|∅",
		"aaf_suppression 3|Eleve", "aaf_suppression 4|PersRelEleve",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	// A file that only adds is one of changes when whoever sends it says so.
	start := strings.Index(changes, "<modifyRequest>")
	adds := []byte(changes[:start] + "</ficAlimMENESR>")
	if r := recordtest.Read(t, aaf.Formats(), "aaf_eleve", adds); r.Head.Delta {
		t.Errorf("a file that only adds is taken for changes")
	}
	if r := recordtest.Read(t, aaf.Changes(), "aaf_eleve", adds); !r.Head.Delta || len(r.Rows("aaf_remplacement")) != 5 {
		t.Errorf("known changes: head %+v, %q", r.Head, r.Rows("aaf_remplacement"))
	}
}

// TestLateChange: a modification beyond what was looked at does not silently shrink the directory.
func TestLateChange(t *testing.T) {
	one := `<addRequest>` + pupilOf + `<identifier><id>7</id></identifier><attributes><attr name="sn"><value>` + strings.Repeat("X", 500) + `</value></attr></attributes></addRequest>`
	data := "<ficAlimMENESR>" + strings.Repeat(one, 7000) + `<deleteRequest>` + pupilOf + `<identifier><id>3</id></identifier></deleteRequest></ficAlimMENESR>`
	r := recordtest.From(t, aaf.Formats(), "aaf_eleve", strings.NewReader(data))
	if r.Err != nil || r.Head.Delta || r.Marks() != "changement_tardif@1" || len(r.Records) != 7000 {
		t.Errorf("%v, head %+v, faults %s, %d rows", r.Err, r.Head, r.Marks(), len(r.Records))
	}
}

// TestFirstDegree: the attributes of primary schools.
func TestFirstDegree(t *testing.T) {
	data := `<ficAlimMENESR><addRequest>` + pupilOf + `<identifier><id>1</id></identifier><attributes><attr name="ENTPersonNom"><value>PETIT</value></attr>
<attr name="ENTPersonPrenom"><value>Léo</value></attr><attr name="ENTPersonCivilite"><value>M.</value></attr><attr name="ENTPersonClasses"><value>43$CE1 A</value></attr>
<attr name="ENTEleveNiveau"><value>CE1</value></attr><attr name="ENTEleveCycle"><value>CYCLE II</value></attr></attributes></addRequest></ficAlimMENESR>`
	r := recordtest.Read(t, aaf.Formats(), "aaf_eleve", []byte(data))
	compare(t, r, map[string][]string{
		"aaf_eleve":        {"1|∅|∅|∅|∅|PETIT|Léo|M.|∅|∅|∅|∅|∅|∅|∅|CE1|CYCLE II|∅|∅|∅"},
		"aaf_eleve_classe": {"1|43|CE1 A|∅|∅"},
	})
}

func TestRefusals(t *testing.T) {
	recordtest.Truncated(t, aaf.Formats(), "aaf_eleve", recordtest.Sample(t, "aaf/ENT_Complet_20200101_Eleve_0000.xml"))
	bomb := `<!DOCTYPE ficAlimMENESR [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><ficAlimMENESR>&b;</ficAlimMENESR>`
	if r := recordtest.Read(t, aaf.Formats(), "aaf_eleve", []byte(bomb)); r.Err == nil {
		t.Errorf("declared entities are taken")
	}
	empty := []byte(`<ficAlimMENESR></ficAlimMENESR>`)
	if got := recordtest.Detect(aaf.Formats(), empty); !slices.Equal(got, []string{"aaf_vide"}) {
		t.Errorf("a file without change is recognised as %v", got)
	}
	if r := recordtest.Read(t, aaf.Formats(), "aaf_vide", empty); r.Err != nil || !r.Head.Delta {
		t.Errorf("a file without change: %v, %+v", r.Err, r.Head)
	}
}

// TestNotKept: phones of staff and structures, grants, mails and addresses of pupils are nowhere.
func TestNotKept(t *testing.T) {
	wrap := func(category string, names ...string) string {
		s := `<ficAlimMENESR><addRequest><operationalAttributes><attr name="x"/><attr name="categorieX"><value>` + category + `</value></attr></operationalAttributes><identifier><id>1</id></identifier><attributes>`
		for _, n := range names {
			s += `<attr name="` + n + `"><value>CANARI</value></attr>`
		}
		return s + `</attributes></addRequest></ficAlimMENESR>`
	}
	for code, data := range map[string]string{
		"aaf_eleve":     wrap("Eleve", "mail", "homePhone", "ENTPersonAdresse", "ENTPersonVille", "ENTEleveBoursier", "ENTPersonAutresPrenoms"),
		"aaf_personnel": wrap("PersEducNat", "homePhone", "telephoneNumber", "mobile", "ENTPersonAdresse"),
		"aaf_structure": wrap("EtabEducNat", "telephoneNumber", "facsimileTelephoneNumber", "ENTStructureMailSI"),
	} {
		r := recordtest.Read(t, aaf.Formats(), code, []byte(data))
		if r.Err != nil || len(r.Records) != 1 || strings.Contains(recordtest.Show(r.Records[0]), "CANARI") {
			t.Errorf("%s: %v, %v", code, r.Err, r.Records)
		}
	}
}

func FuzzRead(f *testing.F) {
	recordtest.Fuzz(f, append(aaf.Formats()[:3:3], aaf.Formats()[6]), changes, strings.ReplaceAll(changes, "Eleve<", "PersEducNat<"))
}
