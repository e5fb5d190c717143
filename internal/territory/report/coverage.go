package report

import (
	"context"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// coverage is what was received of one dataset over a period.
type coverage struct {
	schools  map[belvedere.UAI]received
	types    map[string]bool // types of school of which at least one delivered
	expected int             // months that at least half of the delivering schools delivered
	upTo     time.Time       // last day received from anyone
}

// received is what one school delivered.
type received struct {
	months int // of the expected ones
	last   time.Time
}

type coverKey struct {
	edition  int
	dataset  string
	from, to time.Time
}

// span is the first and last day with data of an edition.
type span struct{ first, last time.Time }

// coverageOf reads the coverage of a dataset over a period. A stock counts from the start of
// the school year, because its last observation stands for the period.
func (r *Reporter) coverageOf(ctx context.Context, edition int, dataset string, p belvedere.Period) (_ *coverage, err error) {
	defer belvedere.Wrap(&err, "coverageOf(%s)", dataset)
	d := r.model.Dataset(dataset)
	from, to := p.From, p.To
	if d.Kind == belvedere.Stock {
		from = belvedere.SchoolYearOf(from).First()
	}
	key := coverKey{edition, dataset, from, to}
	if c, ok := r.cover.get(key); ok {
		return c, nil
	}
	directory, err := r.Directory(ctx, edition)
	if err != nil {
		return nil, err
	}
	c := &coverage{schools: map[belvedere.UAI]received{}, types: map[string]bool{}}
	flow := d.Kind == belvedere.Flow && d.Time != belvedere.ByYear
	err = r.engine.Query(ctx, semantic.Coverage(r.dialect, d, edition, from, to, flow), func(row []any) error {
		number, _ := row[0].(int64)
		u := belvedere.UAIFromNumber(int32(number))
		months, _ := row[1].(int64)
		last, _ := row[2].(time.Time)
		expected, _ := row[3].(int64)
		c.schools[u] = received{int(months), last}
		c.expected = int(expected)
		if last.After(c.upTo) {
			c.upTo = last
		}
		if s := directory.Find(u); s != nil {
			c.types[s.Attribute("type")] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if !flow {
		c.expected = 0
	}
	r.cover.put(key, c, keySize*len(c.schools))
	return c, nil
}

// late tells whether a school delivered fewer months than expected.
func (c *coverage) late(u belvedere.UAI) bool {
	got, ok := c.schools[u]
	return ok && got.months < c.expected
}

// expects tells whether something is awaited from a school: it is open, and schools of its
// type deliver this dataset in the period.
func (c *coverage) expects(s *School, p belvedere.Period) bool {
	return s != nil && s.Listed && c.types[s.Attribute("type")] && openDuring(s, p)
}

// spansOf gives, for each dataset, its first month and last day with data as of an edition.
func (r *Reporter) spansOf(ctx context.Context, edition int) (_ map[string]span, err error) {
	defer belvedere.Wrap(&err, "spansOf(%d)", edition)
	r.mu.Lock()
	s, ok := r.spans[edition]
	r.mu.Unlock()
	if ok {
		return s, nil
	}
	s = map[string]span{}
	if edition > 0 {
		err = r.engine.Query(ctx, semantic.Spans(r.dialect, edition), func(row []any) error {
			name, _ := row[0].(string)
			first, _ := row[1].(time.Time)
			last, _ := row[2].(time.Time)
			s[name] = span{first, last}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	r.mu.Lock()
	r.spans[edition] = s
	r.mu.Unlock()
	return s, nil
}

// summary counts the coverage of a dataset over the schools that a query may see.
func (r *Reporter) summary(ctx context.Context, edition int, dataset string, q belvedere.Query, scope belvedere.Scope) (belvedere.Coverage, error) {
	var out belvedere.Coverage
	if dataset == "" || edition == 0 {
		return out, nil
	}
	c, err := r.coverageOf(ctx, edition, dataset, q.Period)
	if err != nil {
		return out, err
	}
	directory, err := r.Directory(ctx, edition)
	if err != nil {
		return out, err
	}
	for u, got := range c.schools {
		s := directory.Find(u)
		if !visible(u, s, scope, q.Where) {
			continue
		}
		out.Received++
		if got.last.After(out.UpTo) {
			out.UpTo = got.last
		}
		if s == nil || !s.Listed {
			out.Unlisted = append(out.Unlisted, u)
		}
	}
	slices.Sort(out.Unlisted) // the same question gets the same bytes
	out.Expected = out.Received
	for _, s := range directory.ordered {
		if _, has := c.schools[s.UAI]; !has && c.expects(s, q.Period) && visible(s.UAI, s, scope, q.Where) {
			out.Expected++
			out.Missing = append(out.Missing, belvedere.Key{Code: string(s.UAI), Label: s.Name})
		}
	}
	return out, nil
}
