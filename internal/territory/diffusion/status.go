package diffusion

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// A Status is where releases stand.
type Status struct {
	Rules    Rules
	Releases []registry.Release // oldest first
	Waiting  []Wait
	Next     time.Time // when the calendar lets replacements enter
}

// A Wait is a dataset whose readers still see, over a school year, counts that have changed since.
type Wait struct {
	Dataset string
	Label   string
	Year    belvedere.SchoolYear
}

// Status reads where releases stand; it makes none.
func (s *Service) Status(ctx context.Context) (*Status, error) {
	if _, err := s.follow(ctx); err != nil {
		return nil, err
	}
	rules, err := s.Rules(ctx)
	if err != nil {
		return nil, err
	}
	out := &Status{Rules: rules, Next: rules.Calendar.Next(s.Now().In(s.Zone))}
	if out.Releases, err = s.Registry.ListReleases(ctx); err != nil || len(out.Releases) == 0 {
		return out, err
	}
	st := s.stateOf(out.Releases)
	for _, dataset := range slices.Sorted(maps.Keys(st.names)) {
		for _, year := range slices.Sorted(maps.Keys(st.names[dataset])) {
			sheet, err := st.Sheet(ctx, dataset, year)
			if err != nil {
				return nil, err
			}
			if sheet.held() {
				out.Waiting = append(out.Waiting, Wait{dataset, s.datasetLabel(dataset), year})
			}
		}
	}
	return out, nil
}

func (s *Service) datasetLabel(name string) string {
	if d := s.catalogue().Dataset(name); d != nil {
		return d.Label
	}
	return name
}

// ReplaceRules sets rules in the place of those that someone was shown, and says in words what changes.
// Conflict when another changed them meanwhile.
func (s *Service) ReplaceRules(ctx context.Context, seen string, r Rules) (changes []string, err error) {
	s.setting.Lock()
	defer s.setting.Unlock()
	now, err := s.Rules(ctx)
	if err != nil {
		return nil, err
	}
	if seen != "" && seen != now.Sum() {
		return nil, belvedere.Errorf(belvedere.Conflict, "Quelqu’un d’autre a modifié les règles entre-temps\u00a0: rien n’a été enregistré. Vérifiez vos choix, puis recommencez.")
	}
	r = r.trimmed(s.catalogue())
	if err := r.Check(s.catalogue()); err != nil {
		return nil, err
	}
	if changes = now.Changes(s.catalogue(), r); len(changes) == 0 {
		return nil, nil
	}
	return changes, s.SetRules(ctx, r)
}

// Sum names rules, to know whether they changed since someone was shown them.
func (r Rules) Sum() string {
	text, err := json.Marshal(r)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// trimmed leaves out what says nothing more than the declarations.
func (r Rules) trimmed(m *belvedere.Model) Rules {
	out := Rules{Calendar: r.Calendar}
	if out.Calendar == Monthly {
		out.Calendar = ""
	}
	for class, floor := range r.Floors {
		if least, err := strconv.ParseFloat(class, 64); err == nil && floor == least {
			continue
		}
		if out.Floors == nil {
			out.Floors = map[string]float64{}
		}
		out.Floors[class] = floor
	}
	for code, class := range r.Indicators {
		if ind := m.Indicator(code); ind != nil && class == declared(ind) {
			continue
		}
		if out.Indicators == nil {
			out.Indicators = map[string]string{}
		}
		out.Indicators[code] = class
	}
	return out
}

// Changes says in words what differs between rules.
func (r Rules) Changes(m *belvedere.Model, then Rules) []string {
	var out []string
	for _, class := range Classes[1:] {
		if a, b := r.floorOf(class), then.floorOf(class); a != b {
			out = append(out, "seuil de la classe "+class+"\u00a0: "+number(a)+" → "+number(b))
		}
	}
	for _, ind := range m.Indicators {
		if a, b := r.Class(ind), then.Class(ind); a != b {
			out = append(out, "«\u00a0"+ind.Label+"\u00a0»\u00a0: classe "+ClassLabel(a)+" → "+ClassLabel(b))
		}
	}
	if r.Calendar.Label() != then.Calendar.Label() {
		out = append(out, "calendrier\u00a0: "+r.Calendar.Label()+" → "+then.Calendar.Label())
	}
	return out
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// declared is the class that the catalogue gives an indicator.
func declared(ind *belvedere.Indicator) string {
	if ind.Secrecy == "" {
		return Classes[0]
	}
	return ind.Secrecy
}

// ClassLabel names a class for people.
func ClassLabel(class string) string {
	if class == "" {
		return Classes[0]
	}
	return class
}
