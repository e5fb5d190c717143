package belvedere

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// The spaces of French typography.
const (
	NarrowSpace = "\u202f" // between thousands, before % ; ? !
	NoBreak     = "\u00a0" // before :
	Minus       = "−"
)

// FormatNumber writes a number as the interface shows it: narrow no-break spaces between
// thousands, decimal comma, true minus ("−1 234,5").
func FormatNumber(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "n.d."
	}
	s := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	whole, frac, _ := strings.Cut(s, ".")
	var b strings.Builder
	if v < 0 && strings.Trim(s, "0.") != "" {
		b.WriteString(Minus)
	}
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(NarrowSpace)
		}
		b.WriteRune(r)
	}
	if frac != "" {
		b.WriteByte(',')
		b.WriteString(frac)
	}
	return b.String()
}

// FormatPercent writes a ratio as "46,4 %".
func FormatPercent(ratio float64, decimals int) string {
	return FormatNumber(ratio*100, decimals) + NarrowSpace + "%"
}

var (
	months = [...]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}
	days   = [...]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"}
)

// MonthName is "novembre 2025".
func MonthName(d time.Time) string { return months[d.Month()-1] + " " + strconv.Itoa(d.Year()) }

// ShortMonth is "nov. 2025": four letters at most before the point.
func ShortMonth(d time.Time) string {
	short := [...]string{"janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."}
	return short[d.Month()-1] + " " + strconv.Itoa(d.Year())
}

// ShortDate is "30/11/2025".
func ShortDate(d time.Time) string { return d.Format("02/01/2006") }

// LongDate is "lundi 17 novembre 2025".
func LongDate(d time.Time) string { return days[d.Weekday()] + " " + DayMonthYear(d) }

// DayMonthYear is "1er septembre 2025" or "30 novembre 2025".
func DayMonthYear(d time.Time) string {
	day := strconv.Itoa(d.Day())
	if d.Day() == 1 {
		day = "1er"
	}
	return day + " " + MonthName(d)
}

// DayName is "lundi".
func DayName(w time.Weekday) string { return days[w] }

// Plural writes a count with its noun: Plural(2, "élève", "élèves") is "2 élèves". French takes
// the singular under two.
func Plural(n int, one, many string) string {
	word := many
	if n < 2 {
		word = one
	}
	return FormatNumber(float64(n), 0) + NoBreak + word
}

// Format writes the value of a shown cell in its column.
func (c ResultColumn) Format(v float64) string {
	if c.Percent {
		return FormatPercent(v, c.Decimals)
	}
	return FormatNumber(v, c.Decimals)
}
