package dossier

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"belvedere"
	"belvedere/internal/mapping"
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

// unknown are those of numbers and dates: elsewhere they may be codes.
var unknown = map[string]bool{"-": true, "--": true, "NA": true, "N/A": true, "#N/A": true, "ND": true, "N.D.": true, "NC": true, "N.C.": true, "ABI": true, "ABJ": true, "ABS": true, "DEF": true, "DIS": true, "DEM": true, "NONE": true, "NAN": true}

// parse gives the value of a cell as the table holds it: a text, a number, or nil for a number that
// is not known. why says in French what is wrong, without repeating the value.
func (c *Column) parse(cell string) (value any, why string) {
	cell = strings.TrimSpace(cell)
	if missing[cell] || (c.Class == Number || c.Class == Date) && unknown[strings.ToUpper(cell)] {
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
	if c.Labels != "" { // it leaves beside its code, and is refused what the code is
		if id := mapping.IdentityOf(cell); id != "" {
			return nil, "la valeur a la forme d’un identifiant (" + string(id) + ")\u00a0: elle ne peut pas être un libellé"
		}
	}
	switch c.Class {
	case Person, Text:
		if id := mapping.IdentityOf(cell); id == mapping.NIR || id == mapping.Bank || c.Class == Text && id == mapping.Mail {
			return nil, "la valeur a la forme d’un identifiant (" + string(id) + "), que le coffre ne garde pas ici"
		}
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

// number reads a number with a decimal comma or point, and spaces or the other sign between thousands.
func (c *Column) number(cell string) (any, string) {
	text := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u00a0', '\u202f', '€', '%', '\'':
			return -1
		case '−':
			return '-'
		}
		return r
	}, cell)
	x, err := strconv.ParseFloat(decimalPoint(text), 64)
	if strings.HasPrefix(text, "#") {
		return nil, "la formule du tableur est en erreur"
	}
	if err != nil || math.IsInf(x, 0) || math.IsNaN(x) || math.Abs(x) > 1e15 {
		return nil, "un nombre est attendu"
	}
	if !c.Decimal && x != math.Trunc(x) {
		return nil, "un nombre entier est attendu"
	}
	return x, ""
}

// decimalPoint drops the signs between thousands and makes a point of that of decimals: the last one of two
// different signs; a sign that comes again parts thousands. One alone is decimal.
func decimalPoint(text string) string {
	comma, point := strings.Count(text, ","), strings.Count(text, ".")
	switch {
	case comma > 0 && point > 0 && strings.LastIndex(text, ",") > strings.LastIndex(text, "."):
		text = strings.ReplaceAll(text, ".", "")
	case comma > 0 && point > 0, comma > 1:
		text = strings.ReplaceAll(text, ",", "")
	case point > 1:
		text = strings.ReplaceAll(text, ".", "")
	}
	return strings.Replace(text, ",", ".", 1)
}

// day reads a year, a month or a day: 2025, 2025-2026, 2025-11, 11/2025, novembre 2025, 30/11/2025,
// 20251130, 2025-11-30T08:00, and the number that a spreadsheet keeps of a day.
func day(grain belvedere.TimeGrain, cell string) (any, string) {
	d, isDay := dayOf(cell)
	switch grain {
	case belvedere.ByYear:
		if y, err := belvedere.ParseSchoolYear(cell); err == nil {
			return strconv.Itoa(int(y)), ""
		}
		if isDay {
			return strconv.Itoa(int(belvedere.SchoolYearOf(d))), ""
		}
		return nil, "une année est attendue (2025 ou 2025-2026)"
	case belvedere.ByMonth:
		if m, ok := monthOf(cell); ok {
			return m.Format("2006-01"), ""
		}
		if isDay {
			return d.Format("2006-01"), ""
		}
		return nil, "un mois est attendu (2025-11 ou 11/2025)"
	}
	if !isDay {
		return nil, "une date est attendue (30/11/2025 ou 2025-11-30)"
	}
	return d.Format(time.DateOnly), ""
}

// dayOf reads a day, with or without an hour.
func dayOf(cell string) (time.Time, bool) {
	if d, _, ok := mapping.ParseDay(cell); ok {
		return d, true
	}
	if len(cell) > 10 { // with an hour
		if d, _, ok := mapping.ParseDay(strings.TrimRight(cell[:10], " T,")); ok {
			return d, true
		}
	}
	if n, err := strconv.Atoi(strings.TrimSuffix(cell, ".0")); err == nil && len(cell) >= 5 && n >= 20_000 && n < 80_000 { // 1954 to 2119
		return belvedere.Date(1899, 12, 30).AddDate(0, 0, n), true
	}
	return time.Time{}, false
}

// months are their first letters, as people shorten them.
var months = []string{"janv", "fev", "mars", "avr", "mai", "juin", "juil", "aou", "sept", "oct", "nov", "dec"}

// monthOf reads a month in figures or in words.
func monthOf(cell string) (time.Time, bool) {
	for _, layout := range []string{"2006-1", "1/2006", "200601", "2006/1", "1-2006", "1.2006"} {
		if d, err := time.Parse(layout, cell); err == nil && d.Year() >= 1900 && d.Year() <= 2200 {
			return d, true
		}
	}
	word := strings.TrimRight(squash(cell), "0123456789")
	year, err := strconv.Atoi(squash(cell)[len(word):])
	if err != nil || len(word) < 3 {
		return time.Time{}, false
	}
	if year < 100 {
		year += 2000
	}
	for i, m := range months {
		if (strings.HasPrefix(word, m) || len(word) == 3 && strings.HasPrefix(m, word)) && year >= 1900 && year <= 2200 {
			return belvedere.Date(year, time.Month(i+1), 1), true
		}
	}
	return time.Time{}, false
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
	if id := mapping.IdentityOf(cell); id != "" {
		return nil, "la valeur a la forme d’un identifiant (" + string(id) + ")\u00a0: elle ne peut pas être un code"
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
