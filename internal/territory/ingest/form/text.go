package form

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// textMeasure reads an attribute of the register. The names that stand for a date, a school or
// a yes are checked, since pages compute with them.
func textMeasure(c *column, slot int) {
	c.read = func(b []byte, values []any) *problem {
		t := trim(b)
		if len(t) == 0 {
			return c.absent(values)
		}
		if attribute := attributes[c.name]; attribute != nil {
			out, p := attribute(t)
			if p != nil {
				return p
			}
			t = out
		}
		v, p := readText(t)
		if p == nil {
			values[slot] = v
		}
		return p
	}
}

var attributes = map[string]func([]byte) ([]byte, *problem){
	"ouverture":   isoDate,
	"fermeture":   isoDate,
	"departement": departement,
	"internat":    yesNo,
	"devient":     successors,
}

// successors reads one UAI, or several when a school was split.
func successors(t []byte) ([]byte, *problem) {
	var out []string
	for _, one := range bytes.FieldsFunc(t, func(r rune) bool { return strings.ContainsRune(" ,;|/+", r) }) {
		u, p := parseUAI(one)
		if p != nil {
			return nil, p
		}
		out = append(out, string(u))
	}
	return []byte(strings.Join(out, ", ")), nil
}

func yesNo(t []byte) ([]byte, *problem) {
	switch plain(string(t)) {
	case "oui", "o", "1", "vrai", "true", "yes":
		return []byte("oui"), nil
	case "non", "n", "0", "faux", "false", "no":
		return []byte("non"), nil
	}
	return nil, &problem{rule: "oui_non", message: fmt.Sprintf("%s n’est ni oui ni non", quote(t)), mend: "Écrivez oui ou non, ou laissez la case vide."}
}

// readText trims a text, folds its white space, and refuses what no name or address holds.
func readText(t []byte) (any, *problem) {
	if !utf8.Valid(t) {
		return nil, &problem{rule: "encodage", message: fmt.Sprintf("%s n’est pas écrit en UTF-8", quote(t)), mend: "Enregistrez le fichier en UTF-8."}
	}
	if utf8.RuneCount(t) > maxText {
		return nil, &problem{rule: "texte_trop_long", message: fmt.Sprintf("le texte dépasse %d caractères", maxText), mend: "Raccourcissez le texte."}
	}
	s := string(t)
	if strings.ContainsAny(s, "\t\r\n") {
		s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\t' || r == '\r' || r == '\n' }), " ")
	}
	if at := strings.IndexFunc(s, isControl); at >= 0 {
		r, _ := utf8.DecodeRuneInString(s[at:])
		return nil, &problem{rule: "caractere_interdit", message: fmt.Sprintf("le texte contient le caractère invisible U+%04X", r), mend: "Retirez ce caractère."}
	}
	return s, nil
}
