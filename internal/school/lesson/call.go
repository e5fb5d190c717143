package lesson

import (
	"context"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// An Answer is what someone calls of a pupil.
type Answer struct {
	State   string
	Minutes int
	Remark  string
}

// Calling is a roll call as it is sent. Pupils of the list who have no answer are present; those
// whom the roll already has keep what it says.
type Calling struct {
	Lesson  int64
	Day     time.Time
	Version int64 // of the roll that was shown
	Answers map[int64]Answer
	Close   bool
}

const mostRemark = 300

// Call saves a roll call, and makes absences, lates and half-days of its pupils again. Each saved
// state that changes is kept in the history. A roll that someone else saved since is refused.
func (s *Service) Call(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, c Calling) (r Roll, err error) {
	defer belvedere.Wrap(&err, "lesson.Call(%s, %d)", uai, c.Lesson)
	err = s.write(ctx, who, uai, func(tx *vault.Tx) error {
		before, err := s.roll(tx, c.Lesson, c.Day)
		if err != nil {
			return err
		}
		if err := mayCall(before, c); err != nil {
			return err
		}
		number, err := saveRoll(tx, before, c, who.Login)
		if err != nil {
			return err
		}
		var ids []int64
		for _, one := range before.Calls {
			if err := saveCall(tx, number, one, c.answer(one), who.Login); err != nil {
				return err
			}
			ids = append(ids, one.ID)
		}
		if err := recount(tx, before.Year, c.Day, ids); err != nil {
			return err
		}
		r, err = s.roll(tx, c.Lesson, c.Day)
		return err
	})
	return r, err
}

// answer is what is called of a pupil of the list.
func (c Calling) answer(one Call) Answer {
	a, given := c.Answers[one.ID]
	if !given && one.State != "" {
		a = Answer{one.State, one.Minutes, one.Remark}
	}
	if a.State == "" {
		a.State = Present
	}
	if a.State != Late {
		a.Minutes = 0
	}
	return a
}

// mayCall checks a roll call.
func mayCall(r Roll, c Calling) error {
	if r.Future {
		return belvedere.Errorf(belvedere.Conflict, "Le cours du %s à %s n’a pas commencé\u00a0: l’appel se fait quand il a lieu.", belvedere.LongDate(c.Day), Clock(r.Lesson.Start))
	}
	if r.Version != c.Version {
		return belvedere.Errorf(belvedere.Conflict, "%s a enregistré cet appel entre-temps. Relisez-le, puis corrigez ce qui doit l’être\u00a0: rien n’a été enregistré.", r.By)
	}
	if len(r.Calls) == 0 {
		return belvedere.Errorf(belvedere.Conflict, "Aucun élève ne suit ce cours\u00a0: importez d’abord les élèves de ses divisions et de ses groupes.")
	}
	listed := map[int64]string{}
	for _, one := range r.Calls {
		listed[one.ID] = one.Name
	}
	for id, a := range c.Answers {
		name, known := listed[id]
		switch {
		case !known:
			return belvedere.Errorf(belvedere.Invalid, "L’élève n° %d n’est pas de ce cours.", id)
		case a.State != Present && a.State != Absent && a.State != Late && a.State != "":
			return belvedere.Errorf(belvedere.Invalid, "%s\u00a0: cet état d’appel n’existe pas.", name)
		case a.State == Late && (a.Minutes < 1 || a.Minutes > r.Lesson.Length):
			return belvedere.Errorf(belvedere.Invalid, "%s est en retard\u00a0: dites de combien de minutes, entre 1 et %d.", name, r.Lesson.Length)
		case len([]rune(a.Remark)) > mostRemark:
			return belvedere.Errorf(belvedere.Invalid, "%s\u00a0: la remarque compte au plus %d caractères.", name, mostRemark)
		}
	}
	return nil
}

// saveRoll writes what the lesson was. A roll that was closed stays so: it is corrected.
func saveRoll(tx *vault.Tx, r Roll, c Calling, by string) (int64, error) {
	at := vault.Micros(tx.Vault().Now())
	if at <= r.Version {
		at = r.Version + 1 // versions differ, whatever the clock
	}
	if r.Called {
		_, err := tx.Exec("UPDATE appel SET le = ?, par = ?, clos = max(clos, ?) WHERE id = ?", at, by, c.Close, r.number)
		return r.number, err
	}
	var teacher any
	if len(r.Lesson.Teachers) > 0 {
		teacher = r.Lesson.Teachers[0].ID
	}
	return tx.Insert(`INSERT INTO appel (annee, jour, debut, duree, cours, matiere, libelle, structures, salle, personnel, le, par, clos) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		int(r.Year), vault.Day(c.Day), r.Lesson.Start, r.Lesson.Length, c.Lesson, r.Lesson.code, r.Lesson.Subject, r.Lesson.Audience(), strings.Join(r.Lesson.Rooms, ", "), teacher, at, by, c.Close)
}

// saveCall writes what is called of a pupil, and what it replaces.
func saveCall(tx *vault.Tx, number int64, one Call, a Answer, by string) error {
	if one.State != "" && (one.State != a.State || one.Minutes != a.Minutes) {
		if _, err := tx.Exec("INSERT INTO appel_correction (appel, eleve, de, de_minutes, a, a_minutes, le, par) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			number, one.ID, one.State, one.Minutes, a.State, a.Minutes, vault.Micros(tx.Vault().Now()), by); err != nil {
			return err
		}
	}
	_, err := tx.Exec(`INSERT INTO appel_eleve (appel, eleve, etat, minutes, remarque) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (appel, eleve) DO UPDATE SET etat = excluded.etat, minutes = excluded.minutes, remarque = excluded.remarque`, number, one.ID, a.State, a.Minutes, strings.TrimSpace(a.Remark))
	return err
}
