// Package pages holds one file per page: the struct of what it shows, and its template. The web
// package fills the struct; a page decides nothing.
package pages

//go:generate templ generate

import (
	"math"
	"strconv"
	"time"

	"belvedere"
)

// moment is "1er décembre 2025 à 9 h 12" in the zone that t carries.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return belvedere.DayMonthYear(t) + " à " + strconv.Itoa(t.Hour()) + belvedere.NarrowSpace + "h" + belvedere.NarrowSpace + t.Format("04")
}

// shortMoment is "30/11/2025 à 09:12", for columns.
func shortMoment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return belvedere.ShortDate(t) + " " + t.Format("15:04")
}

// count writes a whole number.
func count(n int64) string { return belvedere.FormatNumber(float64(n), 0) }

// size writes a number of bytes: "48,2 Mo".
func size(n int64) string {
	units := []string{"octets", "ko", "Mo", "Go"}
	v, i := float64(n), 0
	for v >= 1000 && i < len(units)-1 {
		v, i = v/1000, i+1
	}
	decimals := 1
	if i == 0 || v >= 100 || v == math.Trunc(v) {
		decimals = 0
	}
	return belvedere.FormatNumber(v, decimals) + belvedere.NoBreak + units[i]
}

// either gives the first text that is not empty.
func either(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
