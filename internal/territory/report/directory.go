package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/semantic"
	"belvedere/internal/words"
)

// A Directory is the register of schools at an edition.
type Directory struct {
	schools map[belvedere.UAI]*School
	ordered []*School           // by name
	values  map[string][]string // of the attributes that filters name, in the order of a form
	known   []belvedere.UAI     // sorted: every school with a record or with rows of any dataset
	edits   string              // hash of what people said over it, "" when there is none

	contests map[belvedere.UAI][]registry.Contest // that stand

	kinOnce sync.Once
	kin     *genealogy // see kinship
}

// A School of the register with its attributes as the declarations name them.
type School struct {
	UAI        belvedere.UAI
	Name       string
	Listed     bool // entered in the register; else only named by a data file
	Attributes map[string]string
	sortKey    string // folded name
	words      string // folded name, UAI and commune, for the search
	label      string // name with the commune, unless it names it
	line       belvedere.Key
}

// Attribute of the school, "" when it is absent.
func (s *School) Attribute(name string) string {
	if s == nil {
		return ""
	}
	return s.Attributes[name]
}

// Find gives a school, nil when the register does not know it.
func (d *Directory) Find(u belvedere.UAI) *School { return d.schools[u] }

// nameOf names a school by what is known of it, by its UAI at least.
func (d *Directory) nameOf(u belvedere.UAI) belvedere.Key {
	if s := d.schools[u]; s != nil {
		return belvedere.Key{Code: string(u), Label: s.Name}
	}
	return belvedere.Key{Code: string(u), Label: string(u)}
}

// Schools are all schools by name.
func (d *Directory) Schools() []*School { return d.ordered }

// Known are all schools with a record or with rows of any dataset, sorted.
func (d *Directory) Known() []belvedere.UAI { return d.known }

// Directory gives the register as of an edition, with what an administrator corrected since.
func (r *Reporter) Directory(ctx context.Context, edition int) (_ *Directory, err error) {
	defer belvedere.Wrap(&err, "Directory(%d)", edition)
	if held, ok := ctx.Value(heldKey{}).(heldEdition); ok && held.edition.Number == edition && held.directory != nil {
		return held.directory, nil
	}
	r.mu.Lock()
	d := r.register[edition]
	r.mu.Unlock()
	if d == nil {
		d = &Directory{schools: map[belvedere.UAI]*School{}}
		if edition > 0 {
			if err := errors.Join(r.readDirectory(ctx, edition, d), r.readKnown(ctx, edition, d)); err != nil {
				return nil, err
			}
		}
		r.mu.Lock()
		if len(r.register) > 8 { // past editions asked one after the other
			clear(r.register)
			clear(r.edited)
		}
		r.register[edition] = d
		r.mu.Unlock()
	}
	return r.corrected(ctx, edition, d)
}

func (r *Reporter) readDirectory(ctx context.Context, edition int, d *Directory) error {
	var register *belvedere.Dataset
	for _, ds := range r.model.Datasets {
		if ds.Kind == belvedere.Register {
			register = ds
		}
	}
	if register == nil {
		return nil
	}
	cols := semantic.StageColumns(register)
	err := r.engine.Query(ctx, semantic.Records(r.dialect, register, edition), func(row []any) error {
		number, _ := row[0].(int64)
		s := &School{UAI: belvedere.UAIFromNumber(int32(number)), Attributes: map[string]string{}}
		for i, c := range cols[1:] {
			if v := row[i+1]; v != nil {
				s.Attributes[c.Name] = text(v)
			}
		}
		s.Listed, _ = row[len(cols)].(bool)
		s.Name = s.Attributes["nom"]
		if s.Name == "" {
			s.Name = string(s.UAI)
		}
		s.index()
		d.schools[s.UAI] = s
		d.ordered = append(d.ordered, s)
		return nil
	})
	sort.Slice(d.ordered, func(i, j int) bool {
		a, b := d.ordered[i], d.ordered[j]
		if a.sortKey != b.sortKey {
			return a.sortKey < b.sortKey
		}
		return a.UAI < b.UAI
	})
	d.collect()
	return err
}

// readKnown lists every school with a record or with rows at an edition. One that had rows and
// were missing here would show in the sums of the whole territory without having agreed.
func (r *Reporter) readKnown(ctx context.Context, edition int, d *Directory) error {
	d.known = []belvedere.UAI{}
	err := r.engine.Query(ctx, semantic.Known(r.dialect, edition), func(row []any) error {
		number, _ := row[0].(int64)
		d.known = append(d.known, belvedere.UAIFromNumber(int32(number)))
		return nil
	})
	slices.Sort(d.known)
	return err
}

// index keeps what every page and search would fold again.
func (s *School) index() {
	town := s.Attribute("commune")
	s.sortKey = words.Fold(s.Name)
	s.words = s.sortKey + " " + words.Fold(string(s.UAI)+" "+town)
	s.label = s.Name
	if town != "" && !strings.Contains(s.sortKey, words.Fold(town)) {
		s.label += ", " + town
	}
	s.line = belvedere.Key{Code: string(s.UAI), Label: s.Name}
	for _, name := range []string{"commune", "codes_postaux", "type", "secteur", "latitude", "longitude"} {
		if v := s.Attribute(name); v != "" {
			s.line.Detail = append(s.line.Detail, belvedere.Attribute{Name: name, Value: v})
		}
	}
	s.line.Detail = slices.Clip(s.line.Detail)
}

// collect lists the values of the attributes that filters name.
func (d *Directory) collect() {
	d.values = map[string][]string{}
	for _, name := range attributeDims {
		folded := map[string]string{}
		for _, s := range d.ordered {
			if v := s.Attribute(name); v != "" {
				if _, seen := folded[v]; !seen {
					folded[v] = words.Fold(v)
					d.values[name] = append(d.values[name], v)
				}
			}
		}
		slices.SortFunc(d.values[name], func(x, y string) int { return cmp.Or(cmp.Compare(folded[x], folded[y]), cmp.Compare(x, y)) })
	}
}

// text writes an attribute as the register holds it.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strings.TrimSuffix(fmt.Sprintf("%g", v), ".0")
	}
	return fmt.Sprint(v)
}

// openDuring tells whether a school is open on the last day of a period.
func openDuring(s *School, p belvedere.Period) bool {
	if s == nil {
		return true
	}
	last := p.To.AddDate(0, 0, -1)
	if v := s.Attribute("fermeture"); v != "" {
		if d, err := belvedere.ParseDate(v); err == nil && !d.After(last) {
			return false
		}
	}
	if v := s.Attribute("ouverture"); v != "" {
		if d, err := belvedere.ParseDate(v); err == nil && d.After(last) {
			return false
		}
	}
	return true
}
