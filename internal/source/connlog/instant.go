package connlog

import (
	"strconv"
	"strings"
	"time"
)

// An order is how a log writes « 03/04/2026 ».
type order uint8

const (
	unsettled  order = iota
	dayFirst         // 3 April
	monthFirst       // March 4
)

// layouts of times that can be read in one way only, with an offset and without.
var (
	absolute = []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05 -0700", "2006-01-02T15:04:05.999999999-0700", "02/Jan/2006:15:04:05 -0700"}
	local    = []string{"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04", "2006/01/02 15:04:05"}
)

// plain reads a time that can be read in one way only.
func plain(text string) (instant string, ok bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		switch {
		case len(text) == 10:
			return time.Unix(n, 0).UTC().Format(time.RFC3339), true
		case len(text) == 13:
			return time.UnixMilli(n).UTC().Format(time.RFC3339), true
		}
		return "", false
	}
	for _, l := range absolute {
		if t, err := time.Parse(l, text); err == nil && likely(t) {
			return t.UTC().Format(time.RFC3339), true
		}
	}
	for _, l := range local {
		if t, err := time.Parse(l, text); err == nil && likely(t) {
			return t.Format(localLayout), true
		}
	}
	return "", false
}

const localLayout = "2006-01-02T15:04:05"

func likely(t time.Time) bool { return t.Year() >= 2000 && t.Year() < 2100 }

// A slashed time is « 23/01/23, 12:09 »: two numbers that may be day and month, then the year and the
// hour.
type slashed struct {
	a, b, year           int
	hour, minute, second int
	english              bool // it says AM or PM
}

// parseSlashed reads a time with slashes, whatever its order.
func parseSlashed(text string) (s slashed, ok bool) {
	date, clock, cut := strings.Cut(text, " ")
	date = strings.TrimSuffix(date, ",")
	if !cut {
		return s, false
	}
	parts := strings.FieldsFunc(date, func(r rune) bool { return r == '/' || r == '.' || r == '-' })
	if len(parts) != 3 || len(parts[2]) != 2 && len(parts[2]) != 4 {
		return s, false
	}
	if s.a, s.b, s.year, ok = small(parts[0]), small(parts[1]), small(parts[2]), true; s.a < 1 || s.b < 1 || s.year < 0 {
		return s, false
	}
	if len(parts[2]) == 2 {
		s.year += 2000
	}
	return s, s.clock(clock) && s.year >= 2000 && s.year < 2100
}

// clock reads « 12:09 », « 12:09:33 », « 12h09 », « à 12:09 », « 1:09 PM ».
func (s *slashed) clock(text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	text = strings.TrimSpace(strings.TrimPrefix(text, "à "))
	afternoon := strings.HasSuffix(text, "pm")
	s.english = afternoon || strings.HasSuffix(text, "am")
	if s.english {
		text = strings.TrimSpace(text[:len(text)-2])
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ':' || r == 'h' })
	if len(parts) < 2 || len(parts) > 3 {
		return false
	}
	s.hour, s.minute = small(parts[0]), small(parts[1])
	if len(parts) == 3 {
		s.second = small(parts[2])
	}
	if s.english {
		if s.hour < 1 || s.hour > 12 {
			return false
		}
		s.hour %= 12
		if afternoon {
			s.hour += 12
		}
	}
	return s.hour >= 0 && s.hour < 24 && s.minute >= 0 && s.minute < 60 && s.second >= 0 && s.second < 60
}

// small reads a number of at most four digits, -1 when it is none.
func small(text string) int {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || len(text) > 4 {
		return -1
	}
	return int(n)
}

// tells is what the two numbers say of the order: a month is at most 12.
func (s slashed) tells() order {
	switch {
	case s.a > 12 && s.b <= 12:
		return dayFirst
	case s.b > 12 && s.a <= 12:
		return monthFirst
	}
	return unsettled
}

// instant is the time in an order, and whether there is such a day.
func (s slashed) instant(o order) (string, bool) {
	day, month := s.a, s.b
	if o == monthFirst {
		day, month = s.b, s.a
	}
	t := time.Date(s.year, time.Month(month), day, s.hour, s.minute, s.second, 0, time.UTC)
	return t.Format(localLayout), t.Day() == day && int(t.Month()) == month
}
