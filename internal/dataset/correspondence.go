package dataset

import (
	"fmt"
	"strings"

	"belvedere"
)

// A correspondence is text: one line for each name of the file and the UAI that it stands for, parted
// by "=", ";" or a tabulation. What follows "#" is a remark.

// ReadCorrespondence reads one. A name without a UAI is left: its lines are put aside, and counted.
func ReadCorrespondence(text string) (schools map[string]belvedere.UAI, left []string, err error) {
	out := map[string]belvedere.UAI{}
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		at := strings.LastIndexAny(line, "=;\t")
		if at < 0 {
			return nil, nil, belvedere.Errorf(belvedere.Invalid, "Ligne %d de la table de correspondance\u00a0: écrivez «\u00a0nom = UAI\u00a0».", i+1)
		}
		name, code := strings.TrimSpace(line[:at]), strings.TrimSpace(line[at+1:])
		if code == "" || name == "" {
			if name != "" {
				left = append(left, name)
			}
			continue
		}
		u, err := belvedere.ParseUAI(code)
		if err != nil {
			return nil, nil, belvedere.Errorf(belvedere.Invalid, "Ligne %d de la table de correspondance\u00a0: %v.", i+1, err)
		}
		out[name] = u
	}
	return out, left, nil
}

// WriteCorrespondence writes guesses for someone to look over.
func WriteCorrespondence(list []Guess) string {
	var b strings.Builder
	for _, g := range list {
		fmt.Fprintf(&b, "%s = %s", strings.NewReplacer("#", " ", "\n", " ").Replace(g.Value), g.UAI)
		if g.UAI != "" {
			fmt.Fprintf(&b, " # %s, ressemblance %s", g.School, belvedere.FormatPercent(g.Score, 0))
		}
		b.WriteString("\n")
	}
	return b.String()
}
