package form

import (
	"bytes"
	"time"

	"belvedere"
)

// timeInputs are the columns that a time grain gives the published format.
func timeInputs(grain belvedere.TimeGrain, slot map[string]int, zone *time.Location) []*column {
	switch grain {
	case belvedere.ByHour:
		return []*column{hourColumn(slot, zone)}
	case belvedere.ByDay:
		return []*column{dayColumn("jour", slot, parseDate)}
	case belvedere.ByMonth:
		return []*column{dayColumn("mois", slot, parseMonth)}
	case belvedere.ByPeriod:
		return []*column{periodColumn(slot["periode"]), dayColumn("debut", slot, parseStart)}
	}
	return []*column{yearColumn(slot["annee"])}
}

// moment is the time of a row, each value as it stands in the row.
type moment [4]any

// rememberedMoment is remembered for a field that gives several values.
func rememberedMoment(c *column, slots []int, parse func(t []byte) (moment, *problem)) func([]byte, []any) *problem {
	known := map[string]*moment{}
	var last []byte
	var lastMoment *moment
	return func(b []byte, values []any) *problem {
		m := lastMoment
		if m == nil || !bytes.Equal(b, last) {
			var ok bool
			if m, ok = known[string(b)]; !ok {
				t := trim(b)
				if len(t) == 0 {
					return c.absent(values)
				}
				parsed, p := parse(t)
				if p != nil {
					return p
				}
				if len(known) >= maxMemo {
					clear(known)
				}
				m = &parsed
				if len(b) <= maxKey {
					known[string(b)] = m
				}
			}
			last, lastMoment = append(last[:0], b...), m
		}
		for i, s := range slots {
			values[s] = m[i]
		}
		return nil
	}
}

// hourColumn turns an instant into the day and hour of the territory's clock: the night of
// the change to winter time has 25 hours, two of them named 2, apart by their instant.
func hourColumn(slot map[string]int, zone *time.Location) *column {
	c := &column{name: "heure", label: "heure", required: true}
	slots := []int{slot["annee"], slot["instant"], slot["jour"], slot["heure"]}
	c.finish(slots, nil)
	c.read = rememberedMoment(c, slots, func(t []byte) (moment, *problem) {
		instant, p := parseHour(t)
		if p != nil {
			return moment{}, p
		}
		local := instant.In(zone)
		day := belvedere.Date(local.Year(), local.Month(), local.Day())
		return moment{yearOf(day), instant, day, uint8(local.Hour())}, nil
	})
	return c
}

func dayColumn(name string, slot map[string]int, parse func([]byte) (time.Time, *problem)) *column {
	c := &column{name: name, label: name, required: true}
	slots := []int{slot["annee"], slot["jour"]}
	c.finish(slots, nil)
	c.read = rememberedMoment(c, slots, func(t []byte) (moment, *problem) {
		d, p := parse(t)
		if p != nil {
			return moment{}, p
		}
		return moment{yearOf(d), d}, nil
	})
	return c
}

func yearColumn(slot int) *column {
	c := &column{name: "annee", label: "annee", required: true}
	c.finish([]int{slot}, nil)
	c.read = remembered(c, slot, func(t []byte) (any, *problem) {
		y, p := parseYear(t)
		if p != nil {
			return nil, p
		}
		return int16(y), nil
	})
	return c
}

var periods = &belvedere.CodeList{Name: "periodes", Label: "Période", Codes: []belvedere.Code{
	{Code: "jour", Label: "Jour"}, {Code: "mois", Label: "Mois"}, {Code: "annee", Label: "Année"},
}}

func periodColumn(slot int) *column {
	c := &column{name: "periode", label: "periode", required: true}
	c.finish([]int{slot}, nil)
	c.read = remembered(c, slot, newCodes("periode", periods, nil).find)
	return c
}

func yearOf(d time.Time) any { return int16(belvedere.SchoolYearOf(d)) }
