// Package clock reads the days, hours and durations that timetables write: « lundi », « 08h00 »,
// « 1h30 », « 0800 ».
package clock

import (
	"strings"
)

// days are the first letters of days in the languages of timetable tools, Monday first.
var days = [7][]string{
	{"lun", "mon"}, {"mar", "tue"}, {"mer", "wed"}, {"jeu", "gio", "thu"},
	{"ven", "fri"}, {"sam", "sab", "sat"}, {"dim", "dom", "sun"},
}

// Day is the number of a day, from 1 for Monday to 7, and whether the text names one: by its
// name, whole or shortened, or by its number.
func Day(text string) (int, bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	if len(text) == 1 && '1' <= text[0] && text[0] <= '7' {
		return int(text[0] - '0'), true
	}
	for i, starts := range days {
		for _, s := range starts {
			if strings.HasPrefix(text, s) {
				return i + 1, true
			}
		}
	}
	return 0, false
}

// Minutes reads an hour of the day or a duration in minutes: « 8h », « 08h05 », « 8:05 », « 0805 »,
// « 1 h 30 min », « 55 min ». It takes at most a day.
func Minutes(text string) (int, bool) {
	t := strings.ToLower(strings.Join(strings.Fields(text), ""))
	t = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(t, "min"), "mn"), "m")
	hours, minutes, cut := strings.Cut(t, "h")
	if !cut {
		hours, minutes, cut = strings.Cut(t, ":")
	}
	switch {
	case cut:
	case len(t) == 4 && len(text) == 4:
		hours, minutes = t[:2], t[2:]
	case t != strings.ToLower(text) && len(t) <= 3:
		hours, minutes = "", t // a bare number with its unit
	default:
		return 0, false
	}
	h, ok := number(hours)
	m, fine := number(minutes)
	if !ok || !fine || cut && hours == "" || hours != "" && m > 59 || hours == "" && minutes == "" {
		return 0, false
	}
	total := 60*h + m
	return total, total <= 24*60
}

// number reads at most three digits; nothing is zero.
func number(s string) (int, bool) {
	if len(s) > 3 {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = 10*n + int(s[i]-'0')
	}
	return n, true
}
