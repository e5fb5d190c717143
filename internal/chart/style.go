package chart

import (
	"strconv"
	"strings"

	"belvedere"
)

// Profiles and media keep their colour and dash in every chart. Their codes come from the
// filter of the column, or from the second dimension of the rows.
var knownCodes = map[string]map[string]string{
	"profil": {
		"eleve": "eleves", "responsable": "resp", "responsable_legal": "resp", "responsables_legaux": "resp", "parent": "resp",
		"enseignant": "enseig", "professeur": "enseig", "personnel": "pers", "accompagnant": "accomp", "aidant": "accomp",
	},
	"support": {
		"logiciel": "logiciel", "client": "logiciel", "web": "web", "web_mobile": "mobile", "mobile": "mobile",
		"application": "appli", "appli": "appli", "application_mobile": "appli",
	},
}

// knownCode is the class of a member of a dimension, "" for a dimension without classes.
func knownCode(dim, code string) string {
	list := knownCodes[dim]
	if list == nil {
		return ""
	}
	c := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(code)), "-", "_")
	if v := list[c]; v != "" {
		return v
	}
	return list[strings.TrimSuffix(c, "s")]
}

// columnCode is the class of a column that a filter limits to one profile or one medium, or
// that bears the name of one. A column limited to both is named by its profile.
func columnCode(c belvedere.ResultColumn) string {
	for _, dim := range []string{"profil", "support"} {
		for _, f := range c.Where {
			if f.Dim == dim && !f.Not && len(f.Values) == 1 {
				if v := knownCode(dim, f.Values[0]); v != "" {
					return v
				}
			}
		}
	}
	name := unaccented.Replace(strings.ToLower(c.Label))
	for _, dim := range []string{"profil", "support"} {
		if v := knownCode(dim, name); v != "" {
			return v
		}
	}
	return ""
}

var unaccented = strings.NewReplacer("é", "e", "è", "e", " ", "_")

var lineClass = map[string]string{
	"eleves": "eleves", "resp": "resp", "enseig": "enseig", "pers": "pers", "accomp": "accomp",
	"logiciel": "l-logiciel", "web": "l-web", "mobile": "l-mobile", "appli": "l-appli",
}

// lineClasses gives each series its stroke and dash. Codes that repeat, or are unknown, take
// the general list: six dashes, then thicker ones.
func lineClasses(list []series, compare string) []string {
	out := make([]string, len(list))
	used := map[string]bool{}
	plain, next := 0, 0
	for _, s := range list {
		if s.key != compare || compare == "" {
			plain++
		}
	}
	for i, s := range list {
		c := lineClass[s.code]
		switch {
		case compare != "" && s.key == compare:
			c = "twin"
		case plain == 1:
			c = "plain"
		case c == "" || used[c]:
			c = "l" + strconv.Itoa(next%6+1)
			if next++; next > 6 {
				c += " thick"
			}
		}
		out[i], used[c] = c, true
	}
	return out
}

// A fill is how a segment is painted: a class, a hatch over it, and the class of text on it.
type fill struct {
	class string
	hatch bool
	over  string
}

var fills = map[string]fill{
	"logiciel": {"logiciel", false, "over-dark"},
	"web":      {"web", false, "over-dark"},
	"mobile":   {"web", true, "over-hatch"},
	"appli":    {"appli", false, "over-appli"},
	"eleves":   {"f-eleves", false, "over-dark"},
	"resp":     {"f-resp", true, "over-pale h-resp"},
	"enseig":   {"f-enseig", false, "over-dark"},
	"pers":     {"f-pers", false, "over-pale"},
	"accomp":   {"f-accomp", true, "over-dark h-accomp"},
}

// fillsOf paints the segments of a stack: known codes as everywhere, others from dark to light,
// every second one hatched, so that neighbours differ without colour.
func fillsOf(list []series) []fill {
	out := make([]fill, len(list))
	used := map[fill]bool{}
	next := 0
	for i, s := range list {
		f, ok := fills[s.code]
		if !ok || used[f] {
			tone := strconv.Itoa(next/2%4 + 1)
			f = fill{class: "k" + tone, hatch: next%2 == 1, over: "over-k" + tone}
			if f.hatch {
				f.over += " h-k" + tone
			}
			next++
		}
		out[i], used[f] = f, true
	}
	return out
}
