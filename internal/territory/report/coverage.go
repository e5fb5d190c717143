package report

import (
	"context"
	"math/bits"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// A ledger is what every school delivered of one dataset over a period.
type ledger struct {
	rows   []ledgerRow
	months int       // of the period; 0 where none is expected
	whole  *coverage // over all schools
}

// A ledgerRow is what one school delivered: its last day, and its months as semantic.Coverage
// gives them.
type ledgerRow struct {
	school belvedere.UAI
	last   time.Time
	masks  []uint64
}

// coverage is what was received of one dataset over a period from the schools whose figures the
// asker sees, and from no other: what is late or awaited is judged among them.
type coverage struct {
	schools  map[belvedere.UAI]received
	types    map[string]bool // types of school of which at least one delivered
	expected int             // months that at least half of the delivering schools delivered
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

// Holdings are the first and last day with data of each dataset, facts of the territory, and its name.
func (r *Reporter) Holdings(ctx context.Context) (map[string][2]time.Time, string, error) {
	out := map[string][2]time.Time{}
	edition, err := r.Edition(ctx, 0)
	if err != nil {
		return out, "", err
	}
	spans, err := r.spansOf(ctx, edition.Number)
	for name, s := range spans {
		out[name] = [2]time.Time{s.first, s.last}
	}
	if err != nil {
		return out, "", err
	}
	t, err := r.Territory(ctx)
	return out, t.Name, err
}

// ledgerOf reads what was received of a dataset over a period. A stock counts from the start of
// the school year, because its last observation stands for the period.
func (r *Reporter) ledgerOf(ctx context.Context, edition int, dataset string, p belvedere.Period, directory *Directory) (_ *ledger, err error) {
	defer belvedere.Wrap(&err, "ledgerOf(%s)", dataset)
	d := r.model.Dataset(dataset)
	from, to := p.From, p.To
	if d.Kind == belvedere.Stock {
		from = belvedere.SchoolYearOf(from).First()
	}
	key := coverKey{edition, dataset, from, to}
	if l, ok := r.ledgers.get(key); ok {
		return l, nil
	}
	l := &ledger{}
	flow := d.Kind == belvedere.Flow && d.Time != belvedere.ByYear
	if flow {
		l.months = monthsBetween(from, to)
	}
	err = r.engine.Query(ctx, semantic.Coverage(r.dialect, d, edition, from, to, flow), func(row []any) error {
		number, _ := row[0].(int64)
		last, _ := row[1].(time.Time)
		got := ledgerRow{school: belvedere.UAIFromNumber(int32(number)), last: last}
		for _, v := range row[2:] {
			mask, _ := v.(int64)
			got.masks = append(got.masks, uint64(mask))
		}
		l.rows = append(l.rows, got)
		return nil
	})
	if err != nil {
		return nil, err
	}
	l.whole = l.among(directory, func(belvedere.UAI) bool { return true })
	r.ledgers.put(key, l, 2*keySize*len(l.rows))
	return l, nil
}

// all is the coverage over all schools.
func (l *ledger) all() *coverage {
	if l == nil {
		return nil
	}
	return l.whole
}

// monthsBetween counts the months that [from, to) touches.
func monthsBetween(from, to time.Time) int {
	last := to.AddDate(0, 0, -1)
	return 12*(last.Year()-from.Year()) + int(last.Month()) - int(from.Month()) + 1
}

// among works out the coverage over some schools.
func (l *ledger) among(directory *Directory, sees func(belvedere.UAI) bool) *coverage {
	c := &coverage{schools: make(map[belvedere.UAI]received, len(l.rows)), types: map[string]bool{}}
	counts := make([]int, l.months)
	var rows []ledgerRow
	for _, row := range l.rows {
		if !sees(row.school) {
			continue
		}
		rows = append(rows, row)
		for k := range counts {
			counts[k] += int(row.masks[k/semantic.MaskMonths] >> (k % semantic.MaskMonths) & 1)
		}
		if s := directory.Find(row.school); s != nil {
			c.types[s.Attribute("type")] = true
		}
	}
	wanted := make([]uint64, (l.months+semantic.MaskMonths-1)/semantic.MaskMonths)
	for k, n := range counts {
		if n > 0 && 2*n >= len(rows) {
			wanted[k/semantic.MaskMonths] |= 1 << (k % semantic.MaskMonths)
			c.expected++
		}
	}
	for _, row := range rows {
		got := received{last: row.last}
		for k, w := range wanted {
			got.months += bits.OnesCount64(row.masks[k] & w)
		}
		c.schools[row.school] = got
	}
	return c
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

// summary counts the coverage of a column over the schools of the query: those that delivered,
// those that should have, and those whose figures no agreement shares.
func (a *answer) summary(c *semantic.PlanColumn, dataset string) belvedere.Coverage {
	var out belvedere.Coverage
	cover := a.coverage(c, dataset)
	for u, got := range cover.schools {
		s := a.directory.Find(u)
		if !a.takes(u, s) {
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
	for _, s := range a.directory.ordered {
		if _, has := cover.schools[s.UAI]; has || !cover.expects(s, a.q.Period) || !a.takes(s.UAI, s) {
			continue
		}
		out.Expected++
		key := belvedere.Key{Code: string(s.UAI), Label: s.Name}
		if c.Withheld && !c.Shared[s.UAI] {
			out.Withheld = append(out.Withheld, key)
		} else {
			out.Missing = append(out.Missing, key)
		}
	}
	return out
}
