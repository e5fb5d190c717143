package diffusion

import (
	"context"
	"maps"
	"slices"

	"belvedere"
	"belvedere/internal/territory/release"
	"belvedere/internal/territory/semantic"
)

// A Preview is what rules would hide: how many figures of all tables, over the newest school year of
// each dataset. It is computed from the counts of the newest edition alone, as if nothing had been
// shown before; what was once hidden stays hidden besides.
type Preview struct {
	Edition int           `json:"edition"` // 0: nothing is published
	Lines   []PreviewLine `json:"mesures"`
	Total   Effect        `json:"total"`
}

// A PreviewLine is one protected measure.
type PreviewLine struct {
	Dataset    string               `json:"jeu"`
	Measure    string               `json:"mesure"`
	Apart      string               `json:"part,omitempty"` // code of the dimensions whose members stand apart
	Label      string               `json:"libelle"`
	Year       belvedere.SchoolYear `json:"annee"`
	Indicators []string             `json:"indicateurs"` // whose classes protect it
	Floor      float64              `json:"seuil"`       // by the rules of today, 0 for none
	Next       float64              `json:"seuil_propose"`
	Effect
}

// An Effect counts figures: all of them, and those that rules hide.
type Effect struct {
	Cells   int            `json:"cellules"`
	Today   int            `json:"masquees"`
	Then    int            `json:"masquees_ensuite"`
	Classes map[string]int `json:"par_classe"` // by class, with its proposed floor
}

func (e *Effect) add(o Effect) {
	e.Cells, e.Today, e.Then = e.Cells+o.Cells, e.Today+o.Today, e.Then+o.Then
	if e.Classes == nil {
		e.Classes = map[string]int{}
	}
	for class, n := range o.Classes {
		e.Classes[class] += n
	}
}

// Of adds the lines of an indicator.
func (p *Preview) Of(code string) Effect {
	var out Effect
	for _, l := range p.Lines {
		if slices.Contains(l.Indicators, code) {
			out.add(l.Effect)
		}
	}
	return out
}

// previews keeps what was counted of an edition, by measure and floor: rules that are tried one after
// the other count the changed floors only. One preview is made at a time, and goes on when who asked
// does not wait for its end: asked again, it is there.
type previews struct {
	turn    chan struct{}
	edition int
	cubes   map[string]*datasetCubes
	counts  map[previewKey]release.Count
}

type previewKey struct {
	of    semantic.Floor
	floor float64
}

// Preview says what rules would hide beside those of today.
func (s *Service) Preview(ctx context.Context, r Rules) (*Preview, error) {
	if _, err := s.follow(ctx); err != nil {
		return nil, err
	}
	if err := r.Check(s.catalogue()); err != nil {
		return nil, err
	}
	if s.Engine == nil {
		return nil, errHeld()
	}
	today, err := s.Rules(ctx)
	if err != nil {
		return nil, err
	}
	edition, err := s.newest(ctx)
	if err != nil || edition == 0 {
		return &Preview{}, err
	}
	w := &previewer{Service: s, edition: edition, today: today.floors(s.catalogue()), then: r.floors(s.catalogue()), next: r}
	return w.inTurn(ctx)
}

// inTurn makes the preview as soon as no other is being made, and waits for it as long as the context lasts.
func (w *previewer) inTurn(ctx context.Context) (*Preview, error) {
	late := belvedere.Errorf(belvedere.Unavailable, "Compter ce que ces règles masqueraient est long\u00a0: le calcul continue. Redemandez-le dans un instant.")
	select {
	case w.previews.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, late
	}
	type answer struct {
		preview *Preview
		err     error
	}
	done := make(chan answer, 1)
	go func() {
		defer func() { <-w.previews.turn }()
		if p := &w.previews; p.edition != w.edition {
			p.edition, p.cubes, p.counts = w.edition, map[string]*datasetCubes{}, map[previewKey]release.Count{}
		}
		p, err := w.preview(context.WithoutCancel(ctx))
		done <- answer{p, err}
	}()
	select {
	case a := <-done:
		return a.preview, a.err
	case <-ctx.Done():
		return nil, late
	}
}

// errHeld is the answer where another process holds the warehouse.
func errHeld() error {
	return belvedere.Errorf(belvedere.Unavailable, "Le serveur tient l’entrepôt\u00a0: faites-le sur sa page «\u00a0Secret statistique\u00a0», ou arrêtez-le d’abord.")
}

// A previewer makes one preview.
type previewer struct {
	*Service
	edition     int
	today, then map[semantic.Floor]float64
	next        Rules
}

func (w *previewer) preview(ctx context.Context) (*Preview, error) {
	both := maps.Clone(w.today)
	maps.Copy(both, w.then)
	d := &draft{Service: w.Service, edition: w.edition, floors: both}
	users := w.users(both)
	out := &Preview{Edition: w.edition, Total: Effect{Classes: map[string]int{}}}
	for _, ds := range w.catalogue().Datasets {
		floors := d.floorsOf(ds)
		if len(floors) == 0 {
			continue
		}
		for _, f := range floors {
			line, err := w.line(ctx, d, ds, f)
			if err != nil {
				return nil, err
			}
			if line == nil {
				continue
			}
			line.Indicators = users[f]
			out.Lines = append(out.Lines, *line)
			out.Total.add(line.Effect)
		}
	}
	return out, nil
}

// users are the indicators that protect each measure, by the rules of today or the proposed ones.
func (w *previewer) users(both map[semantic.Floor]float64) map[semantic.Floor][]string {
	out := map[semantic.Floor][]string{}
	for _, ind := range w.catalogue().Indicators {
		own := semantic.Floors(w.catalogue(), func(i *belvedere.Indicator) float64 {
			if i == ind {
				return 1
			}
			return 0
		})
		for f := range own {
			if both[f] > 0 {
				out[f] = append(out[f], ind.Code)
			}
		}
	}
	return out
}

// line counts one measure; nil when it has no data.
func (w *previewer) line(ctx context.Context, d *draft, ds *belvedere.Dataset, f semantic.Floor) (*PreviewLine, error) {
	line := &PreviewLine{Dataset: f.Dataset, Measure: f.Measure, Apart: f.Apart, Label: labelOf(ds, f), Floor: w.today[f], Next: w.then[f]}
	line.Classes = map[string]int{}
	count := func(floor float64) (release.Count, error) {
		c, err := w.count(ctx, d, ds, f, floor)
		line.Cells = c.Cells
		return c, err
	}
	c, err := count(line.Floor)
	if err != nil || c.Cells == 0 {
		return nil, err
	}
	line.Today = c.Hidden
	if c, err = count(line.Next); err != nil {
		return nil, err
	}
	line.Then = c.Hidden
	for _, class := range Classes[1:] {
		if c, err = count(w.next.floorOf(class)); err != nil {
			return nil, err
		}
		line.Classes[class] = c.Hidden
	}
	line.Year = w.previews.cubes[ds.Name].year
	return line, nil
}

// count counts what a floor hides of a measure, or gives what was counted before.
func (w *previewer) count(ctx context.Context, d *draft, ds *belvedere.Dataset, f semantic.Floor, floor float64) (release.Count, error) {
	key := previewKey{f, floor}
	if c, ok := w.previews.counts[key]; ok {
		return c, nil
	}
	cubes := w.previews.cubes[ds.Name]
	if cubes == nil || cubes.of[f] == nil {
		var err error
		if cubes, err = d.cubes(ctx, ds); err != nil {
			return release.Count{}, err
		}
		w.previews.cubes[ds.Name] = cubes
	}
	cube := cubes.of[f]
	c := cube.Count(release.Protect(cube, rule(floor), nil, nil))
	w.previews.counts[key] = c
	return c, nil
}

// datasetCubes are the protected measures of a dataset over its newest school year with data.
type datasetCubes struct {
	year belvedere.SchoolYear
	of   map[semantic.Floor]*release.Cube
}

// cubes reads them as of the edition of a draft, as if nothing had been shown before.
func (d *draft) cubes(ctx context.Context, ds *belvedere.Dataset) (*datasetCubes, error) {
	floors := d.floorsOf(ds)
	years, err := (&draft{Service: d.Service, edition: d.edition}).years(ctx, ds)
	if err != nil {
		return nil, err
	}
	if d.regions == nil {
		if err := d.readRegions(ctx); err != nil {
			return nil, err
		}
	}
	out := &datasetCubes{of: map[semantic.Floor]*release.Cube{}}
	for _, year := range slices.Backward(years) {
		r := newReader(ds, axesOf(ds, nil), floors)
		now, err := d.read(ctx, r, year, d.edition)
		if err != nil {
			return nil, err
		}
		d.group(&r.axes[0])
		c := &change{draft: d, ds: ds, floors: floors, now: now, axes: r.axes}
		holds := false
		for _, f := range floors {
			out.of[f] = c.cube(f, now.cells)
			holds = holds || len(out.of[f].Cells) > 0
		}
		if out.year = year; holds {
			return out, nil
		}
	}
	for _, f := range floors {
		if out.of[f] == nil {
			out.of[f] = &release.Cube{Axes: axesOf(ds, nil)}
		}
	}
	return out, nil
}

// labelOf names a measure for people: "Effectifs d’élèves, internes".
func labelOf(ds *belvedere.Dataset, f semantic.Floor) string {
	label := ds.Label
	if m := ds.Measure(f.Measure); m != nil && m.Label != "" {
		label += ", " + m.Label
	}
	if f.Apart == "" {
		return label
	}
	for i := range ds.Dimensions {
		dim := &ds.Dimensions[i]
		if dim.Apart && dim.List != nil {
			if code := dim.List.Find(f.Apart); code != nil {
				return label + " (" + code.Label + ")"
			}
		}
	}
	return label + " (" + f.Apart + ")"
}
