package vault

import (
	"strconv"
	"time"

	"belvedere"
)

// settingRhythm, with the year and the code of an alternation, is the Monday of a week in which it
// takes place: "alternance.2026.Q1".
const settingRhythm = "alternance."

// SetRhythm says the weeks of an alternation that no file explains: that of a day, and each second
// one before and after it. Imports keep to it; files that tell the weeks win. A zero day forgets it.
func (t *Tx) SetRhythm(year belvedere.SchoolYear, code string, day time.Time, by string) error {
	name := settingRhythm + strconv.Itoa(int(year)) + "." + code
	if _, err := t.Exec("DELETE FROM alternance_semaine WHERE annee = ? AND alternance = ?", int(year), code); err != nil {
		return err
	}
	if day.IsZero() {
		_, err := t.Exec("DELETE FROM reglage WHERE nom = ?", name)
		return err
	}
	monday := mondayOf(Day(day))
	if _, err := t.Exec(`INSERT INTO reglage (nom, valeur, le, par) VALUES (?, ?, ?, ?)
		ON CONFLICT (nom) DO UPDATE SET valeur = excluded.valeur, le = excluded.le, par = excluded.par`, name, monday, Micros(t.v.now()), by); err != nil {
		return err
	}
	return t.alternate(year, code, monday)
}

// Rhythm is the Monday that was chosen for an alternation, zero for none.
func (t *Tx) Rhythm(year belvedere.SchoolYear, code string) (time.Time, error) {
	var text string
	if found, err := t.Get("SELECT valeur FROM reglage WHERE nom = ?", []any{settingRhythm + strconv.Itoa(int(year)) + "." + code}, &text); err != nil || !found {
		return time.Time{}, err
	}
	return time.Parse(time.DateOnly, text)
}

// alternate writes each second week of a year.
func (t *Tx) alternate(year belvedere.SchoolYear, code, monday string) error {
	d, err := time.Parse(time.DateOnly, monday)
	if err != nil {
		return err
	}
	first := year.First().AddDate(0, 0, -6) // the week of the first of September counts
	for d.After(first) {
		d = d.AddDate(0, 0, -14)
	}
	for ; d.Before(year.End()); d = d.AddDate(0, 0, 14) {
		if d.Before(first) {
			continue
		}
		if _, err := t.Exec("INSERT INTO alternance_semaine (annee, alternance, lundi) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", int(year), code, Day(d)); err != nil {
			return err
		}
	}
	return nil
}

// chosenRhythms gives the weeks that the school chose to alternations that files leave without.
func (c *consolidation) chosenRhythms() error {
	chosen := map[string]string{}
	prefix := settingRhythm + strconv.Itoa(c.year) + "."
	err := c.tx.Each(`SELECT a.code, r.valeur FROM alternance a JOIN reglage r ON r.nom = ?1 || a.code
		WHERE a.annee = ?2 AND a.toutes = 0 AND NOT EXISTS (SELECT 1 FROM alternance_semaine s WHERE s.annee = a.annee AND s.alternance = a.code)`,
		[]any{prefix, c.year}, func(scan func(...any) error) error {
			var code, monday string
			err := scan(&code, &monday)
			chosen[code] = monday
			return err
		})
	for code, monday := range chosen {
		if err == nil {
			err = c.tx.alternate(belvedere.SchoolYear(c.year), code, monday)
		}
	}
	return err
}
