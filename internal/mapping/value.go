package mapping

import (
	"math"
	"strconv"
	"strings"
	"time"

	"belvedere"
)

// Nothing tells whether a value is one of the ways in which files write that there is none.
func Nothing(s string) bool {
	switch strings.ToUpper(strings.TrimSpace(s)) {
	case "", "-", "--", "NA", "N/A", "ND", "N.D.", "NC", "NS", "NULL", "NONE", "NAN", "#N/A", "#REF!", "#VALUE!":
		return true
	}
	return false
}

// ParseNumber reads a number as French and English files write it: "1 234,5", "1234.5", "−3",
// "12,5 %". It tells whether a comma parted its decimals.
func ParseNumber(s string) (f float64, comma, ok bool) {
	s = numberSigns.Replace(strings.TrimSpace(s))
	s = strings.TrimSuffix(strings.TrimSuffix(s, "%"), "€")
	if s == "" || len(s) > 40 || strings.Count(s, ",") > 1 || strings.Contains(s, ",") && strings.Contains(s, ".") {
		return 0, false, false
	}
	if comma = strings.Contains(s, ","); comma {
		s = strings.Replace(s, ",", ".", 1)
	}
	for i, r := range s {
		if (r < '0' || r > '9') && r != '.' && (i > 0 || r != '-' && r != '+') {
			return 0, false, false // no exponents, no hexadecimal: an identifier may look like them
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, comma, err == nil && !math.IsInf(f, 0)
}

var numberSigns = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "−", "-")

// The layouts of dates, with the way in which people write them.
var dayLayouts = []struct{ layout, says string }{
	{"2006-01-02", "2025-11-30"}, {"02/01/2006", "30/11/2025"}, {"2/1/2006", "30/11/2025"}, {"2006/01/02", "2025/11/30"}, {"02-01-2006", "30-11-2025"},
	{"02.01.2006", "30.11.2025"}, {"20060102", "20251130"}, {"02/01/06", "30/11/25"},
}

var clockLayouts = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", "02/01/2006 15:04:05", "02/01/2006 15:04", "2006-01-02T15:04Z07:00"}

// ParseDay reads a date in the formats that files have, and gives the one that it had.
func ParseDay(s string) (day time.Time, format string, ok bool) {
	s = strings.TrimSpace(s)
	for _, l := range dayLayouts {
		if d, err := time.Parse(l.layout, s); err == nil && plausible(d) {
			return d, l.says, true
		}
	}
	return time.Time{}, "", false
}

// parseInstant reads a date with a time. A spreadsheet gives dates a time of midnight.
func parseInstant(s string) (t time.Time, ok bool) {
	s = strings.TrimSpace(s)
	for _, l := range clockLayouts {
		if t, err := time.Parse(l, s); err == nil && plausible(t) {
			return t, true
		}
	}
	return time.Time{}, false
}

func plausible(d time.Time) bool { return d.Year() >= 1900 && d.Year() <= 2200 }

// parseMonth reads "2025-11", "11/2025" or "202511".
func parseMonth(s string) bool {
	s = strings.TrimSpace(s)
	for _, l := range []string{"2006-01", "01/2006", "200601", "2006/01"} {
		if d, err := time.Parse(l, s); err == nil && d.Year() >= 1990 && d.Year() <= 2100 {
			return true
		}
	}
	return false
}

// parseYear reads "2025" or "2025-2026". Plain numbers are years within a lifetime alone.
func parseYear(s string) (y belvedere.SchoolYear, two, ok bool) {
	s = strings.TrimSuffix(strings.ReplaceAll(strings.TrimSpace(s), " ", ""), ".0")
	y, err := belvedere.ParseSchoolYear(s)
	return y, len(s) > 4, err == nil && y >= 1950 && y <= 2100
}

// isCommune tells whether a value has the form of the code of a commune.
func isCommune(s string) bool {
	s = strings.TrimSpace(s)
	if len(s) != 5 {
		return false
	}
	for i := 0; i < 5; i++ {
		if (s[i] < '0' || s[i] > '9') && (i != 1 || s[0] != '2' || s[i] != 'A' && s[i] != 'B') {
			return false
		}
	}
	return s[:2] != "00" && s[:2] < "99"
}

// isDepartement tells whether a value is 35, 035, 2A or 974.
func isDepartement(s string) bool {
	s = strings.ToUpper(strings.TrimSpace(s))
	if len(s) == 3 && s[0] == '0' {
		s = s[1:]
	}
	if s == "2A" || s == "2B" {
		return true
	}
	n, err := strconv.Atoi(s)
	return err == nil && (len(s) == 2 && n >= 1 && n <= 95 || len(s) == 3 && n >= 971 && n <= 988)
}
