package governance

import (
	"context"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// holders are the accounts that hold a duty today in one of some places: those of a school, else those
// of the whole. Who cannot be reached is left out.
func (s *Service) holders(ctx context.Context, duty string, school belvedere.UAI, places ...registry.HoldingPlace) ([]registry.Account, error) {
	holdings, err := s.Registry.Holdings(ctx)
	if err != nil {
		return nil, err
	}
	for _, at := range slices.Compact([]belvedere.UAI{school, ""}) {
		var out []registry.Account
		for _, h := range holdings {
			if h.Duty != duty || h.School != at || h.Account == 0 || !h.Holds(s.today()) || !slices.Contains(places, h.Place) {
				continue
			}
			a, err := s.Registry.Account(ctx, h.Account)
			if belvedere.KindOf(err) == belvedere.NotFound && err != nil {
				continue
			}
			if err != nil {
				return nil, err
			}
			if unreachable(a) == "" && !slices.ContainsFunc(out, func(o registry.Account) bool { return o.ID == a.ID }) {
				out = append(out, a)
			}
		}
		if len(out) > 0 {
			return out, nil
		}
	}
	return nil, nil
}

// heldBy tells whether a viewer holds a duty on a day, as titular or deputy, for a school or for the whole.
func heldBy(holdings []registry.Holding, v belvedere.Viewer, duty string, school belvedere.UAI, day time.Time) bool {
	return v.Kind == belvedere.AccountViewer && v.ID != 0 && slices.ContainsFunc(holdings, func(h registry.Holding) bool {
		return h.Account == v.ID && h.Duty == duty && (h.School == "" || h.School == school) && h.Holds(day) &&
			(h.Place == registry.Titular || h.Place == registry.Deputy)
	})
}

// answers tells whether a viewer may act for a duty: who holds it, and who manages all of it.
func (s *Service) answers(ctx context.Context, v belvedere.Viewer, duty string, school belvedere.UAI) error {
	if Manages(v) {
		return nil
	}
	holdings, err := s.Registry.Holdings(ctx)
	if err == nil && !heldBy(holdings, v, duty, school, s.today()) {
		err = belvedere.Errorf(belvedere.Forbidden, "Le titulaire de cette responsabilité, son suppléant, les administrateurs et les responsables des données le font.")
	}
	return err
}

// A ground is what many lines of one page need, read once.
type ground struct {
	viewer   belvedere.Viewer
	today    time.Time
	duties   []registry.Duty
	holdings []registry.Holding
	rules    map[int64]string
	names    map[belvedere.UAI]string
	settings Settings
}

func (s *Service) ground(ctx context.Context, v belvedere.Viewer) (g ground, err error) {
	g = ground{viewer: v, today: s.today(), names: s.schools(ctx)}
	if g.duties, err = s.Duties(ctx); err != nil {
		return g, err
	}
	if g.holdings, err = s.Registry.Holdings(ctx); err != nil {
		return g, err
	}
	if g.rules, err = s.ruleTitles(ctx); err != nil {
		return g, err
	}
	g.settings, err = s.Settings(ctx)
	return g, err
}

// label is what pages call a duty.
func (g ground) label(duty string) string {
	for _, d := range g.duties {
		if d.Code == duty {
			return d.Label
		}
	}
	return duty
}

// acts tells whether the viewer may act for a duty.
func (g ground) acts(duty string, school belvedere.UAI) bool {
	return Manages(g.viewer) || heldBy(g.holdings, g.viewer, duty, school, g.today)
}

// titulars are the names of who holds a duty for a school, else for the whole.
func (g ground) titulars(duty string, school belvedere.UAI) (names []string) {
	for _, at := range slices.Compact([]belvedere.UAI{school, ""}) {
		for _, h := range g.holdings {
			if h.Duty == duty && h.School == at && h.Place == registry.Titular && h.Holds(g.today) {
				if !slices.Contains(names, h.Name) {
					names = append(names, h.Name)
				}
			}
		}
		if len(names) > 0 {
			break
		}
	}
	return names
}

// Acts is answers as a page asks it: a mistake of the registry is a no.
func (s *Service) Acts(ctx context.Context, v belvedere.Viewer, duty string, school belvedere.UAI) bool {
	return s.answers(ctx, v, duty, school) == nil
}

// An Owner is who answers for something: a duty, and who holds it.
type Owner struct {
	Duty  string // label
	Names []string
}

// Owners are those of some duties for a school.
func (s *Service) Owners(ctx context.Context, v belvedere.Viewer, school belvedere.UAI, duties ...string) (map[string]Owner, error) {
	g, err := s.ground(ctx, v)
	out := map[string]Owner{}
	for _, d := range duties {
		out[d] = Owner{g.label(d), g.titulars(d, school)}
	}
	return out, err
}
