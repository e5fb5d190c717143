package diffusion

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/semantic"
)

// Rules are what the data protection officer sets: floors and classes, upward only, and the calendar.
type Rules struct {
	Floors     map[string]float64 `json:"seuils,omitempty"`      // by class: "5" → 6
	Indicators map[string]string  `json:"indicateurs,omitempty"` // code → class, above the declared one
	Calendar   Calendar           `json:"calendrier,omitempty"`  // "" is monthly
}

// Classes of secrecy, the weakest first.
var Classes = []string{"aucun", "5", "10"}

// MostFloor bounds what a floor may be raised to.
const MostFloor = 1000

// Rules reads the rules of the territory.
func (s *Service) Rules(ctx context.Context) (Rules, error) {
	var r Rules
	settings, err := s.Registry.Settings(ctx)
	if err != nil {
		return r, err
	}
	if text := settings[registry.SettingSecrecy]; text != "" {
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			return r, belvedere.WrapError(belvedere.Internal, err, "Les règles du secret statistique ne se lisent pas.")
		}
	}
	return r, nil
}

// Check says in French what is wrong with rules, over a catalogue.
func (r Rules) Check(m *belvedere.Model) error {
	for class, floor := range r.Floors {
		least, err := strconv.ParseFloat(class, 64)
		if err != nil || !slices.Contains(Classes, class) {
			return belvedere.Errorf(belvedere.Invalid, "La classe %q n’existe pas : 5 ou 10.", class)
		}
		if !(floor >= least && floor <= MostFloor) || floor != float64(int(floor)) {
			return belvedere.Errorf(belvedere.Invalid, "Le seuil de la classe %s est un nombre entier, de %s à %d : il ne peut que monter.", class, class, MostFloor)
		}
	}
	if low, high := r.floorOf("5"), r.floorOf("10"); low > high {
		return belvedere.Errorf(belvedere.Invalid, "Le seuil de la classe 10 (%v) ne peut pas être sous celui de la classe 5 (%v).", high, low)
	}
	for code, class := range r.Indicators {
		ind := m.Indicator(code)
		if ind == nil {
			return belvedere.Errorf(belvedere.Invalid, "L’indicateur %q est inconnu.", code)
		}
		if rank(class) < 0 {
			return belvedere.Errorf(belvedere.Invalid, "La classe %q n’existe pas : aucun, 5 ou 10.", class)
		}
		if rank(class) < rank(ind.Secrecy) {
			return belvedere.Errorf(belvedere.Invalid, "« %s » est déclaré en classe %s : sa classe ne peut que monter.", ind.Label, ind.Secrecy)
		}
	}
	if r.Calendar.Label() == "" {
		return belvedere.Errorf(belvedere.Invalid, "Le calendrier %q n’existe pas : mensuel, hebdomadaire ou quotidien.", string(r.Calendar))
	}
	return nil
}

func rank(class string) int { return slices.Index(Classes, class) }

// Class is the class of an indicator: the declared one or a higher one that was set.
func (r Rules) Class(ind *belvedere.Indicator) string {
	if set := r.Indicators[ind.Code]; rank(set) > rank(ind.Secrecy) {
		return set
	}
	return ind.Secrecy
}

// Floor is the floor of an indicator, 0 for none.
func (r Rules) Floor(ind *belvedere.Indicator) float64 {
	return r.floorOf(r.Class(ind))
}

// ClassFloors are the floors of the classes that have one.
func (r Rules) ClassFloors() map[string]float64 {
	out := map[string]float64{}
	for _, class := range Classes[1:] {
		out[class] = r.floorOf(class)
	}
	return out
}

// floorOf is the floor of a class, 0 for none.
func (r Rules) floorOf(class string) float64 {
	least, err := strconv.ParseFloat(class, 64)
	if err != nil {
		return 0
	}
	return max(least, r.Floors[class])
}

func (r Rules) floors(m *belvedere.Model) map[semantic.Floor]float64 {
	return semantic.Floors(m, r.Floor)
}

// writeFloors writes floors for a release and for the hash of a receipt: sorted, one a line.
func writeFloors(floors map[semantic.Floor]float64) string {
	var lines []string
	for f, v := range floors {
		lines = append(lines, f.Dataset+"."+maskKey(f)+"="+strconv.FormatFloat(v, 'f', -1, 64))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func readFloors(text string) map[semantic.Floor]float64 {
	out := map[semantic.Floor]float64{}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		dataset, key, _ := strings.Cut(name, ".")
		measure, apart, _ := strings.Cut(key, "@")
		if v, err := strconv.ParseFloat(value, 64); err == nil {
			out[semantic.Floor{Dataset: dataset, Measure: measure, Apart: apart}] = v
		}
	}
	return out
}

// Set reads rules as people write them, "10=11" for a floor and "absences=5" for the class of an
// indicator, over these; an empty calendar stays as it is.
func (r Rules) Set(floors, classes map[string]string, calendar string) (Rules, error) {
	out := Rules{Floors: maps.Clone(r.Floors), Indicators: maps.Clone(r.Indicators), Calendar: r.Calendar}
	if out.Floors == nil {
		out.Floors = map[string]float64{}
	}
	if out.Indicators == nil {
		out.Indicators = map[string]string{}
	}
	for class, text := range floors {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return r, belvedere.Errorf(belvedere.Invalid, "Le seuil de la classe %s est un nombre entier de personnes, pas %q.", class, text)
		}
		out.Floors[class] = float64(n)
	}
	for code, class := range classes {
		out.Indicators[code] = strings.TrimSpace(class)
	}
	if calendar != "" {
		out.Calendar = Calendar(calendar)
	}
	return out, nil
}

// SetRules keeps rules and releases by them at once. Protection that is raised bears on all data;
// protection that is lowered again, never under what is declared, shows what is new only.
func (s *Service) SetRules(ctx context.Context, r Rules) error {
	if _, err := s.follow(ctx); err != nil {
		return err
	}
	if err := r.Check(s.catalogue()); err != nil {
		return err
	}
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := s.Registry.PutSettings(ctx, map[string]string{registry.SettingSecrecy: string(text)}); err != nil {
		return err
	}
	s.mu.Lock()
	s.version = -1
	s.mu.Unlock()
	edition, err := s.newest(ctx)
	if err != nil || edition == 0 || s.Engine == nil { // the server that holds the warehouse releases before it answers
		return err
	}
	return s.make(ctx, edition, Changed)
}
