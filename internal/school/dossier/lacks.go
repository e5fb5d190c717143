package dossier

import (
	"slices"
	"strings"

	"belvedere"
)

// lacks says what a mapping misses in a file that is nearly one of its own: a source renames a column, and
// whoever loads the file of the month wants to know which. "" when the file is of another kind.
func (m *Mapping) lacks(parts []part) string {
	for _, one := range parts {
		if missing := m.missing(one); len(missing) > 0 {
			return " Il y manque " + belvedere.Plural(len(missing), "colonne", "colonnes") + "\u00a0: " + quotedList(missing) + "."
		}
	}
	return ""
}

// missing are the columns that a part lacks of the table that it is nearest to, when it has most of them.
func (m *Mapping) missing(one part) (best []string) {
	names := normal(one.header)
	for _, t := range m.Tables {
		var missing []string
		for _, h := range t.Headers {
			if !slices.Contains(names, squash(h)) {
				missing = append(missing, h)
			}
		}
		if len(missing) > 0 && 2*len(missing) < len(t.Headers) && (best == nil || len(missing) < len(best)) {
			best = missing
		}
	}
	return best
}

func quotedList(list []string) string {
	out := make([]string, len(list))
	for i, one := range list {
		out[i] = "«\u00a0" + one + "\u00a0»"
	}
	return strings.Join(out, ", ")
}

// unrecognised says that no mapping reads files, which one nearly does, and what to do.
func unrecognised(all []Mapping, parts []part) error {
	nearest := ""
	for _, m := range all {
		for _, one := range parts {
			if missing := m.missing(one); nearest == "" && len(missing) > 0 {
				nearest = " «\u00a0" + m.Label + "\u00a0» les lirait s’ils avaient " + map[bool]string{true: "la colonne ", false: "les colonnes "}[len(missing) == 1] + quotedList(missing) + "\u00a0: un intitulé a peut-être changé."
			}
		}
	}
	return belvedere.Errorf(belvedere.Invalid, "Aucune correspondance ne reconnaît ces fichiers.%s Choisissez la sorte de fichiers, et dites quelle colonne est laquelle.", nearest)
}
