package form

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"belvedere"
)

// problem is what is wrong with one value, before its place is known.
type problem struct {
	rule    string
	message string
	mend    string
	warning bool
}

// fault gives the problem its place. Column counts from 0 here, -1 when no field is to blame.
func (p *problem) fault(line int64, column int, header []string, fields [][]byte) belvedere.Fault {
	f := belvedere.Fault{Line: line, Rule: p.rule, Severity: belvedere.SeverityError, Message: p.message, Mend: p.mend}
	if p.warning {
		f.Severity = belvedere.SeverityWarning
	}
	if column >= 0 {
		f.Column = column + 1
		if column < len(header) {
			f.Field = header[column]
		}
		if column < len(fields) {
			f.Value = printable(string(fields[column]), 200)
		}
	}
	return f
}

// printable makes a value of a file safe and short enough to be shown and stored.
func printable(s string, most int) string {
	s = strings.ToValidUTF8(s, "�")
	s = strings.Map(func(r rune) rune {
		if isControl(r) {
			return '�'
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

// quote writes a value inside a message.
func quote(b []byte) string { return "«\u00a0" + printable(string(b), 40) + "\u00a0»" }

const ruleAbsent = "valeur_absente"

func missing(label string) *problem {
	return &problem{
		rule:    ruleAbsent,
		message: fmt.Sprintf("la valeur de «\u00a0%s\u00a0» est obligatoire et manque", label),
		mend:    "Renseignez cette colonne ou retirez la ligne.",
	}
}

// isControl tells the characters that no statistic needs: controls, and the marks that turn the
// direction of writing round so that a reader sees something else than what is stored.
func isControl(r rune) bool {
	return r < 0x20 || (r >= 0x7f && r < 0xa0) || (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) ||
		r == 0x2028 || r == 0x2029 || (r >= 0xfff9 && r <= 0xfffb)
}
