package demo

import (
	"time"

	"belvedere"
)

// firstSaturday is the first Saturday on or after a date.
func firstSaturday(y int, m time.Month, d int) time.Time {
	day := belvedere.Date(y, m, d)
	return day.AddDate(0, 0, (int(time.Saturday)-int(day.Weekday())+7)%7)
}

// easter is Easter Sunday (Meeus, Jones, Butcher).
func easter(y int) time.Time {
	a, b, c := y%19, y/100, y%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 19*l) / 433
	month := (h + l - 7*m + 90) / 25
	return belvedere.Date(y, time.Month(month), (h+l-7*m+33*month+19)%32)
}

// holiday tells whether schools are closed for the holidays: autumn, Christmas, winter, spring,
// the bridge of the Ascension and summer, by the rules that the official calendars follow.
// La Sarvane is in zone A.
func holiday(day time.Time) bool {
	y := int(belvedere.SchoolYearOf(day))
	winter := winterHoliday(y+1, 0)
	for _, start := range []time.Time{firstSaturday(y, time.October, 17), firstSaturday(y, time.December, 17), winter, winter.AddDate(0, 0, 56)} {
		if !day.Before(start) && day.Before(start.AddDate(0, 0, 16)) {
			return true
		}
	}
	if day.Equal(easter(y+1).AddDate(0, 0, 40)) {
		return true
	}
	return !day.Before(firstSaturday(y+1, time.July, 3))
}

// winterHoliday is the Saturday on which the winter holidays of a zone (0 is A, 1 B, 2 C) begin in
// a calendar year. The zones start a week apart and take turns: A was the first in 2026. The
// spring holidays come eight weeks later.
func winterHoliday(year, zone int) time.Time {
	turn := ((zone+year-2026)%3 + 3) % 3
	return firstSaturday(year, time.February, 6).AddDate(0, 0, 7*turn)
}

// publicHoliday tells the days of the Code du travail that fall on school days.
func publicHoliday(day time.Time) bool {
	e := easter(day.Year())
	for _, d := range []time.Time{e.AddDate(0, 0, 1), e.AddDate(0, 0, 39), e.AddDate(0, 0, 50)} {
		if day.Equal(d) {
			return true
		}
	}
	switch day.Format("01-02") {
	case "11-11", "05-01", "05-08", "11-01", "12-25", "01-01", "07-14", "08-15":
		return true
	}
	return false
}

// kindOfDay is how much a day is a school day.
type kindOfDay int

const (
	schoolDay kindOfDay = iota
	wednesday           // half a day in collèges
	saturday
	sunday
	off // holidays
)

func dayKind(day time.Time) kindOfDay {
	switch {
	case holiday(day), publicHoliday(day):
		return off
	case day.Weekday() == time.Wednesday:
		return wednesday
	case day.Weekday() == time.Saturday:
		return saturday
	case day.Weekday() == time.Sunday:
		return sunday
	}
	return schoolDay
}

// schoolDays counts the days of class of a month.
func schoolDays(month time.Time) int {
	n := 0
	for d := month; d.Before(month.AddDate(0, 1, 0)); d = d.AddDate(0, 0, 1) {
		if k := dayKind(d); k == schoolDay || k == wednesday {
			n++
		}
	}
	return n
}
