package belvedere

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A SchoolYear runs from 1 September to 31 August and is named by its first year:
// 2025 is 2025-2026 (millésime 2025).
type SchoolYear int

// String writes "2025-2026".
func (y SchoolYear) String() string { return fmt.Sprintf("%d-%d", int(y), int(y)+1) }

// First is 1 September of the year, at midnight UTC (a calendar date).
func (y SchoolYear) First() time.Time { return Date(int(y), time.September, 1) }

// End is the first day after the year.
func (y SchoolYear) End() time.Time { return (y + 1).First() }

// SchoolYearOf is the school year that holds a calendar date.
func SchoolYearOf(d time.Time) SchoolYear {
	if d.Month() >= time.September {
		return SchoolYear(d.Year())
	}
	return SchoolYear(d.Year() - 1)
}

// ParseSchoolYear reads "2025", "2025-2026", "2025/2026" or "2025-26".
func ParseSchoolYear(s string) (SchoolYear, error) {
	t := strings.TrimSpace(s)
	head, tail, two := strings.Cut(strings.ReplaceAll(t, "/", "-"), "-")
	n, err := strconv.Atoi(strings.TrimSpace(head))
	if err != nil || len(strings.TrimSpace(head)) != 4 || n < 1900 || n > 2200 {
		return 0, fmt.Errorf("l’année scolaire %q doit s’écrire 2025 ou 2025-2026", clip(s))
	}
	if !two {
		return SchoolYear(n), nil
	}
	m, err := strconv.Atoi(strings.TrimSpace(tail))
	if err != nil || (m != n+1 && m != (n+1)%100) {
		return 0, fmt.Errorf("l’année scolaire %q doit couvrir deux années qui se suivent", clip(s))
	}
	return SchoolYear(n), nil
}

// Date is a calendar date: midnight UTC, whatever the time zone of the territory.
func Date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// ParseDate reads "2025-11-30" or "30/11/2025".
func ParseDate(s string) (time.Time, error) {
	t := strings.TrimSpace(s)
	for _, layout := range []string{"2006-01-02", "02/01/2006"} {
		if d, err := time.Parse(layout, t); err == nil && d.Year() >= 1900 && d.Year() <= 2200 {
			return d, nil
		}
	}
	return time.Time{}, fmt.Errorf("la date %q doit s’écrire 2025-11-30 ou 30/11/2025", clip(s))
}

// PeriodKind names the intervals of the console (seed 001, "Connexions > Synthèse").
type PeriodKind string

// The periods that a page can offer; the codes stand in addresses and declarations.
const (
	LastDay   PeriodKind = "jour"           // the last day with data
	ThisMonth PeriodKind = "mois"           // from the 1st of the month of the last day
	LastMonth PeriodKind = "mois_dernier"   // the month before
	ThisYear  PeriodKind = "annee"          // the chosen school year
	LastYear  PeriodKind = "annee_derniere" // the school year before
	FreeRange PeriodKind = "plage"          // explicit dates, for the daily and hourly pages
)

// Label is the period as menus show it.
func (k PeriodKind) Label() string {
	switch k {
	case LastDay:
		return "Dernier jour"
	case ThisMonth:
		return "Mois en cours"
	case LastMonth:
		return "Mois dernier"
	case ThisYear:
		return "Année en cours"
	case LastYear:
		return "Année dernière"
	case FreeRange:
		return "Plage de dates"
	}
	return string(k)
}

// A Period is a half-open interval of calendar dates [From, To).
type Period struct {
	Kind PeriodKind
	From time.Time
	To   time.Time // first day after the period
}

// Year is the school year of the last day of the period.
func (p Period) Year() SchoolYear { return SchoolYearOf(p.To.AddDate(0, 0, -1)) }

// WholeYear tells whether the period is exactly one school year.
func (p Period) WholeYear() bool {
	y := SchoolYearOf(p.From)
	return p.From.Equal(y.First()) && p.To.Equal(y.End())
}

// WholeMonths tells whether the period starts and ends on the first of a month.
func (p Period) WholeMonths() bool { return p.From.Day() == 1 && p.To.Day() == 1 }

// NewPeriod works out the interval of a kind. Year is the chosen school year and last the
// last day with data in that year (the reference of "dernier jour" and "mois en cours").
func NewPeriod(kind PeriodKind, year SchoolYear, last time.Time) Period {
	if last.IsZero() || SchoolYearOf(last) != year {
		last = year.End().AddDate(0, 0, -1)
	}
	month := Date(last.Year(), last.Month(), 1)
	switch kind {
	case LastDay:
		return Period{kind, last, last.AddDate(0, 0, 1)}
	case ThisMonth:
		return Period{kind, month, month.AddDate(0, 1, 0)}
	case LastMonth:
		return Period{kind, month.AddDate(0, -1, 0), month}
	case LastYear:
		return Period{kind, (year - 1).First(), (year - 1).End()}
	}
	return Period{ThisYear, year.First(), year.End()}
}
