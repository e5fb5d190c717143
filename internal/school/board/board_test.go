package board_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/school/vault"
)

func TestOpeningFilesInAnyOrder(t *testing.T) {
	d := newDesk(t, "2026-09-15")
	files := samples(t, "EXP_COURS.xml", "ResponsablesAvecAdresses.xml", "emp_sts_0999901Z_2026.xml", "ElevesSansAdresses.xml", "sts_emp_0999901Z_2026.xml")
	id, err := d.Drop(t.Context(), head(), school, 0, files)
	if err != nil {
		t.Fatal(err)
	}
	deposit, err := d.Deposit(t.Context(), head(), school, id)
	if err != nil || deposit.Preview == nil || deposit.Stale || deposit.Year != 2026 {
		t.Fatalf("deposit %+v, %v", deposit, err)
	}
	var order []string
	for _, p := range deposit.Preview.Pieces {
		order = append(order, p.Format)
	}
	if want := []string{"sts_emp", "siecle_eleves", "siecle_responsables", "emp_sts", "edt_cours"}; !slices.Equal(order, want) {
		t.Errorf("read in the order %v, want %v", order, want)
	}
	if n := deposit.Preview.Outcome.Changes.Of(vault.Arrival); n != 9 {
		t.Errorf("%d arrivals, 9 pupils in the file", n)
	}
	if list, err := d.Imports(t.Context(), head(), school, 2026); err != nil || len(list) != 0 {
		t.Fatalf("a rehearsal left %v, %v", list, err)
	}
	if _, err := d.Apply(t.Context(), head(), school, id, ""); err != nil {
		t.Fatal(err)
	}
	list, err := d.Imports(t.Context(), head(), school, 2026)
	if err != nil || len(list) != 5 || list[0].By != "Helene@AUBRY" {
		t.Errorf("imports %v, %v", list, err)
	}
	if _, err := d.Apply(t.Context(), head(), school, id, ""); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("a deposit applied twice: %v", err)
	}
	if deposit, err = d.Deposit(t.Context(), head(), school, id); err != nil || deposit.State != board.Imported || deposit.Preview != nil || deposit.Summary.Arrivals != 9 {
		t.Errorf("deposit after: %+v, %v", deposit, err)
	}
}

func TestRefusedFilesLeaveThePreviousState(t *testing.T) {
	d := newDesk(t, "2026-09-15")
	d.imports(t, pupils(school, 2026, "10/09/2026", 0, 30))
	for name, c := range map[string]struct {
		files []board.Dropped
		year  belvedere.SchoolYear
		say   string
	}{
		"other school":  {[]board.Dropped{pupils("0990317G", 2026, "11/09/2026", 0, 30)}, 0, "0990317G"},
		"two years":     {[]board.Dropped{pupils(school, 2026, "11/09/2026", 0, 30), samplesOfYear(2025)}, 2026, "2025-2026"},
		"other board":   {[]board.Dropped{pupils(school, 2026, "11/09/2026", 0, 30)}, 2027, "2026-2027"},
		"two of a sort": {[]board.Dropped{pupils(school, 2026, "11/09/2026", 0, 30), pupils(school, 2026, "11/09/2026", 0, 31)}, 0, "N’en gardez qu’un"},
		"unknown":       {[]board.Dropped{{Name: "photo.jpg", Data: []byte("\xff\xd8\xff\xe0 not a school file")}}, 0, "photo.jpg"},
		"truncated":     {[]board.Dropped{truncated(pupils(school, 2026, "11/09/2026", 0, 30))}, 0, "Eleves_0_30.xml"},
		"nothing":       {nil, 0, "au moins un fichier"},
	} {
		_, err := d.Import(t.Context(), head(), school, c.year, c.files, "")
		if err == nil || belvedere.KindOf(err) == belvedere.Internal || !strings.Contains(belvedere.Message(err), c.say) {
			t.Errorf("%s: %v, want a refusal that says %q", name, err, c.say)
		}
		if list, _ := d.Imports(t.Context(), head(), school, 2026); len(list) != 1 {
			t.Errorf("%s left %d imports", name, len(list))
		}
		if list, _, _ := d.Pupils(t.Context(), head(), school, 2026, board.PupilFilter{}); len(list) != 30 {
			t.Errorf("%s left %d pupils", name, len(list))
		}
	}
}

func samplesOfYear(year int) board.Dropped { return pupils(school, year, "01/06/2026", 0, 5) }

func truncated(f board.Dropped) board.Dropped {
	f.Data = f.Data[:len(f.Data)*2/3]
	return f
}

func TestCircuitBreaker(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to int // pupils that remain, of 0 to 300
		phrase   string
	}{
		{"few", 0, 299, ""},
		{"more than 10 % and 20, and divisions", 0, 250, "50 élèves, 6Z, 6[, 6\\, 6], 6^"},
	} {
		d := newDesk(t, "2026-09-15")
		d.imports(t, pupils(school, 2026, "10/09/2026", 0, 300))
		next := []board.Dropped{pupils(school, 2026, "14/09/2026", c.from, c.to)}
		preview, err := d.Rehearse(t.Context(), head(), school, 0, next)
		if err != nil {
			t.Fatal(err)
		}
		if (c.phrase != "") != preview.Alarm.Trips() {
			t.Errorf("%s: alarm %+v", c.name, preview.Alarm)
		}
		if !preview.Alarm.Trips() {
			continue
		}
		if _, err := d.Import(t.Context(), head(), school, 0, next, "oui"); belvedere.KindOf(err) != belvedere.Conflict {
			t.Errorf("%s: imported without its phrase: %v", c.name, err)
		}
		if list, _, _ := d.Pupils(t.Context(), head(), school, 2026, board.PupilFilter{}); len(list) != 300 {
			t.Errorf("%s: the refusal left %d pupils", c.name, len(list))
		}
		if _, err := d.Import(t.Context(), head(), school, 0, next, strings.ToLower(preview.Alarm.Phrase())); err != nil {
			t.Errorf("%s: confirmed by %q: %v", c.name, preview.Alarm.Phrase(), err)
		}
		if list, _, _ := d.Pupils(t.Context(), head(), school, 2026, board.PupilFilter{}); len(list) != c.to {
			t.Errorf("%s: %d pupils after", c.name, len(list))
		}
	}
}

// refusedViewers may see nothing of the school.
func refusedViewers() map[string]belvedere.Viewer {
	weak, other, admin := head(), head(), head()
	weak.Strong = false
	other.Scope.Own = []belvedere.UAI{"0990317G"}
	admin.School, admin.Admin = false, true
	admin.Scope.AllSchools, admin.Scope.AllWidgets = true, true
	return map[string]belvedere.Viewer{"nobody": {}, "without second factor": weak, "of another school": other, "administrator": admin}
}

func TestWhoMay(t *testing.T) {
	d := newDesk(t, "2026-09-15")
	d.imports(t, pupils(school, 2026, "10/09/2026", 0, 30))
	for name, v := range refusedViewers() {
		for use, call := range map[string]func() error{
			"Board":  func() error { _, err := d.Board(t.Context(), v, school); return err },
			"Pupils": func() error { _, _, err := d.Pupils(t.Context(), v, school, 2026, board.PupilFilter{}); return err },
			"Pupil":  func() error { _, err := d.PupilFile(t.Context(), v, school, 1); return err },
			"Findings": func() error {
				_, _, _, err := d.Findings(t.Context(), v, school, 2026, board.FindingFilter{})
				return err
			},
			"Matches": func() error { _, err := d.Matches(t.Context(), v, school, 2026); return err },
			"Doubles": func() error { _, err := d.Doubles(t.Context(), v, school, 2026); return err },
			"Import": func() error {
				_, err := d.Import(t.Context(), v, school, 0, []board.Dropped{pupils(school, 2026, "12/09/2026", 0, 31)}, "")
				return err
			},
			"Drop": func() error {
				_, err := d.Drop(t.Context(), v, school, 0, []board.Dropped{pupils(school, 2026, "12/09/2026", 0, 31)})
				return err
			},
			"Rehearse": func() error {
				_, err := d.Rehearse(t.Context(), v, school, 0, []board.Dropped{pupils(school, 2026, "12/09/2026", 0, 31)})
				return err
			},
			"Apply":     func() error { _, err := d.Apply(t.Context(), v, school, 1, ""); return err },
			"Leave":     func() error { return d.Leave(t.Context(), v, school, 1) },
			"Again":     func() error { return d.Again(t.Context(), v, school, 1) },
			"Accept":    func() error { return d.Accept(t.Context(), v, school, 1, "une raison") },
			"Reopen":    func() error { return d.Reopen(t.Context(), v, school, 1) },
			"Decide":    func() error { _, err := d.Decide(t.Context(), v, school, 2026, map[int64]bool{1: true}); return err },
			"Judge":     func() error { return d.Judge(t.Context(), v, school, 1, 2, true) },
			"SetStep":   func() error { return d.SetStep(t.Context(), v, school, 2026, "ouverture.sts", "faite", "") },
			"SetSwitch": func() error { return d.SetSwitch(t.Context(), v, school, 2026, "2026-08-28") },
			"Imports":   func() error { _, err := d.Imports(t.Context(), v, school, 2026); return err },
			"Recheck":   func() error { return d.Recheck(t.Context(), v, school, 2026) },
		} {
			if err := call(); belvedere.KindOf(err) != belvedere.Forbidden {
				t.Errorf("%s by %s: %v, want a refusal", use, name, err)
			}
		}
	}
	if list, _, _ := d.Pupils(t.Context(), head(), school, 2026, board.PupilFilter{}); len(list) != 30 {
		t.Errorf("%d pupils after", len(list))
	}
}

func TestYearsSideBySide(t *testing.T) {
	d := newDesk(t, "2026-04-30")
	for _, c := range []struct {
		day     string
		current belvedere.SchoolYear
		years   []belvedere.SchoolYear
	}{
		{"2026-04-30", 2025, []belvedere.SchoolYear{2025}},
		{"2026-05-01", 2025, []belvedere.SchoolYear{2025, 2026}},
		{"2026-08-24", 2025, []belvedere.SchoolYear{2025, 2026}},
		{"2026-08-25", 2026, []belvedere.SchoolYear{2026}},
		{"2026-09-15", 2026, []belvedere.SchoolYear{2026}},
		{"2027-01-10", 2026, []belvedere.SchoolYear{2026}},
	} {
		d.at(c.day)
		b, err := d.Board(context.Background(), head(), school)
		if err != nil {
			t.Fatal(err)
		}
		var years []belvedere.SchoolYear
		for _, y := range b.Years {
			years = append(years, y.Year)
		}
		if b.Current != c.current || !slices.Equal(years, c.years) {
			t.Errorf("on %s: current %s, years %v, want %s and %v", c.day, b.Current, years, c.current, c.years)
		}
	}
	d.imports(t, pupils(school, 2026, "10/06/2026", 0, 30)) // makes the vault
	if err := d.SetSwitch(t.Context(), head(), school, 2026, "2026-09-02"); err != nil {
		t.Fatal(err)
	}
	d.at("2026-09-01")
	if b, _ := d.Board(t.Context(), head(), school); b.Current != 2025 || len(b.Years) != 2 {
		t.Errorf("a later switch: current %s, %d years", b.Current, len(b.Years))
	}
	if err := d.SetSwitch(t.Context(), head(), school, 2026, "2026-12-02"); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("a switch in December: %v", err)
	}
}

func TestStepsFollowTheFiles(t *testing.T) {
	d := newDesk(t, "2026-08-28")
	if st := d.step(t, 2026, "ouverture.sts"); st.State != board.Now || len(st.Missing) != 1 {
		t.Errorf("first step of an empty opening: %+v", st)
	}
	d.imports(t, samples(t, "sts_emp_0999901Z_2026.xml")...)
	d.imports(t, pupils(school, 2026, "20/08/2026", 0, 30)) // of before the switch: it counts for the preparation only
	if st := d.step(t, 2026, "ouverture.siecle"); st.State == board.DoneAll || len(st.Received) != 0 {
		t.Errorf("pupils of before the switch opened the year: %+v", st)
	}
	d.imports(t, pupils(school, 2026, "27/08/2026", 0, 30))
	if st := d.step(t, 2026, "ouverture.siecle"); len(st.Received) != 1 || !slices.Equal(st.Missing, []string{"siecle_responsables"}) {
		t.Errorf("half of SIECLE: %+v", st)
	}
	if err := d.SetStep(t.Context(), head(), school, 2026, "ouverture.siecle", "dispensee", ""); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("waived without reason: %v", err)
	}
	if err := d.SetStep(t.Context(), head(), school, 2026, "ouverture.siecle", "dispensee", "Pas de responsables cette semaine"); err != nil {
		t.Fatal(err)
	}
	if st := d.step(t, 2026, "ouverture.siecle"); st.State != board.Waived || st.By != "Helene@AUBRY" {
		t.Errorf("waived: %+v", st)
	}
	d.at("2026-12-20")
	d.imports(t, pupils(school, 2026, "01/11/2026", 0, 30))
	if st := d.step(t, 2026, "annee.siecle"); st.State != board.Stale || !strings.Contains(st.Why, "49\u00a0jours") {
		t.Errorf("a file of 49 days: %+v", st)
	}
}

// Files dropped together are of one age, in whatever order they are read: STS-Web, which writes no
// date of export, is read before the nomenclatures that come before it in the phase.
func TestFilesOfOneBatchAreNotStale(t *testing.T) {
	d := newDesk(t, "2026-08-20")
	nomenclature := board.Dropped{Name: "Nomenclature.xml", Data: []byte(`<?xml version="1.0" encoding="UTF-8"?>
<BEE_NOMENCLATURES VERSION="3.1"><PARAMETRES><UAJ>` + string(school) + `</UAJ><ANNEE_SCOLAIRE>2026</ANNEE_SCOLAIRE><DATE_EXPORT>19/08/2026</DATE_EXPORT></PARAMETRES>
<DONNEES><MEFS><MEF CODE_MEF="10010012110"><FORMATION>6EME</FORMATION><LIBELLE_LONG>6EME</LIBELLE_LONG></MEF></MEFS></DONNEES></BEE_NOMENCLATURES>`)}
	d.imports(t, append(samples(t, "sts_emp_0999901Z_2026.xml"), nomenclature)...)
	if st := d.step(t, 2026, "initialisation.structures"); st.State != board.DoneAll || len(st.Received) != 1 {
		t.Errorf("STS-Web beside the nomenclatures: %+v", st)
	}
}

// What is kept no longer is forgotten: a school year that ended more than four years ago, and
// nothing of the others.
func TestShelfForgetsByRule(t *testing.T) {
	d := newDesk(t, "2021-09-15")
	d.imports(t, pupils(school, 2021, "10/09/2021", 0, 30))
	d.at("2026-09-15")
	d.imports(t, pupils(school, 2026, "10/09/2026", 100, 130))
	gone, err := d.shelf.Purge(t.Context(), vault.DefaultRetention(d.now))
	if err != nil || gone[school] == 0 {
		t.Fatalf("gone %v, %v", gone, err)
	}
	for year, want := range map[belvedere.SchoolYear]int{2021: 0, 2026: 30} {
		if list, _, err := d.Pupils(t.Context(), head(), school, year, board.PupilFilter{}); err != nil || len(list) != want {
			t.Errorf("%s: %d pupils, want %d, %v", year, len(list), want, err)
		}
	}
	if gone, err = d.shelf.Purge(t.Context(), vault.DefaultRetention(d.now)); err != nil || gone[school] != 0 {
		t.Errorf("again: %v, %v", gone, err)
	}
}

func TestTwinsOfAFileAreReadOnce(t *testing.T) {
	d := newDesk(t, "2026-09-15")
	older, newer := pupils(school, 2026, "10/09/2026", 0, 30), pupils(school, 2026, "12/09/2026", 0, 31)
	p, err := d.Rehearse(t.Context(), head(), school, 0, []board.Dropped{newer, older, newer})
	if err != nil || len(p.Pieces) != 1 || p.Pieces[0].Name != newer.Name || len(p.Skipped) != 1 || !strings.Contains(p.Skipped[0], older.Name) {
		t.Errorf("two exports of one sort: %+v, %v", p.Pieces, err)
	}
	files := samples(t, "EXP_COURS_utf16.csv", "EXP_COURS.xml")
	p, err = d.Rehearse(t.Context(), head(), school, 2026, files)
	if err != nil || len(p.Pieces) != 1 || p.Pieces[0].Name != "EXP_COURS.xml" {
		t.Errorf("the XML and its table: %+v, %v", p.Pieces, err)
	}
}
