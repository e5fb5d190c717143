package board

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// The settings of the board, by name in the vault.
const (
	settingSwitch = "bascule"         // "bascule.2026": day in August on which 2026-2027 becomes the current year
	settingFresh  = "fraicheur_jours" // days after which a file of the year is stale
)

// defaults of the settings.
const (
	switchDay    = 25 // of August
	openingDay   = 8  // of September: adjustments begin a week after the opening
	adjustedDay  = 15 // of October: afterwards the year runs
	defaultFresh = 31
)

// Settings are what the school chose.
type Settings struct {
	Switch map[belvedere.SchoolYear]time.Time // days of switch that were set
	Fresh  int                                // days
}

// switchOf is the day on which a year becomes the current one.
func (x Settings) switchOf(y belvedere.SchoolYear) time.Time {
	if d, ok := x.Switch[y]; ok {
		return d
	}
	return belvedere.Date(int(y), time.August, switchDay)
}

// current is the year that holds on a day.
func (x Settings) current(day time.Time) belvedere.SchoolYear {
	y := belvedere.SchoolYearOf(day)
	if !day.Before(x.switchOf(y + 1)) {
		return y + 1
	}
	if day.Before(x.switchOf(y)) {
		return y - 1
	}
	return y
}

// years are those that the board shows: from May to the switch, the next one is prepared beside
// the current one.
func (x Settings) years(day time.Time) []belvedere.SchoolYear {
	y := x.current(day)
	if m := day.Month(); m >= time.May && m <= time.September && day.Before(x.switchOf(y+1)) && belvedere.SchoolYear(day.Year()) == y+1 {
		return []belvedere.SchoolYear{y, y + 1}
	}
	return []belvedere.SchoolYear{y}
}

// begins is the day from which a file counts for a phase of a year.
func (x Settings) begins(phase string, y belvedere.SchoolYear) time.Time {
	switch phase {
	case "initialisation":
		return belvedere.Date(int(y), time.April, 1)
	case "ouverture":
		return x.switchOf(y)
	case "ajustements":
		return belvedere.Date(int(y), time.September, openingDay)
	}
	return belvedere.Date(int(y), time.October, adjustedDay)
}

// settings reads what the school chose.
func settings(tx *vault.Tx) (x Settings, err error) {
	x = Settings{Switch: map[belvedere.SchoolYear]time.Time{}, Fresh: defaultFresh}
	err = tx.Each("SELECT nom, valeur FROM reglage", nil, func(scan func(...any) error) error {
		var name, value string
		if err := scan(&name, &value); err != nil {
			return err
		}
		if text, ok := strings.CutPrefix(name, settingSwitch+"."); ok {
			y, bad := strconv.Atoi(text)
			d, wrong := time.Parse(time.DateOnly, value)
			if bad == nil && wrong == nil {
				x.Switch[belvedere.SchoolYear(y)] = d
			}
		} else if name == settingFresh {
			if n, bad := strconv.Atoi(value); bad == nil && n > 0 {
				x.Fresh = n
			}
		}
		return nil
	})
	return x, err
}

// SetSwitch fixes the day on which a year becomes the current one: in July, August or September of its start.
func (s *Service) SetSwitch(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear, day string) (err error) {
	defer belvedere.Wrap(&err, "SetSwitch(%s, %s)", uai, year)
	d, err := belvedere.ParseDate(day)
	if err != nil || d.Year() != int(year) || d.Month() < time.July || d.Month() > time.September {
		return belvedere.Errorf(belvedere.Invalid, "La bascule de l’année %s se fait entre juillet et septembre %d. Choisissez une date de cette période.", year, int(year))
	}
	return s.write(ctx, who, uai, func(tx *vault.Tx) error {
		return s.set(tx, who, settingSwitch+"."+strconv.Itoa(int(year)), d.Format(time.DateOnly))
	})
}

// SetFresh fixes after how many days a file of the year is stale.
func (s *Service) SetFresh(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, days int) (err error) {
	defer belvedere.Wrap(&err, "SetFresh(%s)", uai)
	if days < 1 || days > 366 {
		return belvedere.Errorf(belvedere.Invalid, "Le délai est de 1 à 366 jours.")
	}
	return s.write(ctx, who, uai, func(tx *vault.Tx) error { return s.set(tx, who, settingFresh, strconv.Itoa(days)) })
}

func (s *Service) set(tx *vault.Tx, who belvedere.Viewer, name, value string) error {
	_, err := tx.Exec("INSERT INTO reglage (nom, valeur, le, par) VALUES (?, ?, ?, ?) ON CONFLICT (nom) DO UPDATE SET valeur = excluded.valeur, le = excluded.le, par = excluded.par",
		name, value, vault.Micros(s.Now()), who.Login)
	return err
}

// SetStep declares a step done, waived with a reason, or to be judged by its files again (state "").
func (s *Service) SetStep(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear, code, state, reason string) (err error) {
	defer belvedere.Wrap(&err, "SetStep(%s, %s)", uai, code)
	known := slices.ContainsFunc(phases, func(p Phase) bool {
		return slices.ContainsFunc(p.Steps, func(st Step) bool { return st.Code == code })
	})
	if !known {
		return belvedere.Errorf(belvedere.NotFound, "Cette étape n’existe pas.")
	}
	reason = strings.TrimSpace(reason)
	if state == "dispensee" && reason == "" {
		return belvedere.Errorf(belvedere.Invalid, "Dites pourquoi l’étape n’a pas lieu d’être.")
	}
	return s.write(ctx, who, uai, func(tx *vault.Tx) error {
		if state == "" {
			_, err := tx.Exec("DELETE FROM etape WHERE annee = ? AND code = ?", int(year), code)
			return err
		}
		if state != "faite" && state != "dispensee" {
			return belvedere.Errorf(belvedere.Invalid, "Cet état d’étape n’existe pas.")
		}
		_, err := tx.Exec("INSERT INTO etape (annee, code, etat, motif, le, par) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (annee, code) DO UPDATE SET etat = excluded.etat, motif = excluded.motif, le = excluded.le, par = excluded.par",
			int(year), code, state, reason, vault.Micros(s.Now()), who.Login)
		return err
	})
}
