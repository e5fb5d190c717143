package sts_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"belvedere"
	"belvedere/internal/source/record/recordtest"
	"belvedere/internal/source/sts"
)

func TestDeclarations(t *testing.T) { recordtest.Check(t, sts.Formats()) }

const (
	down      = "constructed/sts_emp_0999901Z_2026.xml"
	up        = "constructed/emp_sts_0999901Z_2026.xml"
	otherDown = "sts/klepsydrix_sts_emp_0750001A_2026.xml"
	otherUp   = "sts/klepsydrix_emp_sts_0750001A_2026.xml"
)

// read reads a sample, which must be recognised and whole.
func read(t *testing.T, code, name, marks string) *recordtest.Reading {
	t.Helper()
	data := recordtest.Sample(t, name)
	if got := recordtest.Detect(sts.Formats(), data); !slices.Equal(got, []string{code}) {
		t.Errorf("%s is recognised as %v", name, got)
	}
	r := recordtest.Read(t, sts.Formats(), code, data)
	if r.Err != nil || r.Marks() != marks {
		t.Fatalf("%s: %v, faults %s", name, r.Err, r.Marks())
	}
	return r
}

func compare(t *testing.T, r *recordtest.Reading, want map[string][]string) {
	t.Helper()
	for kind, rows := range want {
		if diff := cmp.Diff(rows, r.Rows(kind)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}

func TestDown(t *testing.T) {
	r := read(t, "sts_emp", down, "")
	if h := r.Head; h.School != "0999901Z" || h.Year != 2026 || h.Source != "sts" || h.Delta {
		t.Errorf("head %+v", h)
	}
	compare(t, r, map[string][]string{
		"sts_uaj":       {"0999901Z|99|FICTIVE|CLG|COLLEGE|DE L'EXEMPLE|340|∅|∅|∅|∅|2026|2026-09-01|2027-08-31"},
		"sts_mod_cours": {"CG|CG|COURS GENERAL|N"},
		"sts_matiere": {"020700|FRANC|FRANCAIS|FRANCAIS|∅", "061300|MATHS|MATHEMATIQUES|MATHEMATIQUES|∅", "030201|AGL1|ANGLAIS LV1|ANGLAIS LV1|∅",
			"020300|LCALA|LCA LATIN|LANGUES ET CULTURES DE L'ANTIQUITE LATIN|∅"},
		"sts_mef":       {"10010012110|6EME|∅|∅|6EME|6ème|21110010001|2111"},
		"sts_programme": {"10010012110|020700|∅|4.50", "10010012110|061300|∅|4.50", "10010012110|030201|∅|4.00"},
		"sts_individu": {"epp|8101|2|3|DUPRÉ|DUPRÉ|Élise|1980-02-03|CERT.|ENS", "epp|8102|1|1|BENALI|BENALI|Karim|1975-11-20|AGREGE|ENS",
			"epp|8103|2|3|LE GOFF|MARTIN|Hélène|1988-07-09|CERT.|ENS", "local|12||∅|VACATAIRE||Noé|∅|∅|∅"},
		"sts_prof_principal":  {"epp|8101|6A", "epp|8102|6B"},
		"sts_discipline":      {"epp|8101|L0202|LET MODERN|∅|18.00", "epp|8102|L1300|MATHS|∅|15.00", "epp|8103|L0422|ANGLAIS|∅|18.00"},
		"sts_division":        {"6A|6EME A|4|4", "6B|6EME B|4|3"},
		"sts_division_mef":    {"6A|10010012110|∅|∅", "6B|10010012110|∅|∅"},
		"sts_groupe":          {"6AGL1|6EME ANGLAIS GR1|8|7|8"},
		"sts_groupe_division": {"6AGL1|6A|∅|∅", "6AGL1|6B|∅|∅"},
		"sts_groupe_mef":      {"6AGL1|10010012110|∅|∅"},
		"sts_service": {"D|6A|020700|CG|1|4.50|∅", "D|6A|061300|CG|2|4.50|∅", "D|6B|020700|CG|1|4.50|∅", "D|6B|061300|CG|2|4.50|∅",
			"D|6B|030201|CG|3|4.00|∅", "G|6AGL1|030201|CG|1|4.00|∅"},
		"sts_service_enseignant": {"D|6A|020700|CG|1|epp|8101|4.50|1.00", "D|6A|061300|CG|2|epp|8102|4.50|1.00", "D|6B|020700|CG|1|epp|8101|4.50|1.00",
			"D|6B|061300|CG|2|epp|8102|4.50|1.00", "G|6AGL1|030201|CG|1|epp|8103|4.00|1.00"},
	})
}

func TestUp(t *testing.T) {
	r := read(t, "emp_sts", up, "")
	if h := r.Head; h.School != "0999901Z" || h.Year != 2026 {
		t.Errorf("head %+v", h)
	}
	compare(t, r, map[string][]string{
		"empsts_uaj":                {"0999901Z|2026|EXEMPLE"},
		"empsts_alternance":         {"H|H|Hebdomadaire", "Q1|Q1|Quinzaine 1", "Q2|Q2|Quinzaine 2"},
		"empsts_alternance_semaine": {"H|2026-08-31", "H|2026-09-07", "Q1|2026-08-31"},
		"empsts_salle":              {"101|∅|∅"},
		"empsts_indemnite":          {"∅|8101|6A|2111"},
		"empsts_division":           {"6A|∅|∅|∅", "6C|∅|∅|∅"},
		"empsts_groupe":             {"6AGL1|6EME ANGLAIS GR1|8|∅|∅"},
		"empsts_groupe_division":    {"6AGL1|6A|4|∅", "6AGL1|6B|4|∅"},
		"empsts_service":            {"D|6A|020700|CG|1|4.50|∅", "D|6C|061300|CG|1|4.50|∅", "G|6AGL1|030201|CG|1|4.00|∅"},
		"empsts_service_enseignant": {"D|6A|020700|CG|1|epp|8101|4.50|1.00", "D|6C|061300|CG|1|epp|8102|4.50|1.00", "G|6AGL1|030201|CG|1|epp|8103|4.00|1.00"},
		"empsts_cours": {"D|6A|020700|CG|1|epp|8101|H|1|0800|480|0100|60|101", "D|6A|020700|CG|1|epp|8101|H|2|0800|480|0100|60|101",
			"D|6A|020700|CG|1|epp|8101|H|4|0800|480|0200|120|101", "D|6A|020700|CG|1|epp|8101|Q1|5|0800|480|0100|60|101",
			"D|6C|061300|CG|1|epp|8102|H|1|0900|540|0100|60|101", "G|6AGL1|030201|CG|1|epp|8103|H|3|1000|600|0100|60|101"},
	})
	if got := r.Rows("empsts_horaire"); len(got) != 5 || got[0] != "1|0800|480|1700|1020" {
		t.Errorf("hours %q", got)
	}
}

// TestOtherTool: a tool that writes MEF under MEFS_APPARTENANCE, four fields of a programme, no
// PARAMETRES upwards, alternations under the root, and a school whose letter is wrong.
func TestOtherTool(t *testing.T) {
	r := read(t, "sts_emp", otherDown, "uai@5")
	if h := r.Head; h.School != "" || h.Year != 2026 {
		t.Errorf("head %+v", h)
	}
	compare(t, r, map[string][]string{
		"sts_division_mef":       {"6E1|10010012110|∅|∅"},
		"sts_programme":          {"10010012110|030101|O|4.00", "10010012110|030201|O|4.00"},
		"sts_service_enseignant": {"D|6E1|030101|CG|1|epp|8949|∅|∅", "G|6LV1.ALL|030101|CG|1|epp|8949|∅|∅", "G|6LV1.ANG|030201|CG|1|epp|8950|∅|∅"},
	})
	if text := strings.Join(r.Rows("sts_uaj"), ""); strings.Contains(text, "0102030405") {
		t.Errorf("the phone is kept: %s", text)
	}
	r = read(t, "emp_sts", otherUp, "")
	if h := r.Head; h.School != "" || h.Year != 0 {
		t.Errorf("head %+v", h)
	}
	if a, w, c := len(r.Rows("empsts_alternance")), len(r.Rows("empsts_alternance_semaine")), len(r.Rows("empsts_cours")); a != 3 || w != 72 || c != 10 {
		t.Errorf("%d alternations of %d weeks, %d lessons", a, w, c)
	}
}

// TestMirrors: who takes one file for the other is told.
func TestMirrors(t *testing.T) {
	for code, tt := range map[string]struct{ file, says string }{
		"sts_emp": {up, "Ce fichier est emp_sts"}, "emp_sts": {down, "Ce fichier est sts_emp"},
	} {
		r := recordtest.Read(t, sts.Formats(), code, recordtest.Sample(t, tt.file))
		if r.Err == nil || !strings.HasPrefix(belvedere.Message(r.Err), tt.says) {
			t.Errorf("%s gives %v", tt.file, r.Err)
		}
	}
	r := recordtest.Read(t, sts.Formats(), "sts_emp", []byte("<TABLE><Cours/></TABLE>"))
	if r.Err == nil || !strings.Contains(r.Err.Error(), "TABLE") {
		t.Errorf("another root gives %v", r.Err)
	}
}

func TestTruncated(t *testing.T) {
	recordtest.Truncated(t, sts.Formats(), "sts_emp", recordtest.Sample(t, down))
	recordtest.Truncated(t, sts.Formats(), "emp_sts", recordtest.Sample(t, up))
}

func TestUnreadableHour(t *testing.T) {
	r := recordtest.Read(t, sts.Formats(), "emp_sts", []byte(`<EDT_STS><STRUCTURE><DIVISIONS><DIVISION CODE="6A"><SERVICES><SERVICE CODE_MATIERE="020700"><ENSEIGNANTS>
<ENSEIGNANT ID="1"><COURS_RATTACHES><COURS><JOUR>1</JOUR><HEURE_DEBUT>midi</HEURE_DEBUT><DUREE/></COURS></COURS_RATTACHES></ENSEIGNANT></ENSEIGNANTS></SERVICE></SERVICES></DIVISION></DIVISIONS></STRUCTURE></EDT_STS>`))
	if got := r.Rows("empsts_cours"); r.Err != nil || !slices.Equal(got, []string{"D|6A|020700|∅|1|∅|1|∅|1|midi|∅||∅|∅"}) || r.Marks() != "heure_illisible@2" {
		t.Errorf("%v: %q, faults %s", r.Err, got, r.Marks())
	}
}

func FuzzRead(f *testing.F) {
	recordtest.Fuzz(f, sts.Formats(), `<STS_EDT><PARAMETRES><UAJ CODE="0999901Z"/></PARAMETRES><DONNEES><STRUCTURE><GROUPES><GROUPE CODE="a"><DIVISIONS_APPARTENANCE><DIVISION_APPARTENANCE CODE="b"/></DIVISIONS_APPARTENANCE></GROUPE></GROUPES></STRUCTURE></DONNEES></STS_EDT>`,
		`<EDT_STS><ALTERNANCES><ALTERNANCE CODE="H"><SEMAINES><DATE_DEBUT_SEMAINE>2026-08-31</DATE_DEBUT_SEMAINE></SEMAINES></ALTERNANCE></ALTERNANCES></EDT_STS>`)
}
