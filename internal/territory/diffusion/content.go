package diffusion

import (
	"context"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/territory/release"
	"belvedere/internal/territory/semantic"
)

// content is the counts of a dataset over a school year, as of an edition: by mask and base cell.
type content struct {
	cells map[string]map[release.Coord]float64
	all   map[string]map[release.Coord]float64 // by measure, over all codes: wholes and parts
	days  map[[2]int32]int32                   // of observations, by school and time
}

// A slice of time of a school: what a delivery replaces.
type slice [2]int32

func sliceOf(c release.Coord) slice { return slice{c[0], c[1]} }

// A reader turns rows of a cube into content; codes that it has not seen are added to its axes.
type reader struct {
	d      *belvedere.Dataset
	axes   []release.Axis
	places []map[string]int32 // by axis
	floors []semantic.Floor   // of the dataset
}

func newReader(d *belvedere.Dataset, axes []release.Axis, floors []semantic.Floor) *reader {
	r := &reader{d: d, axes: axes, floors: floors}
	for _, a := range axes {
		m := map[string]int32{}
		for i, code := range a.Codes {
			m[code] = int32(i)
		}
		r.places = append(r.places, m)
	}
	return r
}

// read reads the content as of an edition.
func (s *Service) read(ctx context.Context, r *reader, year belvedere.SchoolYear, edition int) (*content, error) {
	c := &content{cells: map[string]map[release.Coord]float64{}, all: map[string]map[release.Coord]float64{}, days: map[[2]int32]int32{}}
	for _, f := range r.floors {
		c.cells[maskKey(f)] = map[release.Coord]float64{}
	}
	for _, m := range r.d.Measures {
		c.all[m.Name] = map[release.Coord]float64{}
	}
	err := s.Engine.Query(ctx, semantic.Cube(s.dialect, r.d, year, edition), func(row []any) error {
		r.row(c, row)
		return nil
	})
	return c, err
}

// row takes one row of a cube.
func (r *reader) row(c *content, row []any) {
	number, _ := row[0].(int64)
	var at release.Coord
	at[0] = r.at(0, string(belvedere.UAIFromNumber(int32(number))))
	code, day := r.when(row[1])
	at[1] = r.at(1, code)
	if day != 0 {
		c.days[sliceOf(at)] = day
	}
	var apart []string
	for i := range r.d.Dimensions {
		code, _ := row[2+i].(string)
		at[2+i] = r.at(2+i, code)
		if r.d.Dimensions[i].Apart {
			apart = append(apart, code)
		}
	}
	part := strings.Join(apart, ";")
	for i, m := range r.d.Measures {
		v, ok := row[2+len(r.d.Dimensions)+i].(float64)
		if !ok {
			continue
		}
		c.all[m.Name][at] += v
		if cells := c.cells[maskKey(semantic.Floor{Measure: m.Name, Apart: part})]; cells != nil {
			cells[at] += v
		}
	}
}

// when is the code of a time on its axis, and the day of the observation of a stock.
func (r *reader) when(v any) (string, int32) {
	switch v := v.(type) {
	case string:
		return v, 0
	case time.Time:
		switch {
		case r.d.Kind == belvedere.Flow:
			return v.Format("2006-01"), 0
		case r.d.Dated:
			return v.Format("2006-01"), dayNumber(v)
		}
		return "", dayNumber(v)
	}
	return "", 0
}

// dayNumber counts the days since 1970.
func dayNumber(t time.Time) int32 { return int32(t.Unix() / 86400) }

func (r *reader) at(axis int, code string) int32 {
	p, ok := r.places[axis][code]
	if !ok {
		p = int32(len(r.axes[axis].Codes))
		r.axes[axis].Codes = append(r.axes[axis].Codes, code)
		r.places[axis][code] = p
	}
	return p
}

// restore adds what a sheet held, so that the content is what readers were shown.
func (c *content) restore(s *Sheet) {
	for key, m := range s.Masks {
		cells := c.cells[key]
		if cells == nil {
			continue
		}
		for _, d := range m.Held {
			cells[d.At] += d.Add
		}
		for at := range cells {
			if slices.Contains(s.Waits, sliceOf(at)) {
				delete(cells, at)
			}
		}
	}
}
