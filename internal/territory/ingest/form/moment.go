package form

import (
	"fmt"
	"time"

	"belvedere"
)

// parseDate reads "2025-11-30" or "30/11/2025".
func parseDate(b []byte) (time.Time, *problem) {
	d, err := belvedere.ParseDate(string(trim(b)))
	if err != nil {
		return d, &problem{rule: "date", message: err.Error(), mend: "Écrivez la date 2025-11-30 ou 30/11/2025."}
	}
	return d, nil
}

// parseMonth reads "2025-11", "11/2025" or the date of a first of the month.
func parseMonth(b []byte) (time.Time, *problem) {
	s := string(trim(b))
	for _, layout := range []string{"2006-01", "01/2006", "2006-01-02", "02/01/2006", "2006/01", "200601"} {
		d, err := time.Parse(layout, s)
		if err == nil && d.Day() == 1 && d.Year() >= 1900 && d.Year() <= 2200 {
			return d, nil
		}
	}
	return time.Time{}, &problem{
		rule:    "mois",
		message: fmt.Sprintf("le mois %s doit s’écrire 2025-11 ou 11/2025", quote(b)),
		mend:    "Écrivez le mois 2025-11.",
	}
}

// parseStart reads the first day of a period: a date, a month or a school year.
func parseStart(b []byte) (time.Time, *problem) {
	d, p := parseDate(b)
	if p == nil {
		return d, nil
	}
	if m, err := parseMonth(b); err == nil {
		return m, nil
	}
	if t := trim(b); len(t) > 4 {
		if y, err := parseYear(t); err == nil {
			return y.First(), nil
		}
	}
	return d, p
}

// An hour needs its offset: without it the night of the change to winter time holds two hours
// of the same name.
func parseHour(b []byte) (time.Time, *problem) {
	s := string(trim(b))
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t, err = time.Parse("2006-01-02T15:04Z07:00", s)
	}
	switch {
	case err != nil && lacksOffset(s):
		return t, &problem{
			rule:    "heure_decalage",
			message: fmt.Sprintf("l’heure %s ne dit pas son décalage horaire", quote(b)),
			mend:    "Écrivez l’heure avec son décalage\u00a0: 2025-11-30T08:00:00+01:00, ou en temps universel\u00a0: 2025-11-30T07:00:00Z.",
		}
	case err != nil || t.Year() < 1900 || t.Year() > 2200:
		return t, &problem{
			rule:    "heure",
			message: fmt.Sprintf("l’heure %s n’est pas lisible", quote(b)),
			mend:    "Écrivez l’heure sous la forme 2025-11-30T08:00:00+01:00.",
		}
	case t.Minute() != 0 || t.Second() != 0 || t.Nanosecond() != 0:
		return t, &problem{
			rule:    "heure_ronde",
			message: fmt.Sprintf("l’heure %s n’est pas une heure ronde", quote(b)),
			mend:    "Comptez les connexions par heure entière et datez-les du début de l’heure.",
		}
	}
	return t.UTC(), nil
}

func lacksOffset(s string) bool {
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15"} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

// checkPeriod tells whether a day can start a period of a kind.
func checkPeriod(kind string, start time.Time) *problem {
	want := ""
	switch {
	case kind == "mois" && start.Day() != 1:
		want = "le premier jour d’un mois"
	case kind == "annee" && (start.Day() != 1 || start.Month() != time.September):
		want = "un 1er septembre"
	default:
		return nil
	}
	return &problem{
		rule:    "debut_periode",
		message: fmt.Sprintf("le début %s ne convient pas à la période «\u00a0%s\u00a0»", belvedere.ShortDate(start), kind),
		mend:    "Donnez " + want + ".",
	}
}
