package demo

import (
	"strings"
	"time"

	"belvedere"
)

func upper(s string) string { return strings.ToUpper(strings.ReplaceAll(s, "’", "'")) }
func lower(s string) string { return strings.ToLower(s) }

// postal writes a town as the post office does.
func postal(t town) string {
	return upper(plain(strings.NewReplacer("-", " ", "’", " ", "'", " ").Replace(t.name)))
}

func (c *campus) lycee() bool { return c.s.kind != "college" }

func (c *campus) kindLabel() string {
	if c.lycee() {
		return "LYCEE"
	}
	return "COLLEGE"
}

// typeCode is the short name of the kind of school.
func (c *campus) typeCode() string {
	if c.lycee() {
		return "LYC"
	}
	return "CLG"
}

// nature is the code of the kind of school in the national register.
func (c *campus) nature() string {
	if c.lycee() {
		return "302"
	}
	return "340"
}

func (c *campus) sector() string {
	if c.s.private {
		return "PR"
	}
	return "PU"
}

// yearDay is a day of a school year.
func yearDay(y belvedere.SchoolYear, m time.Month, day int) time.Time {
	year := int(y)
	if m < time.September {
		year++
	}
	return belvedere.Date(year, m, day)
}

// closures writes the runs of days without class between the first and the last day, week ends left out.
func (c *campus) closures(x *xmlFile, last time.Time) {
	var from, to time.Time
	end := func() {
		if from.IsZero() {
			return
		}
		short, long := "FERIE", "JOUR FERIE"
		if to.Sub(from) > 4*24*time.Hour {
			short, long = "VAC", "VACANCES SCOLAIRES"
		}
		x.section("FERMETURE", func() {
			x.leaves("LC_MOTIF", short, "LL_MOTIF", long, "LL_FERMETURE", long, "DATE_DEBUT", from.Format(frenchDay), "DATE_FIN", to.Format(frenchDay))
		})
		from = time.Time{}
	}
	for d := c.first; !d.After(last); d = d.AddDate(0, 0, 1) {
		if dayKind(d) != off {
			end()
			continue
		}
		if from.IsZero() {
			from = d
		}
		to = d
	}
	end()
}
