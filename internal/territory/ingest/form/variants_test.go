package form

import (
	"fmt"
	"strings"
	"testing"

	"belvedere"
)

// The same collèges written by other hands: other case, order, delimiter, extra and empty
// columns, thousands of empty lines. The sums stay.
func TestVariants(t *testing.T) {
	header, rows := records(t, shared(t, "dept35/fr-en-college-effectifs-niveau-sexe-lv.csv"))
	shout := make([]string, len(header))
	for i, h := range header {
		shout[i] = strings.ToUpper(strings.NewReplacer(" ", "_", "'", "_").Replace(h))
	}
	write := func(head []string, comma string, tail string, each func([]string) []string) []byte {
		var b strings.Builder
		line := func(r []string) {
			for i, f := range r {
				if i > 0 {
					b.WriteString(comma)
				}
				if strings.ContainsAny(f, comma+"\"\n") {
					f = `"` + strings.ReplaceAll(f, `"`, `""`) + `"`
				}
				b.WriteString(f)
			}
			b.WriteString(tail)
		}
		line(each(head))
		for _, r := range rows {
			line(each(r))
		}
		return []byte(b.String())
	}
	same := func(r []string) []string { return r }
	backwards := func(r []string) []string {
		out := make([]string, 0, len(r))
		for i := len(r) - 1; i >= 0; i-- {
			out = append(out, r[i])
		}
		return out
	}
	extra := func(r []string) []string { return append(append([]string{"colonne en plus"}, r...), "", "") }
	variants := map[string][]byte{
		"upper case":  write(shout, ";", "\r\n", same),
		"commas":      write(header, ",", "\n", same),
		"backwards":   write(header, ";", "\n", backwards),
		"extra":       write(header, ";", "\n", extra),
		"empty lines": append(write(header, ";", "\n", same), []byte(strings.Repeat(strings.Repeat(";", len(header)-1)+"\n", 5000))...),
	}
	for name, text := range variants {
		o := load(t, text)
		if o.target.Code() != "college_effectifs" || len(o.faults) > 0 {
			t.Errorf("%s: %s %s", name, o.target.Code(), complaints(o.faults[:min(3, len(o.faults))]))
		}
		for y, want := range map[int]int64{2019: 56_959, 2020: 57_639, 2021: 57_649} {
			if got := o.sum("effectifs", "eleves", year(y)); got != want {
				t.Errorf("%s, %d: %d élèves, want %d", name, y, got, want)
			}
		}
		if name == "empty lines" && o.counts.Blank != 5000 {
			t.Errorf("%+v", o.counts)
		}
	}
}

const collegeHeader = "rentree_scolaire,numero_college,nombre_eleves_total,6eme_total,6eme_filles,6eme_garcons,5eme_total,4eme_total,3eme_total,6eme_segpa"

// What levels and sexes do not explain of a total is loaded without level or sex; a total
// smaller than its parts contradicts them and the line is left out whole.
func TestRemainders(t *testing.T) {
	text := collegeHeader + "\n" +
		"2021-2022,0350017D,100,40,12,20,20,20,10,-\n" + // 8 without sex in 6e, 10 without level
		"2021,0350002M,100,40,20,20,20,20,30,3\n" + // total smaller than its parts
		"2021,0350707D,90,40,NA,,20,20,10,0\n" // no sexes
	o := load(t, []byte(text))
	got := map[string]int64{}
	for _, r := range o.rows {
		if v, ok := r["eleves"].(int64); ok {
			got[fmt.Sprintf("%v/%v/%v", r["etablissement"], r["niveau"], r["sexe"])] = v
		}
	}
	want := map[string]int64{
		"350017/6eme/F": 12, "350017/6eme/M": 20, "350017/6eme/": 8, "350017/5eme/": 20, "350017/4eme/": 20, "350017/3eme/": 10, "350017//": 10,
		"350707/6eme/": 40, "350707/5eme/": 20, "350707/4eme/": 20, "350707/3eme/": 10,
	}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s: %d, want %d", k, got[k], v)
		}
	}
	if len(got) != len(want) {
		t.Error(got)
	}
	if len(o.faults) != 1 || o.faults[0].Rule != "valeur_negative" || o.faults[0].Line != 3 || o.faults[0].Field != "nombre_eleves_total" {
		t.Error(complaints(o.faults))
	}
	if o.counts.Kept != 2 || o.counts.Faulty != 1 {
		t.Errorf("%+v", o.counts)
	}
}

func TestUnknownNatureIsWarned(t *testing.T) {
	o := load(t, []byte("Identifiant_de_l_etablissement;Nom_etablissement;Type_etablissement;libelle_nature;Code_departement\n"+
		"0350017D;A;Phalanstère;;035\n0350017D;B;Lycée;LYCEE PROFESSIONNEL;2A\n0350017D;C;LYCEE;LYCEE CLIMATIQUE;974\n0350017D;;Ecole;;35\n"))
	if len(o.rows) != 3 || o.rows[0]["type"] != "autre" || o.rows[1]["type"] != "lycee_pro" || o.rows[2]["type"] != "lycee" {
		t.Error(o.rows)
	}
	if len(o.faults) != 2 || o.faults[0].Severity != belvedere.SeverityWarning || o.faults[0].Rule != "code_inconnu" || o.faults[1].Rule != "valeur_absente" {
		t.Error(complaints(o.faults))
	}
}

func TestSkips(t *testing.T) {
	o := load(t, []byte("Rentrée scolaire;UAI;IPS;Effectifs\n2022-2023;0350017D;NS;12\n2022-2023;0350017D;100,5;200.0\n2022-2023;0350002M;90;\n"))
	if o.counts.Skipped != 1 || len(o.skips) != 1 || len(o.faults) > 0 {
		t.Fatalf("%+v %s", o.counts, complaints(o.faults))
	}
	rows := only(o.rows, "ips")
	if rows[0]["points"] != 20100.0 || rows[0]["eleves"] != int64(200) || rows[1]["points"] != 90.0 || rows[1]["eleves"] != int64(1) {
		t.Error(rows)
	}
}

// TestTitleRepairs keeps a figure whose school has a name that went through the wrong encoding.
func TestTitleRepairs(t *testing.T) {
	o := load(t, []byte("Rentrée scolaire;UAI;Nom de l'établissement;IPS;Effectifs\n2022-2023;0350017D;ECOLE DU SACRE C\u009cUR\u0007;100;10\n"))
	if len(o.faults) > 0 || len(o.rows) != 2 || o.rows[1]["nom"] != "Ecole du Sacre Cœur" {
		t.Errorf("%v %s", o.rows, complaints(o.faults))
	}
}
