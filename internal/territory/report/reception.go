package report

import (
	"context"
	"time"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// A reception is every month that every school delivered of one dataset.
type reception struct {
	dataset *belvedere.Dataset
	from    time.Time // first month
	months  int
	rows    map[belvedere.UAI]ledgerRow
}

// receptionOf reads what was received of a dataset as of an edition, once.
func (r *Reporter) receptionOf(ctx context.Context, edition int, dataset string) (_ *reception, err error) {
	defer belvedere.Wrap(&err, "receptionOf(%s)", dataset)
	x := &reception{dataset: r.model.Dataset(dataset), rows: map[belvedere.UAI]ledgerRow{}}
	spans, err := r.spansOf(ctx, edition)
	sp, there := spans[dataset]
	if err != nil || !there || x.dataset == nil {
		return x, err
	}
	key := coverKey{edition: edition, dataset: dataset}
	if kept, ok := r.receptions.get(key); ok {
		return kept, nil
	}
	x.from = monthOf(sp.first)
	x.months = monthsBetween(sp.first, sp.last.AddDate(0, 0, 1))
	err = r.engine.Query(ctx, semantic.Coverage(r.dialect, x.dataset, edition, sp.first, sp.last.AddDate(0, 0, 1), true), func(row []any) error {
		number, _ := row[0].(int64)
		last, _ := row[1].(time.Time)
		got := ledgerRow{school: belvedere.UAIFromNumber(int32(number)), last: last}
		for _, v := range row[2:] {
			mask, _ := v.(int64)
			got.masks = append(got.masks, uint64(mask))
		}
		x.rows[got.school] = got
		return nil
	})
	if err == nil {
		r.receptions.put(key, x, keySize*2*len(x.rows))
	}
	return x, err
}

func monthOf(d time.Time) time.Time { return belvedere.Date(d.Year(), d.Month(), 1) }

// index is the place of the month of a day, which may be before the first one or after the last.
func (x *reception) index(d time.Time) int {
	return 12*(d.Year()-x.from.Year()) + int(d.Month()) - int(x.from.Month())
}

// month is the first day of the month at a place.
func (x *reception) month(k int) time.Time { return x.from.AddDate(0, k, 0) }

// has tells whether a school delivered the month at a place.
func (x *reception) has(u belvedere.UAI, k int) bool {
	row, ok := x.rows[u]
	return ok && k >= 0 && k < x.months && row.masks[k/semantic.MaskMonths]>>(k%semantic.MaskMonths)&1 == 1
}

// within are the places [a, z) of the months that a period touches and that hold any data.
func (x *reception) within(p belvedere.Period) (a, z int) {
	if x.months == 0 {
		return 0, 0
	}
	a, z = max(0, x.index(p.From)), min(x.months, x.index(p.To.AddDate(0, 0, -1))+1)
	return a, max(a, z)
}

// any tells whether a school delivered any month of [a, z).
func (x *reception) any(u belvedere.UAI, a, z int) bool {
	for k := a; k < z; k++ {
		if x.has(u, k) {
			return true
		}
	}
	return false
}

// end is the first month after the last one that a school delivered, zero when it delivered none.
func (x *reception) end(u belvedere.UAI) time.Time {
	if row, ok := x.rows[u]; ok {
		return monthOf(row.last).AddDate(0, 1, 0)
	}
	return time.Time{}
}

// start is the first month that a school delivered, zero when it delivered none.
func (x *reception) start(u belvedere.UAI) time.Time {
	for k := range x.months {
		if x.has(u, k) {
			return x.month(k)
		}
	}
	return time.Time{}
}

// wanted tells, for the months of [a, z), which at least half of those who delivered any of them
// delivered. Months that few delivered are no holes of the others.
func (x *reception) wanted(units [][]belvedere.UAI, a, z int) []bool {
	counts, deliver := make([]int, z-a), 0
	for _, members := range units {
		found := false
		for k := a; k < z; k++ {
			for _, u := range members {
				if x.has(u, k) {
					counts[k-a]++
					found = true
					break
				}
			}
		}
		if found {
			deliver++
		}
	}
	out := make([]bool, z-a)
	for i, n := range counts {
		out[i] = n > 0 && 2*n >= deliver
	}
	return out
}
