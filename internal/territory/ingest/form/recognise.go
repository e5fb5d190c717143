package form

import (
	"fmt"
	"slices"
	"strings"

	"belvedere"
)

// Recognise says what a file is by its header. The target that reads the most columns wins, all
// the columns that it requires being there; the published format wins over a form that reads as
// many. The error is Invalid and names the closest format with the columns that are missing and
// those that are unknown, or the formats between which the header does not decide. The published
// format of a dataset is recognised only when it has no other column: nobody having named the
// dataset, one more column may mean that the file is something else.
func Recognise(m *belvedere.Model, header []string) (Target, error) {
	t, err := choose(header, targets(m))
	if err != nil || t.Dataset == nil || len(t.Ignored) == 0 {
		return t, err
	}
	return Target{}, belvedere.Errorf(belvedere.Invalid,
		"Ce fichier ressemble au jeu «\u00a0%s\u00a0» (%s), qui n’a pas de colonne %s. Retirez ce qui est en trop, ou désignez le jeu si c’est bien lui.",
		t.Label(), t.Code(), list(t.Ignored, 6))
}

// RecogniseAs is Recognise among the formats of one code: a form, or a dataset in its published
// format or in any form that feeds it. Columns that the published format does not know are then
// left unread (see Notices). An unknown code is NotFound.
func RecogniseAs(m *belvedere.Model, code string, header []string) (Target, error) {
	var among []Target
	for _, t := range targets(m) {
		if t.Code() == code || slices.Contains(t.Datasets(), code) {
			among = append(among, t)
		}
	}
	if len(among) > 0 {
		return choose(header, among)
	}
	var known []string
	for _, t := range targets(m) {
		known = append(known, t.Code())
	}
	hint := "Jeux et formats connus\u00a0: " + strings.Join(known, ", ") + "."
	if near := closest(code, known); near != "" {
		hint = fmt.Sprintf("Vouliez-vous écrire «\u00a0%s\u00a0»\u202f? ", near) + hint
	}
	return Target{}, belvedere.Errorf(belvedere.NotFound, "Ni jeu de données ni format ne s’appelle «\u00a0%s\u00a0». %s", printable(code, 60), hint)
}

func targets(m *belvedere.Model) []Target {
	var out []Target
	for _, d := range m.Datasets {
		out = append(out, Target{Dataset: d})
	}
	for _, f := range m.Forms {
		out = append(out, Target{Form: f})
	}
	return out
}

func choose(header []string, among []Target) (Target, error) {
	norm := keys(header)
	var best, near []*match
	for _, t := range among {
		m := tryMatch(t, header, norm)
		if !m.complete() {
			near = append(near, m)
			continue
		}
		switch {
		case len(best) == 0 || better(m, best[0]):
			best = []*match{m}
		case !better(best[0], m):
			best = append(best, m)
		}
	}
	switch len(best) {
	case 0:
		return Target{}, unrecognised(header, near)
	case 1:
		return accept(header, best[0])
	}
	var names []string
	for _, m := range best {
		names = append(names, m.target.Code())
	}
	return Target{}, belvedere.Errorf(belvedere.Invalid,
		"Les colonnes de ce fichier conviennent à plusieurs formats\u00a0: %s. Précisez lequel.", strings.Join(names, ", "))
}

// better compares two complete matches: more columns read, then the published format.
func better(a, b *match) bool {
	if len(a.fields) != len(b.fields) {
		return len(a.fields) > len(b.fields)
	}
	return a.target.Dataset != nil && b.target.Dataset == nil
}

// accept refuses what would be read wrongly although it was recognised.
func accept(header []string, m *match) (Target, error) {
	t := m.target
	if m.twice != "" {
		return Target{}, belvedere.Errorf(belvedere.Invalid,
			"La colonne «\u00a0%s\u00a0» figure deux fois dans le fichier. Retirez ou renommez l’une des deux.", printable(m.twice, 60))
	}
	if t.Form != nil && len(t.Form.Outputs) == 0 {
		return Target{}, belvedere.Errorf(belvedere.Invalid,
			"Ce fichier est reconnu («\u00a0%s\u00a0») et ne peut pas être chargé\u00a0: %s.", t.Form.Label, orElse(t.Form.Refuse, "aucun indicateur ne s’en sert"))
	}
	if t.Dataset == nil {
		return t, nil
	}
	// A misspelt optional measure would be lost without a word.
	var free []string
	for _, c := range t.wanted() {
		if _, read := m.fields[c.name]; !read {
			free = append(free, c.name)
		}
	}
	for _, i := range m.unknown {
		if near := closest(header[i], free); near != "" && len(near) >= 5 {
			return Target{}, belvedere.Errorf(belvedere.Invalid,
				"La colonne «\u00a0%s\u00a0» est inconnue du jeu «\u00a0%s\u00a0»\u00a0: vouliez-vous écrire «\u00a0%s\u00a0»\u202f? Corrigez-la ou retirez-la.",
				printable(header[i], 60), t.Dataset.Name, near)
		}
	}
	return t, nil
}

// Notices are the warnings that a recognised header deserves: in the published format, columns
// that nothing reads. Foreign files have many, by nature, and get none.
func (t Target) Notices(header []string) []belvedere.Fault {
	if t.Dataset == nil {
		return nil
	}
	var out []belvedere.Fault
	for _, name := range t.Ignored {
		out = append(out, belvedere.Fault{
			Line: 1, Column: slices.Index(header, name) + 1, Field: printable(name, 200),
			Rule: "colonne_ignoree", Severity: belvedere.SeverityWarning,
			Message: fmt.Sprintf("la colonne «\u00a0%s\u00a0» n’appartient pas au jeu «\u00a0%s\u00a0» et n’est pas lue", printable(name, 60), t.Dataset.Name),
			Mend:    "Retirez-la si elle n’a pas lieu d’être transmise.",
		})
	}
	return out
}

// unrecognised explains a header that matches nothing by what it comes closest to.
func unrecognised(header []string, near []*match) error {
	var best *match
	for _, m := range near {
		if best == nil || closeness(m) > closeness(best) {
			best = m
		}
	}
	if best == nil || len(best.fields) == 0 {
		return belvedere.Errorf(belvedere.Invalid,
			"Aucune colonne de ce fichier n’est reconnue. Sa première ligne doit nommer les colonnes\u202f; elle contient\u00a0: %s.", orElse(list(header, 6), "rien"))
	}
	t := best.target
	missing := "il manque la colonne " + list(best.missing, 6)
	if len(best.missing) > 1 {
		missing = "il manque les colonnes " + list(best.missing, 6)
	}
	unknown := ""
	switch len(t.Ignored) {
	case 0:
	case 1:
		unknown = "\u202f; la colonne " + list(t.Ignored, 6) + " lui est inconnue"
	default:
		unknown = "\u202f; les colonnes " + list(t.Ignored, 6) + " lui sont inconnues"
	}
	return belvedere.Errorf(belvedere.Invalid,
		"Ce fichier n’a les colonnes d’aucun format connu. Le plus proche est «\u00a0%s\u00a0» (%s)\u00a0: %s%s.", t.Label(), t.Code(), missing, unknown)
}

// closeness grades an incomplete match: the share of the required columns that are there, then
// the number of columns read.
func closeness(m *match) float64 {
	if len(m.fields) == 0 {
		return 0
	}
	return float64(m.required-len(m.missing))/float64(m.required) + float64(len(m.fields))/1e4
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
