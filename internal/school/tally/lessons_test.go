package tally_test

import (
	"errors"
	"testing"
)

var errStop = errors.New("undone")

// lessons is a small timetable: two rooms, a calendar, an alternation whose weeks are known and
// one of which nobody tells them.
func lessons(t testing.TB, d *desk) {
	t.Helper()
	for _, q := range []string{
		"INSERT INTO salle (annee, code, cle, source) VALUES (2026, 'S1', 'S1', 'sts'), (2026, 'S2', 'S2', 'sts')",
		"INSERT INTO annee_scolaire (annee, debut_eleves, fin_eleves, source) VALUES (2026, '2026-09-01', '2027-07-03', 'siecle')",
		"INSERT INTO fermeture (annee, debut, fin, libelle, source) VALUES (2026, '2026-09-07', '2026-09-13', 'Fermeture', 'saisie')",
		"INSERT INTO alternance (annee, code, toutes, source) VALUES (2026, 'H', 1, 'sts'), (2026, 'A', 0, 'sts'), (2026, 'Q1', 0, 'edt')",
		"INSERT INTO alternance_semaine (annee, alternance, lundi) VALUES (2026, 'A', '2026-08-31'), (2026, 'A', '2026-09-14')",
		`INSERT INTO cours (id, annee, jour, debut, duree, alternance, cle, source) VALUES
			(1, 2026, 1, 480, 120, 'H', '1', 'edt'), (2, 2026, 1, 540, 60, '', '2', 'edt'), (3, 2026, 1, 840, 60, 'A', '3', 'edt'),
			(4, 2026, 2, 480, 60, 'Q1', '4', 'edt'), (5, 2026, NULL, NULL, NULL, '', '5', 'edt')`,
		"INSERT INTO cours_salle (cours, salle) VALUES (1, 'S1'), (2, 'S1'), (3, 'S1'), (4, 'S2')",
		"INSERT INTO cours_division (cours, division) VALUES (1, '6A'), (3, '6A'), (4, '5B')",
		"INSERT INTO groupe (annee, code, cle, source) VALUES (2026, 'G1', 'G1', 'sts')",
		"INSERT INTO groupe_division (annee, groupe, division) VALUES (2026, 'G1', '5B')",
		"INSERT INTO cours_groupe (cours, groupe) VALUES (3, 'G1')",
	} {
		d.exec(t, q)
	}
}

// In September 2026, closed from the 7th to the 13th, Mondays are the 14th, 21st and 28th, Tuesdays the 1st,
// 15th, 22nd and 29th.
func TestRoomHours(t *testing.T) {
	d := newDesk(t, "2026-10-05")
	if got := d.counted(t, "occupation"); got != nil {
		t.Fatalf("without lessons: %v", got)
	}
	lessons(t, d)
	got := d.counted(t, "occupation")
	// Held: on Mondays two hours, the lesson at 9 being within them, and on the 14th one more (A);
	// on Tuesdays one half. Free: in both rooms three hours on Mondays, one on Tuesdays.
	if len(got) != 2 || got[0]["mois"] != "2026-09" || got[0]["heures_occupees"] != "9.00" || got[0]["heures_disponibles"] != "26.00" {
		t.Errorf("occupation %v", got)
	}
	if n := sum(d.counted(t, "salles"), "salles", "mois", "2026-10"); n != 2 {
		t.Errorf("%d salles", n)
	}
	d.exec(t, "DELETE FROM fermeture")
	if got := d.counted(t, "occupation"); got != nil {
		t.Errorf("without a calendar holidays would count: %v", got)
	}
}

func TestHalfDaysDue(t *testing.T) {
	d := newDesk(t, "2026-09-29") // the 29th itself has not ended
	lessons(t, d)
	for i, p := range [][3]string{{"6A", "2026-09-01", ""}, {"6A", "2026-09-21", ""}, {"5B", "2026-09-01", "2026-09-22"}} {
		d.exec(t, "INSERT INTO eleve (id, nom, prenom, cle, source, cree, vu) VALUES (?, 'N', 'P', 'N', 's', 0, 0)", i+1)
		d.exec(t, "INSERT INTO scolarite (annee, eleve, mef, niveau, division, entree, sortie, present, scolarise, source, import) VALUES (2026, ?, 'M', '6eme', ?, ?, ?, 1, ?, 's', 1)",
			i+1, p[0], p[1], p[2], p[2] == "")
	}
	if got := d.counted(t, "assiduite"); got != nil {
		t.Fatalf("nobody called a roll: %v", got)
	}
	d.exec(t, "INSERT INTO appel (annee, jour, debut, duree, le, par) VALUES (2026, '2026-09-14', 480, 60, 0, '')")
	// 6A: Monday mornings of the 14th, 21st and 28th and the afternoon of the 14th: 4; the second
	// pupil came on the 21st: 2. 5B by its group: the afternoon of the 14th, and one half of the
	// Tuesdays 1st and 15th: 2; he left on the 22nd.
	got := d.counted(t, "assiduite")
	if len(got) != 1 || got[0]["demi_journees_attendues"] != "8" || got[0]["demi_journees"] != "0" {
		t.Errorf("assiduite %v", got)
	}
}
