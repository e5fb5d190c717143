package ingest

import (
	"testing"
	"time"

	"belvedere"
)

func TestOrder(t *testing.T) {
	at := func(h int) time.Time { return time.Date(2025, 9, 1, h, 0, 0, 0, time.UTC) }
	hourly := &belvedere.Dataset{Name: "h", Kind: belvedere.Flow, Time: belvedere.ByHour}
	persons := &belvedere.Dataset{Name: "p", Kind: belvedere.Distinct, Time: belvedere.ByPeriod}
	for _, c := range []struct {
		name string
		d    *belvedere.Dataset
		rows [][]any
		want bool
	}{
		{"nothing", hourly, nil, true},
		{"schools, then hours", hourly, [][]any{{int32(1), int16(2025), at(3)}, {int32(1), int16(2025), at(3)}, {int32(1), int16(2025), at(4)}, {int32(2), int16(2025), at(1)}}, true},
		{"hours go back", hourly, [][]any{{int32(1), int16(2025), at(3)}, {int32(1), int16(2025), at(2)}}, false},
		{"schools go back", hourly, [][]any{{int32(2), int16(2025), at(3)}, {int32(1), int16(2025), at(4)}, {int32(3), int16(2025), at(4)}}, false},
		{"periods, days, schools", persons, [][]any{{int32(5), int16(2025), "annee", at(0)}, {int32(1), int16(2025), "jour", at(0)}, {int32(1), int16(2025), "jour", at(1)}}, true},
		{"a school by a school", persons, [][]any{{int32(1), int16(2025), "jour", at(0)}, {int32(1), int16(2025), "jour", at(5)}, {int32(2), int16(2025), "jour", at(0)}}, false},
		{"an absent value", hourly, [][]any{{int32(1), int16(2025), at(3)}, {int32(1), int16(2025), nil}}, false},
	} {
		o := newOrder(c.d)
		for _, row := range c.rows {
			o.see(row)
		}
		if o.kept() != c.want {
			t.Errorf("%s: kept %v", c.name, o.kept())
		}
	}
}
