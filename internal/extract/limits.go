package extract

import (
	"context"
	"strconv"

	"belvedere"
	"belvedere/internal/admin"
)

// The settings of extracts.
const (
	settingKept    = "extraits.conservation_jours"
	settingMost    = "extraits.lignes_max"
	settingFlag    = "extraits.signal_lignes"
	settingFlagDay = "extraits.signal_par_jour"
)

// Limits are what the territory allows, and what it wants to be told.
type Limits struct {
	KeptDays int   // a file stays on the server
	Most     int64 // rows of an extract
	Flag     int64 // rows from which the data protection officer is told
	FlagDay  int   // extracts of one account within a day, from which too
}

// A bound is a setting: between what it may stand, and where it usually stands.
type bound struct {
	key, name          string
	least, most, usual int64
	set                func(*Limits, int64)
}

var bounds = []bound{
	{settingKept, "conservation", 1, 30, 7, func(l *Limits, n int64) { l.KeptDays = int(n) }},
	{settingMost, "lignes", 1000, 50_000_000, 2_000_000, func(l *Limits, n int64) { l.Most = n }},
	{settingFlag, "signal", 1, 50_000_000, 50_000, func(l *Limits, n int64) { l.Flag = n }},
	{settingFlagDay, "jour", 1, 1000, 5, func(l *Limits, n int64) { l.FlagDay = int(n) }},
}

// Limits reads the settings.
func (s *Service) Limits(ctx context.Context) (l Limits, err error) {
	settings, err := s.Registry.Settings(ctx)
	if err != nil {
		return l, err
	}
	for _, b := range bounds {
		n, err := strconv.ParseInt(settings[b.key], 10, 64)
		if err != nil || n < b.least || n > b.most {
			n = b.usual
		}
		b.set(&l, n)
	}
	return l, nil
}

// A LimitsForm is the settings as typed; an empty one leaves what is set.
type LimitsForm struct{ KeptDays, Most, Flag, FlagDay string }

// SetLimits writes the settings: the data protection officer and administrators may.
func (s *Service) SetLimits(ctx context.Context, v belvedere.Viewer, f LimitsForm) error {
	if !v.Admin && !v.Auditor && v.Kind != belvedere.Operator {
		return belvedere.Errorf(belvedere.Forbidden, "Ces réglages sont à la personne déléguée à la protection des données et aux administrateurs.")
	}
	values, flaws := map[string]string{}, admin.Flaws{}
	for i, text := range []string{f.KeptDays, f.Most, f.Flag, f.FlagDay} {
		b := bounds[i]
		if text == "" {
			continue
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < b.least || n > b.most {
			flaws = append(flaws, admin.Flaw{Field: b.name, Message: "Un entier de " + belvedere.FormatNumber(float64(b.least), 0) + " à " + belvedere.FormatNumber(float64(b.most), 0) + "."})
			continue
		}
		values[b.key] = strconv.FormatInt(n, 10)
	}
	if len(flaws) > 0 {
		return flaws
	}
	return s.Registry.PutSettings(ctx, values)
}
