package diffusion

import (
	"context"
	"slices"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/semantic"
)

// make makes the release of an edition. Without a reason it is one of news, or of the calendar or of
// files loaded by hand when these let replacements enter. Another that was made meanwhile, by this
// process or another, serves as well.
func (s *Service) make(ctx context.Context, edition int, reason string) error {
	s.making.Lock()
	defer s.making.Unlock()
	for range 3 {
		if err := s.refresh(ctx); err != nil {
			return err
		}
		if reason == "" && !s.stale(edition) {
			return nil
		}
		err := s.makeOnce(ctx, edition, reason)
		if belvedere.KindOf(err) != belvedere.Conflict {
			return err
		}
		s.mu.Lock()
		s.version = -1
		s.mu.Unlock()
	}
	return belvedere.Errorf(belvedere.Unavailable, "Une diffusion est en cours. Réessayez dans un instant.")
}

// A release on its way.
type draft struct {
	*Service
	before  *State // nil for the first
	edition int
	advance bool // replacements may enter
	news    bool // what is new waits for others, where protecting it alone would hide totals
	changed bool // the rules have changed: all sheets are made again
	floors  map[semantic.Floor]float64
	regions map[belvedere.UAI]map[string]string // attributes of schools
}

func (s *Service) makeOnce(ctx context.Context, edition int, reason string) error {
	d := &draft{Service: s, edition: edition}
	s.mu.Lock()
	list, rules := s.list, s.rules
	if len(list) > 0 {
		d.before = s.stateOf(list)
	}
	s.mu.Unlock()
	if d.before != nil && d.before.Edition > edition {
		return nil
	}
	d.floors = rules.floors(s.catalogue())
	text := writeFloors(d.floors)
	d.changed = d.before == nil || d.before.Rules != text
	var err error
	if reason == "" {
		if reason, err = d.reason(ctx, list, rules); err != nil {
			return err
		}
	}
	d.advance, d.news = reason != News, reason == News
	if err := d.readRegions(ctx); err != nil {
		return err
	}
	r := registry.Release{Number: len(list) + 1, Edition: edition, Rules: text, Reason: reason, At: s.Now()}
	sheets, err := d.sheets(ctx, r.Number)
	if err != nil {
		return err
	}
	return s.put(ctx, r, sheets)
}

// put keeps a release and its sheets.
func (s *Service) put(ctx context.Context, r registry.Release, sheets map[registry.SheetName]*Sheet) error {
	texts := map[registry.SheetName]string{}
	for n, sheet := range sheets {
		text, err := sheet.encode()
		if err != nil {
			return err
		}
		texts[n] = text
	}
	if err := s.Registry.PutRelease(ctx, r, texts); err != nil {
		return err
	}
	for n, sheet := range sheets {
		s.keep(n, sheet)
	}
	s.Log.InfoContext(ctx, "protected figures released", "release", r.Number, "edition", r.Edition, "reason", r.Reason, "sheets", len(sheets))
	return s.refresh(ctx)
}

// reason works out why an edition is released: files loaded by hand, a date of the calendar, else news.
func (d *draft) reason(ctx context.Context, list []registry.Release, rules Rules) (string, error) {
	if d.before == nil || d.changed {
		return Changed, nil
	}
	if d.due(list, rules.Calendar) {
		return Scheduled, nil
	}
	programs, err := d.programs(ctx)
	if err != nil {
		return "", err
	}
	for n := d.before.Edition + 1; n <= d.edition; n++ {
		deliveries, err := d.Registry.EditionDeliveries(ctx, n)
		if err != nil {
			return "", err
		}
		if slices.ContainsFunc(deliveries, func(x belvedere.Delivery) bool { return !programs[x.Source] }) {
			return Loaded, nil
		}
	}
	return News, nil
}

// Sources that are no person who loads a file by hand: what the school tier counts, and the demonstration.
const (
	FromSchools       = "ecole"
	FromDemonstration = "demonstration"
)

// programs are the sources that deliver by themselves: vendors with a token, and schools.
func (s *Service) programs(ctx context.Context) (map[string]bool, error) {
	tokens, err := s.Registry.ListTokens(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{FromSchools: true, FromDemonstration: true}
	for _, t := range tokens {
		out[t.Vendor] = true
	}
	return out, nil
}

// readRegions reads the attributes by which tables group schools.
func (d *draft) readRegions(ctx context.Context) error {
	d.regions = map[belvedere.UAI]map[string]string{}
	for _, ds := range d.catalogue().Datasets {
		if ds.Kind != belvedere.Register {
			continue
		}
		cols := semantic.StageColumns(ds)
		err := d.Engine.Query(ctx, semantic.Records(d.dialect, ds, d.edition), func(row []any) error {
			number, _ := row[0].(int64)
			attributes := map[string]string{}
			for i, c := range cols {
				if v, ok := row[i].(string); ok && slices.Contains(groupings, c.Name) {
					attributes[c.Name] = v
				}
			}
			d.regions[belvedere.UAIFromNumber(int32(number))] = attributes
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// groupings are the attributes by which tables group schools.
var groupings = []string{"academie", "departement", "commune", "type", "secteur"}

// sheets makes the sheets that a release changes.
func (d *draft) sheets(ctx context.Context, number int) (map[registry.SheetName]*Sheet, error) {
	out := map[registry.SheetName]*Sheet{}
	for _, ds := range d.catalogue().Datasets {
		floors := d.floorsOf(ds)
		if len(floors) == 0 {
			continue
		}
		years, err := d.years(ctx, ds)
		if err != nil {
			return nil, err
		}
		for _, year := range years {
			sheet, err := d.sheet(ctx, ds, floors, year)
			if err != nil {
				return nil, err
			}
			out[registry.SheetName{Release: number, Dataset: ds.Name, Year: year}] = sheet
		}
	}
	return out, nil
}

// floorsOf are the protected parts of a dataset, in order.
func (d *draft) floorsOf(ds *belvedere.Dataset) []semantic.Floor {
	var out []semantic.Floor
	for f := range d.floors {
		if f.Dataset == ds.Name {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b semantic.Floor) int {
		if a.Measure != b.Measure {
			if a.Measure < b.Measure {
				return -1
			}
			return 1
		}
		if a.Apart < b.Apart {
			return -1
		}
		return 1
	})
	return out
}

// years are those of a dataset whose sheets must be made: with rows that entered or left since the
// last release, with counts that wait, or all of them.
func (d *draft) years(ctx context.Context, ds *belvedere.Dataset) ([]belvedere.SchoolYear, error) {
	after := 0
	if d.before != nil && !d.changed {
		after = d.before.Edition
	}
	var years []belvedere.SchoolYear
	err := d.Engine.Query(ctx, semantic.Years(d.dialect, ds, after, d.edition), func(row []any) error {
		if y, ok := row[0].(int64); ok {
			years = append(years, belvedere.SchoolYear(y))
		}
		return nil
	})
	if err != nil || d.before == nil {
		return years, err
	}
	for _, y := range d.before.Years(ds.Name) {
		if d.advance && !slices.Contains(years, y) {
			sheet, err := d.before.Sheet(ctx, ds.Name, y)
			if err != nil {
				return nil, err
			}
			if sheet.held() || d.changed {
				years = append(years, y)
			}
		}
	}
	slices.Sort(years)
	return years, nil
}
