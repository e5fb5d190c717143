package chart

import (
	"sort"
	"strconv"
	"strings"
	"time"

	"belvedere"
)

// An axisKind says what a step along the axis is.
type axisKind int

const (
	category axisKind = iota
	yearly
	monthly
	daily
	hourly
)

func kindOf(dim string) axisKind {
	switch dim {
	case "annee":
		return yearly
	case "mois":
		return monthly
	case "jour":
		return daily
	case "heure":
		return hourly
	}
	return category
}

// A point is one step of the axis.
type point struct {
	code  string
	label string    // in sentences
	short string    // on the axis
	date  time.Time // of a year, a month or a day: its first day
	hour  int
	key   belvedere.Key
	note  string
	empty bool // no row of the result: filled in between others
	later bool // after Today: to come
}

func newPoint(k belvedere.Key, note string) point {
	l := labelOf(k)
	return point{code: k.Code, label: l, short: l, key: k, note: note}
}

// order sorts a time axis and fills the steps that the result leaves out. A code that is not a
// time, or comes twice, leaves the axis as it came.
func (g *grid) order(o Options) {
	kind := kindOf(g.dim.Name)
	if kind == category {
		return
	}
	at := make([]int, len(g.points))
	used := map[int]bool{}
	points := append([]point(nil), g.points...)
	for i := range points {
		n, ok := readTime(kind, &points[i])
		if !ok || used[n] {
			return
		}
		at[i], used[n] = n, true
	}
	g.kind, g.points = kind, points
	g.arrange(at)
	for i := range g.points {
		d := g.points[i].date
		g.points[i].later = !o.Today.IsZero() && !d.IsZero() && d.After(o.Today)
	}
}

// mostFilled bounds the steps that are filled in: an axis with one stray date is left as it is.
const mostFilled = 1500

// arrange puts points and cells in the order of their numbers, with the gaps between.
func (g *grid) arrange(at []int) {
	rank := make([]int, len(at))
	for i := range rank {
		rank[i] = i
	}
	sort.SliceStable(rank, func(a, b int) bool { return at[rank[a]] < at[rank[b]] })
	first, last := at[rank[0]], at[rank[len(rank)-1]]
	fill := g.kind != hourly && last-first < mostFilled && last-first+1 <= 20*len(at)
	var from []int // index in the result, -1 for a gap
	var points []point
	for k, i := range rank {
		if fill && k > 0 {
			for n := at[rank[k-1]] + 1; n < at[i]; n++ {
				from, points = append(from, -1), append(points, pointAt(g.kind, n))
			}
		}
		from, points = append(from, i), append(points, g.points[i])
	}
	for j := range g.series {
		cells := make([]belvedere.Cell, len(from))
		for k, i := range from {
			if cells[k].State = belvedere.Expected; i >= 0 {
				cells[k] = g.series[j].cells[i]
			}
		}
		g.series[j].cells = cells
	}
	g.points = points
}

// readTime reads the code of a point as a number of years, months, days or hours.
func readTime(kind axisKind, p *point) (int, bool) {
	switch kind {
	case yearly:
		y, err := belvedere.ParseSchoolYear(p.code)
		if err != nil {
			return 0, false
		}
		*p = named(kind, *p, y.First())
		return int(y), true
	case monthly, daily:
		d, ok := readDate(p.code)
		if !ok {
			return 0, false
		}
		if kind == monthly {
			d = belvedere.Date(d.Year(), d.Month(), 1)
		}
		*p = named(kind, *p, d)
		return number(kind, d), true
	}
	h, ok := readHour(p.code)
	p.hour, p.short, p.label = h, hourName(h), hourName(h)
	return h, ok
}

func readDate(code string) (time.Time, bool) {
	code = strings.TrimSpace(code)
	if d, err := time.Parse("2006-01", code); err == nil && d.Year() >= 1900 && d.Year() <= 2200 {
		return d, true
	}
	if len(code) > 10 {
		code = code[:10]
	}
	d, err := belvedere.ParseDate(code)
	return d, err == nil
}

// readHour reads "7", "07", "7 h" or "07:00".
func readHour(code string) (int, bool) {
	code = strings.TrimSpace(code)
	n := 0
	for n < len(code) && n < 3 && code[n] >= '0' && code[n] <= '9' {
		n++
	}
	h, err := strconv.Atoi(code[:n])
	return h, err == nil && h >= 0 && h < 24
}

func hourName(h int) string { return strconv.Itoa(h) + belvedere.NoBreak + "h" }

func number(kind axisKind, d time.Time) int {
	if kind == monthly {
		return d.Year()*12 + int(d.Month()) - 1
	}
	return int(d.Unix() / 86400)
}

// pointAt makes the point of a step that has no row.
func pointAt(kind axisKind, n int) point {
	p := point{empty: true}
	switch kind {
	case yearly:
		return named(kind, p, belvedere.SchoolYear(n).First())
	case monthly:
		return named(kind, p, belvedere.Date(n/12, time.Month(n%12+1), 1))
	}
	return named(kind, p, time.Unix(int64(n)*86400, 0).UTC())
}

// named gives a point its date and its names.
func named(kind axisKind, p point, d time.Time) point {
	p.date = d
	switch kind {
	case yearly:
		y := belvedere.SchoolYearOf(d)
		p.label, p.short = y.String(), strconv.Itoa(int(y))
	case monthly:
		p.label = belvedere.MonthName(d)
		p.short, _, _ = strings.Cut(belvedere.ShortMonth(d), " ")
	case daily:
		p.label = belvedere.LongDate(d)
		p.short = shortDay(d)
	}
	return p
}

// shortDay is "lun. 17".
func shortDay(d time.Time) string {
	return belvedere.DayName(d.Weekday())[:3] + "." + belvedere.NoBreak + strconv.Itoa(d.Day())
}

func weekend(d time.Time) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

// holiday names the French public holiday that a day is, "" for none.
func holiday(d time.Time) string {
	switch d.Format("01-02") {
	case "01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25":
		return "férié"
	}
	switch int(d.Sub(easter(d.Year())).Hours() / 24) {
	case 1, 39, 50:
		return "férié"
	}
	return ""
}

// easter is Easter Sunday of the Gregorian calendar (Meeus, Jones, Butcher).
func easter(y int) time.Time {
	a, b, c := y%19, y/100, y%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return belvedere.Date(y, time.Month(n/31), n%31+1)
}
