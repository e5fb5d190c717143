package lesson

import (
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// Noon parts the half-days: a lesson that begins before 13 h is of the morning.
const Noon = 13 * 60

// The halves of a day, as the vault writes them.
const (
	Morning   = "matin"
	Afternoon = "apres_midi"
)

func half(start int) string {
	if start < Noon {
		return Morning
	}
	return Afternoon
}

// A Seen is what a roll call says of a pupil in a lesson of a day.
type Seen struct {
	Start, End int
	State      string
}

// An Away is an absence that was typed or imported.
type Away struct{ Start, End int }

// Halves are the half-days of absence of a pupil on a day. A half-day is one when the pupil was
// absent from all its lessons whose roll was called: one lesson where he is present, or late,
// shows that he came, and the hours missed stay absences. What was not called says nothing: only
// where no roll of a half-day was called does a typed or imported absence that touches it count.
func Halves(seen []Seen, away []Away) (halves []string) {
	for _, part := range []string{Morning, Afternoon} {
		called, came, typed := false, false, false
		for _, s := range seen {
			if half(s.Start) == part {
				called, came = true, came || s.State != Absent
			}
		}
		for _, a := range away {
			typed = typed || part == Morning && a.Start < Noon || part == Afternoon && a.End > Noon
		}
		if called && !came || !called && typed {
			halves = append(halves, part)
		}
	}
	return halves
}

// recount makes the absences, lates and half-days of pupils on a day again, from the roll calls of
// the day and the absences that others wrote. What was justified stays so.
func recount(tx *vault.Tx, year belvedere.SchoolYear, day time.Time, pupils []int64) error {
	for _, id := range pupils {
		if err := recountPupil(tx, int(year), vault.Day(day), id); err != nil {
			return err
		}
	}
	return nil
}

// one lesson of a pupil, as its roll call says.
type heard struct {
	Seen
	roll    int64
	minutes int
	at      int64
	by      string
}

func recountPupil(tx *vault.Tx, year int, day string, pupil int64) error {
	var list []heard
	var seen []Seen
	err := tx.Each(`SELECT a.id, a.debut, a.debut + a.duree, e.etat, e.minutes, a.le, a.par FROM appel_eleve e JOIN appel a ON a.id = e.appel
		WHERE e.eleve = ? AND a.annee = ? AND a.jour = ? ORDER BY a.debut, a.id`, []any{pupil, year, day}, func(scan func(...any) error) error {
		var h heard
		err := scan(&h.roll, &h.Start, &h.End, &h.State, &h.minutes, &h.at, &h.by)
		list, seen = append(list, h), append(seen, h.Seen)
		return err
	})
	if err != nil {
		return err
	}
	if err := writeAbsences(tx, year, day, pupil, list); err != nil {
		return err
	}
	if err := writeLates(tx, year, day, pupil, list); err != nil {
		return err
	}
	var away []Away
	err = tx.Each("SELECT debut, fin FROM absence WHERE annee = ? AND eleve = ? AND jour = ? AND origine <> 'appel'", []any{year, pupil, day}, func(scan func(...any) error) error {
		var a Away
		err := scan(&a.Start, &a.End)
		away = append(away, a)
		return err
	})
	if err != nil {
		return err
	}
	return writeHalves(tx, year, day, pupil, Halves(seen, away))
}

// writeAbsences keeps one absence a lesson missed; one that is still there keeps its reason.
func writeAbsences(tx *vault.Tx, year int, day string, pupil int64, list []heard) error {
	kept := map[int]bool{}
	for _, h := range list {
		if h.State != Absent || kept[h.Start] {
			continue
		}
		kept[h.Start] = true
		n, err := tx.Exec("UPDATE absence SET fin = ?, le = ?, par = ? WHERE annee = ? AND eleve = ? AND jour = ? AND debut = ? AND origine = 'appel'", h.End, h.at, h.by, year, pupil, day, h.Start)
		if err == nil && n == 0 {
			_, err = tx.Exec("INSERT INTO absence (annee, eleve, jour, debut, fin, origine, le, par) VALUES (?, ?, ?, ?, ?, 'appel', ?, ?)", year, pupil, day, h.Start, h.End, h.at, h.by)
		}
		if err != nil {
			return err
		}
	}
	return dropOthers(tx, "absence", year, day, pupil, kept)
}

// writeLates keeps one late a lesson.
func writeLates(tx *vault.Tx, year int, day string, pupil int64, list []heard) error {
	kept := map[int]bool{}
	for _, h := range list {
		if h.State != Late || kept[h.Start] {
			continue
		}
		kept[h.Start] = true
		n, err := tx.Exec("UPDATE retard SET minutes = ?, appel = ?, le = ?, par = ? WHERE annee = ? AND eleve = ? AND jour = ? AND debut = ? AND origine = 'appel'", h.minutes, h.roll, h.at, h.by, year, pupil, day, h.Start)
		if err == nil && n == 0 {
			_, err = tx.Exec("INSERT INTO retard (annee, eleve, jour, debut, minutes, appel, origine, le, par) VALUES (?, ?, ?, ?, ?, ?, 'appel', ?, ?)", year, pupil, day, h.Start, h.minutes, h.roll, h.at, h.by)
		}
		if err != nil {
			return err
		}
	}
	return dropOthers(tx, "retard", year, day, pupil, kept)
}

// dropOthers removes what roll calls no longer say.
func dropOthers(tx *vault.Tx, table string, year int, day string, pupil int64, kept map[int]bool) error {
	var gone []int64
	err := tx.Each("SELECT id, debut FROM "+table+" WHERE annee = ? AND eleve = ? AND jour = ? AND origine = 'appel'", []any{year, pupil, day}, func(scan func(...any) error) error {
		var id int64
		var start int
		err := scan(&id, &start)
		if !kept[start] {
			gone = append(gone, id)
		}
		return err
	})
	for _, id := range gone {
		if err == nil {
			_, err = tx.Exec("DELETE FROM "+table+" WHERE id = ?", id)
		}
	}
	return err
}

// writeHalves replaces the half-days of a day. One whose absences are all justified is.
func writeHalves(tx *vault.Tx, year int, day string, pupil int64, halves []string) error {
	if _, err := tx.Exec("DELETE FROM demi_journee WHERE annee = ? AND eleve = ? AND jour = ?", year, pupil, day); err != nil {
		return err
	}
	for _, part := range halves {
		within := "debut < ?5"
		if part == Afternoon {
			within = "(origine = 'appel' AND debut >= ?5 OR origine <> 'appel' AND fin > ?5)"
		}
		if _, err := tx.Exec(`INSERT INTO demi_journee (annee, eleve, jour, moitie, justifie) SELECT ?1, ?2, ?3, ?4, ifnull(min(justifie), 0)
			FROM absence WHERE annee = ?1 AND eleve = ?2 AND jour = ?3 AND `+within, year, pupil, day, part, Noon); err != nil {
			return err
		}
	}
	return nil
}
