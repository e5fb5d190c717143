package diffusion

import (
	"cmp"
	"context"
	"math"
	"runtime"
	"slices"
	"sync"

	"belvedere"
	"belvedere/internal/territory/release"
	"belvedere/internal/territory/semantic"
)

// sheet decides what may be shown of a dataset over a school year.
func (d *draft) sheet(ctx context.Context, ds *belvedere.Dataset, floors []semantic.Floor, year belvedere.SchoolYear) (*Sheet, error) {
	var was *Sheet
	if d.before != nil {
		var err error
		if was, err = d.before.Sheet(ctx, ds.Name, year); err != nil {
			return nil, err
		}
	}
	r := newReader(ds, axesOf(ds, was), floors)
	now, err := d.read(ctx, r, year, d.edition)
	if err != nil {
		return nil, err
	}
	c := &change{draft: d, ds: ds, floors: floors, was: was, now: now}
	if was != nil {
		if c.shown, err = d.read(ctx, r, year, d.before.Edition); err != nil {
			return nil, err
		}
		c.shown.restore(was)
	}
	d.group(&r.axes[0])
	c.axes = r.axes
	c.compare()
	return c.result(), nil
}

// group adds the groupings of schools that tables show; one that has a single group, or no group of
// two, shows nothing more than the whole or the schools.
func (d *draft) group(schools *release.Axis) {
	schools.Groups = nil
	for _, name := range groupings {
		g := release.Grouping{Name: name, Of: make([]int32, len(schools.Codes))}
		var groups []string
		sizes := map[int32]int{}
		for i, uai := range schools.Codes {
			g.Of[i] = place(&groups, d.regions[belvedere.UAI(uai)][name])
			sizes[g.Of[i]]++
		}
		most := 0
		for of, n := range sizes {
			if of >= 0 {
				most = max(most, n)
			}
		}
		if len(groups) > 1 && most > 1 || len(sizes) > len(groups) && len(groups) > 0 {
			schools.Groups = append(schools.Groups, g)
		}
	}
}

// A change is the passage from what readers were shown to what the edition holds.
type change struct {
	*draft
	ds     *belvedere.Dataset
	floors []semantic.Floor
	axes   []release.Axis
	was    *Sheet
	shown  *content // nil when nothing was
	now    *content
	moved  map[string]map[slice]map[release.Coord]float64 // what differs, by mask
	fresh  map[slice]bool                                 // never shown before
	taken  map[slice]bool                                 // shown before, and replaced
	held   map[slice]bool                                 // shown before, and not replaced although it has changed
	waits  map[slice]bool                                 // never shown, and not yet
}

// compare sorts the slices.
func (c *change) compare() {
	c.fresh, c.taken, c.held, c.waits = map[slice]bool{}, map[slice]bool{}, map[slice]bool{}, map[slice]bool{}
	if c.shown == nil {
		return
	}
	c.subtract()
	before, after := slicesOf(c.shown), slicesOf(c.now)
	for s := range after {
		switch {
		case !before[s]:
			c.fresh[s] = true
		case !c.differs(s):
		case c.advance && !c.singles(s):
			c.taken[s] = true
		default:
			c.held[s] = true
		}
	}
	// What a school withdraws leaves at once: consent does not wait for a calendar.
}

func slicesOf(c *content) map[slice]bool {
	out := map[slice]bool{}
	for _, cells := range c.cells {
		for at := range cells {
			out[sliceOf(at)] = true
		}
	}
	return out
}

// subtract works out what differs, cell by cell.
func (c *change) subtract() {
	c.moved = map[string]map[slice]map[release.Coord]float64{}
	for key, now := range c.now.cells {
		moved := map[slice]map[release.Coord]float64{}
		note := func(at release.Coord, by float64) {
			if by == 0 {
				return
			}
			s := sliceOf(at)
			if moved[s] == nil {
				moved[s] = map[release.Coord]float64{}
			}
			moved[s][at] = by
		}
		shown := c.shown.cells[key]
		for at, v := range now {
			note(at, v-shown[at])
		}
		for at, v := range shown {
			if _, still := now[at]; !still {
				note(at, -v)
			}
		}
		c.moved[key] = moved
	}
}

func (c *change) differs(s slice) bool {
	for _, moved := range c.moved {
		if len(moved[s]) > 0 {
			return true
		}
	}
	return false
}

// singles tells whether the passage of a slice would single persons out: some figure of the school,
// shown or not, would differ by less than the floor from what it was at a release before. A hidden one
// counts too, since a total may show its move.
func (c *change) singles(s slice) bool {
	for _, f := range c.floors {
		key := maskKey(f)
		cube := &release.Cube{Axes: c.axes, Cells: c.moved[key][s]}
		if cube.Moves(c.draft.floors[f]) {
			return true
		}
		for _, past := range c.was.Past {
			if past.Slice != s || past.Mask != key {
				continue
			}
			cube.Cells = c.since(key, past)
			if cube.Moves(c.draft.floors[f]) {
				return true
			}
		}
	}
	return false
}

// since is what differs from the counts of a slice at a release before.
func (c *change) since(key string, past Past) map[release.Coord]float64 {
	out := map[release.Coord]float64{}
	for at, v := range c.now.cells[key] {
		if sliceOf(at) == past.Slice {
			out[at] = v
		}
	}
	for _, was := range past.Counts {
		out[was.At] -= was.Add
	}
	return out
}

// result protects what readers will be shown. What replaces counts shown before may hide nothing new:
// who saw a count, and sees it hidden later while it has not changed, would read another from it. A
// slice that would need that is held, and all is done again without it.
func (c *change) result() *Sheet {
	for {
		out, unsafe := c.attempt()
		if len(unsafe) == 0 {
			c.remember(out)
			return out
		}
		for s := range unsafe {
			if c.fresh[s] {
				delete(c.fresh, s)
				c.waits[s] = true
				continue
			}
			delete(c.taken, s)
			c.held[s] = true
		}
	}
}

// remember keeps the counts that the taken slices replace: what was shown stays known.
func (c *change) remember(out *Sheet) {
	if c.was == nil {
		return
	}
	out.Past = slices.Clone(c.was.Past)
	for s := range c.waits {
		out.Waits = append(out.Waits, s)
	}
	slices.SortFunc(out.Waits, func(a, b slice) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	for s := range c.taken {
		for key, cells := range c.shown.cells {
			past := Past{Slice: s, Mask: key}
			for at, v := range cells {
				if sliceOf(at) == s {
					past.Counts = append(past.Counts, release.Delta{At: at, Add: v})
				}
			}
			release.Sort(past.Counts)
			out.Past = append(out.Past, past)
		}
	}
	slices.SortStableFunc(out.Past[len(c.was.Past):], func(a, b Past) int {
		return cmp.Or(cmp.Compare(a.Slice[0], b.Slice[0]), cmp.Compare(a.Slice[1], b.Slice[1]), cmp.Compare(a.Mask, b.Mask))
	})
}

// attempt protects what readers would be shown, and names the slices that may not enter: taken ones that
// would hide anew, and news that no other school balances.
func (c *change) attempt() (*Sheet, map[slice]bool) {
	unsafe := map[slice]bool{}
	out := &Sheet{Axes: c.axes, Masks: map[string]*release.Mask{}, Known: map[string][]bool{}}
	if c.ds.Kind == belvedere.Stock {
		out.Days = c.days()
	}
	shown := map[string]map[release.Coord]float64{}
	for _, f := range c.floors {
		key := maskKey(f)
		m := &release.Mask{Axes: c.axes, Floor: c.draft.floors[f]}
		shown[key] = c.visible(key, m)
		out.Masks[key] = m
		out.Known[key] = make([]bool, len(c.axes[0].Codes))
		for at := range c.now.cells[key] {
			out.Known[key][at[0]] = true
		}
	}
	var work sync.WaitGroup
	var lock sync.Mutex
	room := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, f := range c.floors {
		work.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			c.mask(f, shown, out, func(s slice) {
				lock.Lock()
				unsafe[s] = true
				lock.Unlock()
			})
		})
	}
	work.Wait()
	return out, unsafe
}

// mask finds the moves of one mask, and refuses the slices that may not enter.
func (c *change) mask(f semantic.Floor, shown map[string]map[release.Coord]float64, out *Sheet, refuse func(slice)) {
	key := maskKey(f)
	m := out.Masks[key]
	cube := c.cube(f, shown)
	var kept []release.Move
	fresh := func(at release.Coord) bool { return c.fresh[sliceOf(at)] }
	if c.was != nil && c.was.Masks[key] != nil {
		kept = c.was.Masks[key].Moves
	}
	if c.was == nil || c.was.Masks[key] == nil || c.was.Masks[key].Floor < m.Floor {
		fresh = nil // nothing was protected so far: what was told cannot be taken back
	}
	m.Moves = release.Protect(cube, rule(m.Floor), kept, fresh)
	if fresh == nil {
		return
	}
	for _, move := range m.Moves[len(kept):] {
		alone := c.news && !move.Flips(0)
		move.Each(func(at release.Coord, _ float64) {
			if s := sliceOf(at); c.taken[s] || alone && c.fresh[s] {
				refuse(s)
			}
		})
	}
}

// visible gives the counts that readers will see, and notes what is held.
func (c *change) visible(key string, m *release.Mask) map[release.Coord]float64 {
	out := map[release.Coord]float64{}
	for at, v := range c.now.cells[key] {
		out[at] = v
	}
	for s := range c.held {
		for at, v := range c.moved[key][s] {
			out[at] -= v
			m.Held = append(m.Held, release.Delta{At: at, Add: -v})
		}
	}
	for s := range c.waits {
		for at, v := range c.moved[key][s] {
			delete(out, at)
			m.Held = append(m.Held, release.Delta{At: at, Add: -v})
		}
	}
	release.Sort(m.Held)
	return out
}

// cube is the measure of a mask with what readers know of its cells: a part is at most its whole, and
// a whole at least each of its parts.
func (c *change) cube(f semantic.Floor, shown map[string]map[release.Coord]float64) *release.Cube {
	cube := &release.Cube{Axes: c.axes, Cells: shown[maskKey(f)]}
	counts := func(measure string) map[release.Coord]float64 {
		if cells := shown[maskKey(semantic.Floor{Measure: measure, Apart: f.Apart})]; cells != nil {
			return cells
		}
		return c.now.all[measure]
	}
	c.both(cube, maskKey(f))
	measure := c.ds.Measure(f.Measure)
	if measure.Part != "" {
		cube.Whole = map[release.Coord]float64{}
		for at, v := range counts(measure.Part) {
			if _, ok := cube.Cells[at]; ok {
				cube.Whole[at] = v
			}
		}
		cube.High = cube.Whole
	}
	for _, part := range c.ds.Measures {
		if part.Part != f.Measure {
			continue
		}
		for at, v := range counts(part.Name) {
			if v >= c.draft.floors[f] { // a smaller part is hidden itself
				cube.Low[at] = max(cube.Low[at], math.Min(v, cube.Cells[at]))
			}
		}
	}
	return cube
}

// both bounds the cells of taken slices by what they were too: a world that moves a cell moves it in the
// figures shown before and in those shown now, by as many.
func (c *change) both(cube *release.Cube, key string) {
	cube.Low = map[release.Coord]float64{}
	if c.shown == nil {
		return
	}
	for at, was := range c.shown.cells[key] {
		if now := cube.Cells[at]; c.taken[sliceOf(at)] && now > was {
			cube.Low[at] = now - math.Max(was-1, 0)
		}
	}
}

// days are the days of the observations, by school and time.
func (c *change) days() [][]int32 {
	out := make([][]int32, len(c.axes[0].Codes))
	for i := range out {
		out[i] = make([]int32, len(c.axes[1].Codes))
	}
	for s, day := range c.now.days {
		out[s[0]][s[1]] = day
	}
	return out
}
