package dossier

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"belvedere"
	"belvedere/internal/source/table"
)

// The most that a text may have, in characters: a code becomes a dimension, and a long text in its
// place would be a sentence about someone.
const (
	longestCode = 60
	longestText = 300
)

// missing are the ways in which files say that they do not know; \N is that of SQL dumps.
var missing = map[string]bool{"": true, `\N`: true, "NULL": true, "null": true, "?": true}

// parse gives the value of a cell as the table holds it: a text, a number, or nil for a number that
// is not known. why says in French what is wrong, without repeating the value.
func (c *Column) parse(cell string) (value any, why string) {
	cell = strings.TrimSpace(cell)
	if missing[cell] {
		cell = c.Default
	}
	if cell == "" {
		switch {
		case c.Required:
			return nil, "la valeur manque"
		case c.Class == Number:
			return nil, ""
		}
		return "", ""
	}
	if !utf8.ValidString(cell) || strings.ContainsFunc(cell, unicode.IsControl) {
		return nil, "la valeur contient des caractères qui ne s’écrivent pas"
	}
	switch c.Class {
	case Number:
		return c.number(cell)
	case Date:
		return day(c.Grain, cell)
	case Code:
		return c.code(cell)
	}
	if c.Grain != "" {
		return day(c.Grain, cell)
	}
	if utf8.RuneCountInString(cell) > longestText {
		return nil, "le texte a plus de " + strconv.Itoa(longestText) + " caractères"
	}
	return cell, ""
}

// number reads a number with a decimal comma or point, and spaces between thousands.
func (c *Column) number(cell string) (any, string) {
	text := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u00a0', '\u202f', '€', '%':
			return -1
		case ',':
			return '.'
		}
		return r
	}, cell)
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(x, 0) || math.IsNaN(x) || math.Abs(x) > 1e15 {
		return nil, "un nombre est attendu"
	}
	if !c.Decimal && x != math.Trunc(x) {
		return nil, "un nombre entier est attendu"
	}
	return x, ""
}

// day reads a year, a month or a day: 2025, 2025-2026, 2025-11, 11/2025, 30/11/2025, 2025-11-30T08:00.
func day(grain belvedere.TimeGrain, cell string) (any, string) {
	switch grain {
	case belvedere.ByYear:
		if y, err := belvedere.ParseSchoolYear(cell); err == nil {
			return strconv.Itoa(int(y)), ""
		}
		if d, err := belvedere.ParseDate(cell); err == nil {
			return strconv.Itoa(int(belvedere.SchoolYearOf(d))), ""
		}
		return nil, "une année est attendue (2025 ou 2025-2026)"
	case belvedere.ByMonth:
		for _, layout := range []string{"2006-01", "01/2006", "200601", "2006/01"} {
			if d, err := time.Parse(layout, cell); err == nil {
				return d.Format("2006-01"), ""
			}
		}
		if d, err := belvedere.ParseDate(cell); err == nil {
			return d.Format("2006-01"), ""
		}
		return nil, "un mois est attendu (2025-11 ou 11/2025)"
	}
	d, err := belvedere.ParseDate(cell)
	if err != nil && len(cell) > 10 { // with an hour
		d, err = belvedere.ParseDate(strings.TrimRight(cell[:10], " T,"))
	}
	if err != nil {
		return nil, "une date est attendue (30/11/2025 ou 2025-11-30)"
	}
	return d.Format(time.DateOnly), ""
}

// code finds a member of a closed list by its code, its label or one of its other spellings; of an
// open one, it bounds what may become a member.
func (c *Column) code(cell string) (any, string) {
	if c.List != nil {
		if code := member(c.List, cell); code != "" {
			return code, ""
		}
		return nil, "la valeur n’est pas dans la liste «\u00a0" + c.List.Label + "\u00a0»"
	}
	if utf8.RuneCountInString(cell) > longestCode {
		return nil, "un code a " + strconv.Itoa(longestCode) + " caractères au plus"
	}
	return cell, ""
}

// member is the code of a list that a text stands for, "" for none.
func member(l *belvedere.CodeList, text string) string {
	if one := l.Find(text); one != nil {
		return one.Code
	}
	key := squash(text)
	for _, one := range l.Codes {
		if key == squash(one.Code) || key == squash(one.Label) || one.Short != "" && key == squash(one.Short) {
			return one.Code
		}
		for _, alias := range one.Aliases {
			if key == squash(alias) {
				return one.Code
			}
		}
	}
	return ""
}

// squash reduces a text to what makes it recognisable: no case, accents nor punctuation.
func squash(s string) string { return table.Normalise(s) }
