package ingest

import (
	"cmp"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// An order watches whether rows come in the order in which the warehouse stores them. Most
// applications export theirs so, and the publication then need not sort them: a tenth of a load.
type order struct {
	at     []int // places of the columns
	last   []any
	broken bool
}

func newOrder(d *belvedere.Dataset) *order {
	o := &order{}
	for _, name := range semantic.OrderColumns(d) {
		o.at = append(o.at, slices.IndexFunc(semantic.StageColumns(d), func(c belvedere.TableColumn) bool { return c.Name == name }))
	}
	o.last = make([]any, len(o.at))
	return o
}

// kept tells whether all rows so far came in order.
func (o *order) kept() bool { return !o.broken }

// see compares a row with the one before it.
func (o *order) see(row []any) {
	if o.broken {
		return
	}
	decided := false
	for i, at := range o.at {
		if !decided && o.last[i] != nil {
			c, known := compare(o.last[i], row[at])
			if !known || c > 0 {
				o.broken = true
				return
			}
			decided = c < 0
		}
		o.last[i] = row[at]
	}
}

// compare compares two values of a column of an order.
func compare(a, b any) (c int, known bool) {
	switch a := a.(type) {
	case int32:
		b, ok := b.(int32)
		return cmp.Compare(a, b), ok
	case time.Time:
		b, ok := b.(time.Time)
		return a.Compare(b), ok
	case string:
		b, ok := b.(string)
		return cmp.Compare(a, b), ok
	}
	return 0, false
}
