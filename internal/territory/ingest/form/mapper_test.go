package form

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"belvedere"
)

func TestHours(t *testing.T) {
	head := "etablissement;heure;profil;support;ent;connexions\n"
	line := func(hour string) string { return "0350017D;" + hour + ";Élèves;WEB;1;3\n" }
	cases := []struct {
		hour, instant, day string
		want               int
	}{
		{"2025-11-14T08:00:00+01:00", "2025-11-14T07:00:00Z", "2025-11-14", 8},
		{"2025-11-13T23:00:00Z", "2025-11-13T23:00:00Z", "2025-11-14", 0},
		{"2025-11-14T08:00+01:00", "2025-11-14T07:00:00Z", "2025-11-14", 8},
		// The night of 25 hours: the hour 2 twice. The day of 23 hours: no hour 2.
		{"2025-10-26T02:00:00+02:00", "2025-10-26T00:00:00Z", "2025-10-26", 2},
		{"2025-10-26T02:00:00+01:00", "2025-10-26T01:00:00Z", "2025-10-26", 2},
		{"2026-03-29T01:00:00+01:00", "2026-03-29T00:00:00Z", "2026-03-29", 1},
		{"2026-03-29T03:00:00+02:00", "2026-03-29T01:00:00Z", "2026-03-29", 3},
		{"2025-08-31T22:00:00Z", "2025-08-31T22:00:00Z", "2025-09-01", 0},
	}
	for _, c := range cases {
		o := load(t, []byte(head+line(c.hour)))
		if len(o.rows) != 1 {
			t.Errorf("%s: %s", c.hour, complaints(o.faults))
			continue
		}
		r := o.rows[0]
		instant, day := r["instant"].(time.Time), r["jour"].(time.Time)
		if instant.Format(time.RFC3339) != c.instant || day.Format("2006-01-02") != c.day || r["heure"] != uint8(c.want) {
			t.Errorf("%s: %v %v %v", c.hour, instant, day, r["heure"])
		}
		if r["annee"] != int16(belvedere.SchoolYearOf(day)) || r["profil"] != "eleves" || r["support"] != "web" || r["ent"] != "oui" {
			t.Errorf("%s: %v", c.hour, r)
		}
	}
	for hour, rule := range map[string]string{
		"2025-11-14T08:00:00": "heure_decalage", "2025-11-14 08:00": "heure_decalage", "2025-11-14T08:15:00Z": "heure_ronde",
		"hier": "heure", "2025-02-30T08:00:00Z": "heure", "": "valeur_absente", "0001-01-01T00:00:00Z": "heure",
	} {
		o := load(t, []byte(head+line(hour)))
		if len(o.rows) != 0 || len(o.faults) != 1 || o.faults[0].Rule != rule || o.faults[0].Column != 2 || o.faults[0].Field != "heure" {
			t.Errorf("%q: %s", hour, complaints(o.faults))
		}
	}
}

// Every hour of two years, in both directions: each local day has the hours of its clock.
func TestEveryHourOfTheYear(t *testing.T) {
	var b strings.Builder
	b.WriteString("etablissement;heure;profil;support;connexions\n")
	for h := time.Date(2025, 8, 31, 22, 0, 0, 0, time.UTC); h.Before(time.Date(2026, 8, 31, 22, 0, 0, 0, time.UTC)); h = h.Add(time.Hour) {
		b.WriteString("0350017D;" + h.Format(time.RFC3339) + ";eleves;web;1\n")
	}
	o := load(t, []byte(b.String()))
	perDay := map[time.Time]int{}
	for _, r := range o.rows {
		perDay[r["jour"].(time.Time)]++
	}
	lengths := map[int]int{}
	for _, n := range perDay {
		lengths[n]++
	}
	if len(o.faults) > 0 || lengths[24] != 363 || lengths[23] != 1 || lengths[25] != 1 {
		t.Error(lengths, complaints(o.faults))
	}
}

func TestIntegers(t *testing.T) {
	for in, want := range map[string]any{
		"12": int64(12), "1 234": int64(1234), "1\u202f234": int64(1234), "1\u00a0234\u00a0567": int64(1234567), "520.0": int64(520),
		"520,0": int64(520), " 7 ": int64(7), "0": int64(0), "000": int64(0), "999999999999999": int64(999999999999999), "+4": int64(4),
		"-0": int64(0), "": nil, "  ": nil,
		"-1": "valeur_negative", "−5": "valeur_negative", "1.5": "entier_attendu", "1.234": "entier_attendu", "1,234": "entier_attendu",
		"1.234,5": "nombre", "1e3": "nombre", "0x10": "nombre", "NaN": "nombre", "Inf": "nombre", "12 34": "nombre", "1 2345": "nombre",
		"1234 567": "nombre", "-": "nombre", "NA": "nombre", "douze": "nombre", "1000000000000000": "nombre_trop_grand",
		"99999999999999999999999999": "nombre_trop_grand", "12.": "nombre", ".5": "nombre", "١٢": "nombre", "1\x00": "nombre", "--1": "nombre",
		strings.Repeat("9", 70): "nombre",
	} {
		o := load(t, []byte("uai;jour;eleves;internes\n0350017D;2025-10-01;1;\""+in+"\"\n"))
		check(t, in, o, "internes", want)
	}
}

func TestDecimals(t *testing.T) {
	for in, want := range map[string]any{
		"48.5": 48.5, "48,5": 48.5, "-1.25": -1.25, "−1,25": -1.25, "1 234,5": "hors_bornes", "-90,01": "hors_bornes", "48": 48.0, "48.": "nombre", "1,2,3": "nombre", "": nil,
		"1.234,5": "nombre", "-": "nombre",
	} {
		o := load(t, []byte("etablissement;nom;latitude\n0350017D;A;\""+in+"\"\n"))
		check(t, in, o, "latitude", want)
	}
}

// check compares the one row of a file, or its one fault when want is a rule.
func check(t *testing.T, in string, o outcome, name string, want any) {
	t.Helper()
	if rule, bad := want.(string); bad && len(o.faults) > 0 {
		if len(o.rows) != 0 || len(o.faults) != 1 || o.faults[0].Rule != rule || o.faults[0].Field != name || o.faults[0].Mend == "" {
			t.Errorf("%q: want %s\n%s", in, rule, complaints(o.faults))
		}
		return
	}
	if len(o.rows) != 1 || o.rows[0][name] != want {
		t.Errorf("%q: want %v, got %v\n%s", in, want, o.rows, complaints(o.faults))
	}
}

func TestSchools(t *testing.T) {
	for in, want := range map[string]any{
		"0350017D": int32(350017), " 0350017d ": int32(350017), "7200001X": "uai_lettre", "0350017E": "uai_lettre", "0350017": "uai_forme",
		"O350017D": "uai_forme", "": "valeur_absente", "03500170": "uai_forme", "0350017É": "uai_forme",
	} {
		o := load(t, []byte("etablissement;jour;eleves\n"+in+";2025-10-01;1\n"))
		check(t, in, o, "etablissement", want)
	}
	o := load(t, []byte("etablissement;jour;eleves\n0350017E;2025-10-01;1\n"))
	if !strings.Contains(o.faults[0].Mend, "0350017D") || !strings.Contains(o.faults[0].Message, "D") {
		t.Error(complaints(o.faults))
	}
}

func TestTimes(t *testing.T) {
	const uai = "0350017D"
	cases := []struct {
		head, line string
		day        string
		year       int
		rule       string
	}{
		{"uai;jour;eleves", uai + ";2025-11-30;1", "2025-11-30", 2025, ""},
		{"uai;date;eleves", uai + ";31/08/2025;1", "2025-08-31", 2024, ""},
		{"uai;jour;eleves", uai + ";2025-02-30;1", "", 0, "date"},
		{"uai;jour;eleves", uai + ";11/30/2025;1", "", 0, "date"},
		{"uai;mois;salles", uai + ";2025-11;9", "2025-11-01", 2025, ""},
		{"uai;mois;salles", uai + ";11/2025;9", "2025-11-01", 2025, ""},
		{"uai;mois;salles", uai + ";2025-11-01;9", "2025-11-01", 2025, ""},
		{"uai;mois;salles", uai + ";2025-11-02;9", "", 0, "mois"},
		{"uai;mois;salles", uai + ";2025-13;9", "", 0, "mois"},
		{"uai;annee;points;eleves", uai + ";2025-2026;9;1", "", 2025, ""},
		{"uai;annee;points;eleves", uai + ";2025;9;1", "", 2025, ""},
		{"uai;annee;points;eleves", uai + ";2025-2027;9;1", "", 0, "annee"},
		{"uai;periode;debut;profil;support;ent;individus", uai + ";Mois;2025-11-01;eleves;web;oui;9", "2025-11-01", 2025, ""},
		{"uai;periode;debut;profil;support;ent;individus", uai + ";annee;2025-09-01;eleves;web;oui;9", "2025-09-01", 2025, ""},
		{"uai;periode;debut;profil;support;ent;individus", uai + ";annee;2025-2026;eleves;web;oui;9", "2025-09-01", 2025, ""},
		{"uai;periode;debut;profil;support;ent;individus", uai + ";jour;2025-11-14;eleves;web;oui;9", "2025-11-14", 2025, ""},
		{"uai;periode;debut;profil;support;ent;individus", uai + ";mois;2025-11-14;eleves;web;oui;9", "", 0, "debut_periode"},
		{"uai;periode;debut;profil;support;ent;individus", uai + ";annee;2025-11-01;eleves;web;oui;9", "", 0, "debut_periode"},
		{"uai;periode;debut;profil;support;ent;individus", uai + ";semaine;2025-11-01;eleves;web;oui;9", "", 0, "code_inconnu"},
	}
	for _, c := range cases {
		o := load(t, []byte(c.head+"\n"+c.line+"\n"))
		if c.rule != "" {
			if len(o.rows) != 0 || len(o.faults) != 1 || o.faults[0].Rule != c.rule {
				t.Errorf("%s: %s", c.line, complaints(o.faults))
			}
			continue
		}
		if len(o.rows) != 1 || o.rows[0]["annee"] != int16(c.year) {
			t.Errorf("%s: %v %s", c.line, o.rows, complaints(o.faults))
			continue
		}
		if d, ok := o.rows[0]["jour"].(time.Time); ok && d.Format("2006-01-02") != c.day {
			t.Errorf("%s: %v", c.line, d)
		}
	}
}

func TestCodes(t *testing.T) {
	for in, want := range map[string]any{
		"6eme": "6eme", "6ÈME": "6eme", "sixième": "6eme", "6e": "6eme", "6e SEGPA": "6eme_segpa", "6EME-SEGPA": "6eme_segpa", "": "", "CM2": "cm2",
		"6emes": "code_inconnu", "7eme": "code_inconnu",
	} {
		o := load(t, []byte("etablissement;jour;niveau;eleves\n0350017D;2025-10-01;"+in+";1\n"))
		check(t, in, o, "niveau", want)
	}
	o := load(t, []byte("etablissement;jour;niveau;eleves\n0350017D;2025-10-01;6emes;1\n"))
	if f := o.faults[0]; !strings.Contains(flat(f.Mend), "Vouliez-vous écrire « 6eme »") || !strings.Contains(flat(f.Mend), "cp") {
		t.Error(f.Mend)
	}
	// Bands: signs count, and a number is never a range.
	for in, want := range map[string]any{"1-4": "1_4", "20+": "20_plus", "6+": "6_plus", "6": "code_inconnu", "14": "code_inconnu", "aucune": "0", "": "valeur_absente"} {
		o := load(t, []byte("etablissement;jour;evenement;tranche;eleves\n0350017D;2025-10-01;absence;"+in+";1\n"))
		check(t, in, o, "tranche", want)
	}
}

func TestTexts(t *testing.T) {
	for in, want := range map[string]any{
		"  Collège du Querpon\u00a0": "Collège du Querpon", "deux\nlignes": "deux lignes", "a\x00b": "caractere_interdit", "a\u202eb": "caractere_interdit",
		"": "valeur_absente", strings.Repeat("é", 500): strings.Repeat("é", 500), strings.Repeat("é", 501): "texte_trop_long", "a\xffb": "encodage",
	} {
		target, err := Recognise(model(t), []string{"etablissement", "nom", "type"})
		if err != nil {
			t.Fatal(err)
		}
		o := loadAs(t, target, []string{"etablissement", "nom", "type"}, [][]string{{"0350017D", in, "college"}})
		if rule, _ := want.(string); len(o.faults) > 0 {
			if len(o.faults) != 1 || o.faults[0].Rule != rule {
				t.Errorf("%q: %s", in, complaints(o.faults))
			}
			continue
		}
		if len(o.rows) != 1 || o.rows[0]["nom"] != want {
			t.Errorf("%q: %v", in, o.rows)
		}
	}
}

func TestAttributes(t *testing.T) {
	o := load(t, []byte("uai;nom;internat;ouverture;departement;devient\n"+
		"0350017D;A;1;01/09/2099;035;0350002M\n0350017D;B;peut-être;;02A;\n0350017D;C;;hier;974;0350002A\n0350017D;D;non;;2a;\n"))
	if len(o.rows) != 2 || o.rows[0]["internat"] != "oui" || o.rows[0]["ouverture"] != "2099-09-01" || o.rows[0]["departement"] != "35" ||
		o.rows[1]["internat"] != "non" || o.rows[1]["departement"] != "2A" {
		t.Error(o.rows)
	}
	var rules []string
	for _, f := range o.faults {
		rules = append(rules, fmt.Sprintf("%d:%s", f.Line, f.Rule))
	}
	if strings.Join(rules, " ") != "3:oui_non 4:date 4:uai_lettre" {
		t.Error(rules)
	}
}

// All the defects of a line are told, each with its own place, and the line gives nothing.
func TestAllDefectsOfALine(t *testing.T) {
	o := load(t, []byte("Etablissement;JOUR;Niveau;Élèves\nX;demain;13eme;-4\n0350017D;2025-10-01;6eme;2\n"))
	if len(o.rows) != 1 || len(o.faults) != 4 || o.counts.Faulty != 1 || o.counts.Kept != 1 {
		t.Fatal(complaints(o.faults))
	}
	for i, f := range o.faults {
		if f.Line != 2 || f.Column != i+1 || f.Severity != belvedere.SeverityError || f.Value == "" {
			t.Errorf("%+v", f)
		}
	}
	if o.faults[3].Field != "Élèves" || o.faults[3].Value != "-4" {
		t.Errorf("%+v", o.faults[3])
	}
}

// A line that a reader could not read is counted and passed on as it is.
func TestUnreadLine(t *testing.T) {
	m, err := NewMapper(Target{Dataset: model(t).Dataset("effectifs")}, model(t), []string{"uai", "jour", "eleves"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	given := belvedere.Fault{Line: 9, Rule: "guillemets"}
	var got []belvedere.Fault
	emit := func(Row) error { t.Error("a row"); return nil }
	if err := m.Map(belvedere.SourceRow{Line: 9, Fault: &given}, emit, func(f belvedere.Fault) { got = append(got, f) }); err != nil || len(got) != 1 || got[0] != given {
		t.Error(err, got)
	}
	// Too few fields: what is required is missing, and nothing panics.
	got = nil
	if err := m.Map(belvedere.SourceRow{Line: 10, Fields: [][]byte{[]byte("0350017D")}}, emit, func(f belvedere.Fault) { got = append(got, f) }); err != nil || len(got) != 1 || got[0].Rule != "valeur_absente" {
		t.Error(err, got)
	}
	stop := fmt.Errorf("disk full")
	row := belvedere.SourceRow{Fields: [][]byte{[]byte("0350017D"), []byte("2025-10-01"), []byte("4")}}
	if err := m.Map(row, func(Row) error { return stop }, nil); err != stop {
		t.Error(err)
	}
}

// Memory of one row must not show in the next: an absent value is absent.
func TestNothingLeaks(t *testing.T) {
	o := load(t, []byte("uai;jour;niveau;eleves;internes\n0350017D;2025-10-01;6eme;1;5\n0350017D;2025-10-01;;2;\n0350017D;x;5eme;9;9\n0350017D;2025-10-02;;;1\n"))
	if len(o.rows) != 3 || o.rows[1]["niveau"] != "" || o.rows[1]["internes"] != nil || o.rows[2]["niveau"] != "" || o.rows[2]["eleves"] != nil {
		t.Error(o.rows)
	}
}
