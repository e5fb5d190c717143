package dossier

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"belvedere"
	"belvedere/internal/mapping"
)

// Labels name the codes of open lists: « I4GM » is « Génie mécanique, 4e année ». A column of text that
// its kind declares for that (labels) leaves beside the codes, so it is judged as they are.
const (
	longestLabel = 120 // in characters, as the territory bounds it
	mostNames    = 5   // different names that a file may give one code: more are names of rows, or of people
)

// labelled is what the rows of an import call the codes of one column.
type labelled struct {
	codes map[string]*naming
	order []string
}

// A naming is what one code is called.
type naming struct {
	last string
	had  []string // different names, in their order
}

// name takes the labels of a row. One that is the name of the person of the row is no name of a code.
func (w *writer) name(values []any) error {
	for i := range w.k.Columns {
		c := &w.k.Columns[i]
		if c.Labels == "" {
			continue
		}
		code, _ := values[w.at[c.Labels]].(string)
		label, _ := values[i].(string)
		label = strings.Join(strings.Fields(label), " ")
		if code == "" || label == "" || label == code {
			continue
		}
		if w.isOfPerson(label, values) {
			return belvedere.Errorf(belvedere.Invalid, "La colonne «\u00a0%s\u00a0» donne le nom de la personne de la ligne\u00a0: elle semble les désigner, et ne peut pas être un libellé. Choisissez-lui une autre colonne.", c.Label)
		}
		if utf8.RuneCountInString(label) > longestLabel {
			continue // the row keeps it; it is no name
		}
		if w.labels[c.Name] == nil {
			w.labels[c.Name] = &labelled{codes: map[string]*naming{}}
		}
		w.labels[c.Name].take(code, label)
	}
	return nil
}

func (l *labelled) take(code, label string) {
	n := l.codes[code]
	if n == nil {
		if len(l.codes) == mostRemembered {
			return
		}
		n = &naming{}
		l.codes[code], l.order = n, append(l.order, code)
	}
	if n.last == label {
		return
	}
	if n.last = label; len(n.had) <= mostNames && !slices.Contains(n.had, label) {
		n.had = append(n.had, label)
	}
}

// MayLabel tells whether a text may leave as the name of a code: short, and of nobody by its shape.
func MayLabel(text string) bool {
	return mapping.IdentityOf(text) == "" && utf8.RuneCountInString(text) <= longestLabel && !strings.ContainsFunc(text, unicode.IsControl)
}

// isOfPerson tells whether a label is one of the identities of its row, or two of them together.
func (w *writer) isOfPerson(label string, values []any) bool {
	var who []string
	for i := range w.k.Columns {
		if text, _ := values[i].(string); w.k.Columns[i].Class == Identity && text != "" {
			who = append(who, squash(text))
		}
	}
	text := squash(label)
	for _, a := range who {
		if a == text {
			return true
		}
		for _, b := range who {
			if a+b == text {
				return true
			}
		}
	}
	return false
}

// baptise gives the codes of the import the names that it brings: the most recent file wins, and says so
// where it changes one. What is empty erases nothing.
func (w *writer) baptise() error {
	for i := range w.k.Columns {
		c := &w.k.Columns[i]
		l := w.labels[c.Name]
		if l == nil {
			continue
		}
		for _, code := range l.order {
			n := l.codes[code]
			if len(n.had) > mostNames {
				return belvedere.Errorf(belvedere.Invalid, "La colonne «\u00a0%s\u00a0» donne plus de %d noms à un même code\u00a0: elle semble désigner des personnes ou des lignes, et ne peut pas être un libellé. Choisissez-lui une autre colonne.", c.Label, mostNames)
			}
			if err := w.call(c, code, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// call names one code in the vault.
func (w *writer) call(c *Column, code string, n *naming) error {
	var was string
	if _, err := w.im.tx.Get("SELECT libelle FROM dossier_code WHERE genre = ? AND colonne = ? AND code = ?", []any{w.k.Name, c.Labels, code}, &was); err != nil {
		return err
	}
	why := ""
	switch {
	case len(n.had) > 1:
		why = fmt.Sprintf("le code «\u00a0%s\u00a0» a plusieurs libellés dans le fichier (%s)\u00a0: «\u00a0%s\u00a0», le dernier, est gardé", code, strings.Join(n.had, ", "), n.last)
	case was != "" && was != n.last:
		why = fmt.Sprintf("le code «\u00a0%s\u00a0» s’appelait «\u00a0%s\u00a0»\u00a0: le fichier, plus récent, l’appelle «\u00a0%s\u00a0»", code, was, n.last)
	}
	if why != "" {
		if err := w.im.Fault(belvedere.Fault{Field: c.Name, Rule: "libelle", Severity: belvedere.SeverityWarning, Message: c.Label + "\u00a0: " + why}); err != nil {
			return err
		}
	}
	_, err := w.im.tx.Exec("UPDATE dossier_code SET libelle = ?, nomme = ? WHERE genre = ? AND colonne = ? AND code = ?", n.last, w.im.id, w.k.Name, c.Labels, code)
	return err
}
