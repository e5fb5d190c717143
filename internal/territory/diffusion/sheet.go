package diffusion

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/territory/release"
	"belvedere/internal/territory/semantic"
)

// A Sheet is what a release decided of one dataset over one school year.
type Sheet struct {
	// Axes are the school (by UAI), the time (a month 2025-11, "" for a whole year, "mois 2025-11-01"
	// for distinct persons), and the dimensions of the dataset.
	Axes []release.Axis
	// Days are, by school and by time, the day of the observation that counts, in days since 1970; 0
	// for none. Flows have none.
	Days [][]int32
	// Masks are by measure, and by the code of the dimensions that stand apart: "eleves@absence".
	Masks map[string]*release.Mask
	// Known are, by mask, the schools that have a count.
	Known map[string][]bool
	// Past are the counts that readers were shown before those that replaced them.
	Past []Past
	// Waits are the slices that were never shown and wait for others: alone, their small numbers could
	// only be protected by hiding totals of the territory.
	Waits []slice
}

// A Past is the counts of one slice under one mask that others replaced.
type Past struct {
	Slice  slice
	Mask   string
	Counts []release.Delta // Add is the count
}

// maskKey names a mask.
func maskKey(f semantic.Floor) string {
	if f.Apart == "" {
		return f.Measure
	}
	return f.Measure + "@" + f.Apart
}

// Of gives the masks of a measure, by the code of the dimensions that stand apart.
func (s *Sheet) Of(measure string) map[string]*release.Mask {
	out := map[string]*release.Mask{}
	for key, m := range s.Masks {
		name, apart, _ := strings.Cut(key, "@")
		if name == measure {
			out[apart] = m
		}
	}
	return out
}

// held tells whether the sheet shows counts that have changed since.
func (s *Sheet) held() bool {
	if len(s.Waits) > 0 {
		return true
	}
	for _, m := range s.Masks {
		if len(m.Held) > 0 {
			return true
		}
	}
	return false
}

// encode writes a sheet for the registry.
func (s *Sheet) encode() (string, error) {
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return "", err
	}
	if err := json.NewEncoder(z).Encode(s); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(buf.Bytes()), nil
}

// decode reads what encode wrote.
func decode(text string) (*Sheet, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("diffusion: sheet: %w", err)
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("diffusion: sheet: %w", err)
	}
	s := &Sheet{}
	if err := json.NewDecoder(io.LimitReader(z, 1<<30)).Decode(s); err != nil {
		return nil, fmt.Errorf("diffusion: sheet: %w", err)
	}
	for _, m := range s.Masks {
		m.Axes = s.Axes
	}
	return s, nil
}

// axesOf are the axes of a dataset, with the codes of a sheet before: what was hidden there keeps its
// place.
func axesOf(d *belvedere.Dataset, before *Sheet) []release.Axis {
	axes := []release.Axis{
		{Name: "etablissement", Sum: true},
		{Name: "temps", Sum: d.Kind == belvedere.Flow},
	}
	for i := range d.Dimensions {
		dim := &d.Dimensions[i]
		a := release.Axis{Name: dim.Name, Sum: !dim.Apart && d.Kind != belvedere.Distinct}
		if dim.List != nil {
			g := release.Grouping{Name: "groupe"}
			groups := []string{}
			for _, c := range dim.List.All() {
				a.Codes = append(a.Codes, c.Code)
				g.Of = append(g.Of, place(&groups, c.Group))
			}
			a.Codes, g.Of = append(a.Codes, ""), append(g.Of, -1)
			if len(groups) > 1 && a.Sum {
				a.Groups = []release.Grouping{g}
			}
		}
		axes = append(axes, a)
	}
	if before != nil {
		for i := range axes {
			for _, code := range before.Axes[i].Codes {
				if !slices.Contains(axes[i].Codes, code) {
					axes[i].Codes = append(axes[i].Codes, code)
				}
			}
		}
	}
	return axes
}

// place numbers a group by its first appearance; -1 for none.
func place(groups *[]string, name string) int32 {
	if name == "" {
		return -1
	}
	if at := slices.Index(*groups, name); at >= 0 {
		return int32(at)
	}
	*groups = append(*groups, name)
	return int32(len(*groups) - 1)
}
