package form

import (
	"strings"
	"testing"
)

func TestFormsAreRight(t *testing.T) {
	m := model(t)
	if len(m.Forms) < 9 {
		t.Fatalf("%d forms", len(m.Forms))
	}
	for _, f := range m.Forms {
		for _, err := range CheckForm(f, m) {
			t.Error(err)
		}
	}
}

func TestRealEcoles(t *testing.T) {
	o := load(t, shared(t, "dept35/fr-en-ecoles-effectifs-nb_classes.csv"))
	if o.target.Code() != "ecoles_effectifs" || len(o.faults) > 0 {
		t.Fatalf("%s: %s", o.target.Code(), complaints(o.faults))
	}
	eleves := map[int]int64{2019: 111_629, 2020: 110_324, 2021: 108_848, 2022: 107_729}
	classes := map[int]int64{2019: 4_756, 2020: 4_796, 2021: 4_794, 2022: 4_766}
	for y, want := range eleves {
		if got := o.sum("effectifs", "eleves", year(y)); got != want {
			t.Errorf("%d: %d élèves, want %d", y, got, want)
		}
		if got := o.sum("structures", "classes", year(y)); got != classes[y] {
			t.Errorf("%d: %d classes, want %d", y, got, classes[y])
		}
	}
	unique(t, o, "niveau", "sexe", "jour")
}

func TestRealColleges(t *testing.T) {
	o := load(t, shared(t, "dept35/fr-en-college-effectifs-niveau-sexe-lv.csv"))
	if o.target.Code() != "college_effectifs" || len(o.faults) > 0 {
		t.Fatalf("%s: %s", o.target.Code(), complaints(o.faults))
	}
	for y, want := range map[int]int64{2019: 56_959, 2020: 57_639, 2021: 57_649} {
		if got := o.sum("effectifs", "eleves", year(y)); got != want {
			t.Errorf("%d: %d élèves, want %d", y, got, want)
		}
	}
	for _, r := range o.rows {
		if r["eleves"] != nil && (r["niveau"] == "" || r["sexe"] == "") {
			t.Fatalf("every pupil of this file has a level and a sex: %v", r)
		}
	}
	if o.sum("effectifs", "segpa", nil) == 0 || o.sum("effectifs", "ulis", nil) == 0 {
		t.Error("no pupils of SEGPA or ULIS")
	}
	unique(t, o, "niveau", "sexe", "jour")
}

func TestRealSecondDegre(t *testing.T) {
	o := load(t, shared(t, "dept35/fr-en-effectifs-second-degre.csv"))
	if o.target.Code() != "second_degre_effectifs" {
		t.Fatal(o.target.Code())
	}
	// Eight lines of this file end their UAI with an O, which is never a check letter.
	if len(o.faults) != 8 || o.counts.Kept != 815 || o.byData["effectifs"] != 815 {
		t.Errorf("%+v\n%s", o.counts, complaints(o.faults))
	}
	for _, f := range o.faults {
		if f.Rule != "uai_lettre" || f.Column != 3 || f.Field != "Numero_d_etablissement" {
			t.Error(f)
		}
	}
}

func TestRealAnnuaire(t *testing.T) {
	o := load(t, shared(t, "dept35/fr-en-annuaire-education.csv"))
	if o.target.Code() != "annuaire" || len(o.faults) > 0 {
		t.Fatalf("%s: %s", o.target.Code(), complaints(o.faults))
	}
	types := map[any]int{}
	for _, r := range o.rows {
		types[r["type"]]++
		if r["departement"] != "35" {
			t.Fatalf("département %v", r["departement"])
		}
	}
	want := map[any]int{"ecole": 685, "college": 117, "lycee": 43, "lycee_pro": 43, "erea": 2, "service": 47, "medico_social": 39, "superieur": 9, "autre": 11}
	for k, n := range want {
		if types[k] != n {
			t.Errorf("%v: %d, want %d", k, types[k], n)
		}
	}
	if len(types) != len(want) {
		t.Errorf("types: %v", types)
	}
	internats := 0
	for _, r := range o.rows {
		if r["internat"] == "oui" {
			internats++
		}
	}
	if internats != 83 {
		t.Errorf("%d boarding schools, want 83", internats)
	}
}

func TestRealGeolocalisation(t *testing.T) {
	for name, rows := range map[string]int64{
		"dept35/fr-en-adresse-et-geolocalisation-etablissements-premier-et-second-degre.csv": 117,
		"colleges_fr/geolocalisation_colleges.csv":                                           7654,
	} {
		o := load(t, shared(t, name))
		if o.target.Code() != "geolocalisation" || len(o.faults) > 0 || o.counts.Rows != rows {
			t.Errorf("%s: %s, %+v\n%s", name, o.target.Code(), o.counts, complaints(o.faults[:min(5, len(o.faults))]))
		}
		nowhere, late := 0, 0
		for _, r := range o.rows {
			if r["latitude"] == nil {
				nowhere++
			}
			if r["ouverture"] == "2099-01-01" {
				late++
			}
		}
		if rows == 7654 && (nowhere != 147 || late != 5) {
			t.Errorf("%d without coordinates, %d of 2099", nowhere, late)
		}
	}
}

func TestRealIPS(t *testing.T) {
	a := load(t, shared(t, "ips_fr/ips-colleges.A.csv"))
	b := load(t, shared(t, "ips_fr/ips-colleges.B.csv"))
	if len(a.faults)+len(b.faults) > 0 || a.target.Code() != "ips" || b.target.Code() != "ips" {
		t.Fatal(complaints(append(a.faults, b.faults...)))
	}
	same := map[any]map[string]any{}
	for _, r := range only(a.rows, "ips") {
		same[r["etablissement"]] = r
	}
	for _, r := range only(b.rows, "ips") {
		x := same[r["etablissement"]]
		if x == nil || x["points"] != r["points"] || x["eleves"] != r["eleves"] || x["annee"] != r["annee"] {
			t.Fatalf("%v\n%v", x, r)
		}
	}
	if len(same) != 6973 || len(only(b.rows, "ips")) != 6973 {
		t.Errorf("%d and %d rows", len(a.rows), len(b.rows))
	}
	e := load(t, shared(t, "ips_fr/ips-ecoles.A.csv"))
	if e.counts.Kept != 30059 || len(only(e.rows, "ips")) != 30059 || len(e.faults) > 0 {
		t.Errorf("%+v", e.counts)
	}
	s := load(t, shared(t, "colleges_fr/ips_colleges_2023.csv"))
	if s.target.Code() != "ips_sans_effectif" || s.counts.Rows != 6973 || s.rows[0]["annee"] != int16(2023) {
		t.Errorf("%s %+v", s.target.Code(), s.counts)
	}
}

// TestRealHigherEducation: the register, the accounts of three vintages that name their columns each in
// its own way, and the students of the universities.
func TestRealHigherEducation(t *testing.T) {
	for name, want := range map[string]struct {
		form               string
		rows, faulty, left int64
	}{
		"fr-esr-principaux-etablissements-enseignement-superieur.csv": {"etablissements_sup", 0, 0, 0},
		"operateurs-indicateurs-financiers.2020-10-03.csv":            {"operateurs_financiers", 1491, 4, 0}, // "075CAMPU" is no UAI
		"operateurs-indicateurs-financiers.2021-11-16.csv":            {"operateurs_financiers", 1718, 0, 0},
		"operateurs-indicateurs-financiers.2022-11-05.csv":            {"operateurs_financiers", 1950, 0, 0},
		"effectifs-etudiants-hcp.2022-09-16.csv":                      {"etudiants_hcp", 2247, 0, 41},
	} {
		o := load(t, shared(t, "kpiesr/"+name))
		if o.target.Code() != want.form || int64(len(o.faults)) != want.faulty || want.rows > 0 && (o.counts.Kept != want.rows || o.counts.Skipped != want.left) {
			t.Errorf("%s: %s, %+v\n%s", name, o.target.Code(), o.counts, complaints(o.faults[:min(5, len(o.faults))]))
		}
		if want.rows > 0 {
			continue
		}
		placed := 0
		for _, r := range o.rows {
			if r["latitude"] != nil && r["type"] == "superieur" {
				placed++
			}
		}
		if placed < 150 {
			t.Errorf("%d institutions on the map of %d", placed, len(o.rows))
		}
	}
}

func TestRealFilesRefused(t *testing.T) {
	for name, want := range map[string]string{
		"dept35/fr-en-carte-scolaire-colleges-publics.csv": "Carte scolaire",
		"colleges_fr/ivac_2022_2023.csv":                   "valeur ajoutée",
		"oulad/studentInfo.csv":                            "Aucune colonne",
	} {
		header, _ := records(t, shared(t, name))
		_, err := Recognise(model(t), header)
		if err == nil || !strings.Contains(said(err), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// unique fails when two rows of a dataset have the same key.
func unique(t *testing.T, o outcome, dims ...string) {
	t.Helper()
	seen := map[[5]any]bool{}
	for _, r := range o.rows {
		if r["dataset"] == "etablissements" { // named again each year, in passing
			continue
		}
		k := [5]any{r["dataset"], r["etablissement"]}
		for i, d := range dims {
			k[2+i] = r[d]
		}
		if seen[k] {
			t.Fatalf("twice: %v", k)
		}
		seen[k] = true
	}
}

// only keeps the rows of a dataset.
func only(rows []map[string]any, dataset string) []map[string]any {
	var out []map[string]any
	for _, r := range rows {
		if r["dataset"] == dataset {
			out = append(out, r)
		}
	}
	return out
}
