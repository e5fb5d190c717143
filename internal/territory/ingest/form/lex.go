package form

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A SyntaxError is a mistake in an expression of the form language. Offset counts bytes from 0.
type SyntaxError struct {
	Expr    string
	Offset  int
	Message string
}

// Error shows the message, the expression and a caret under the place.
func (e *SyntaxError) Error() string {
	at := min(max(e.Offset, 0), len(e.Expr))
	pad := strings.Repeat(" ", utf8.RuneCountInString(e.Expr[:at]))
	return fmt.Sprintf("%s (caractère %d)\n  %s\n  %s^", e.Message, utf8.RuneCountInString(e.Expr[:at])+1, e.Expr, pad)
}

type tokenKind uint8

const (
	tokEnd tokenKind = iota
	tokColumn
	tokText
	tokNumber
	tokName
	tokSign // one of + - * / ( ) , = != < > <= >=
)

type token struct {
	kind tokenKind
	text string
	at   int
}

// lex cuts an expression into tokens. The last one is tokEnd.
func lex(s string) ([]token, error) {
	var tokens []token
	for i := 0; i < len(s); {
		c := s[i]
		if c == ' ' || c == '\t' || c == '\n' || c == '\r' {
			i++
			continue
		}
		t, next, err := lexOne(s, i)
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
		i = next
	}
	return append(tokens, token{kind: tokEnd, at: len(s)}), nil
}

func lexOne(s string, i int) (token, int, error) {
	switch c := s[i]; {
	case c == '{':
		return lexColumn(s, i)
	case c == '\'':
		return lexText(s, i)
	case isDigit(c):
		j := i
		for j < len(s) && (isDigit(s[j]) || s[j] == '.') {
			j++
		}
		return token{tokNumber, s[i:j], i}, j, nil
	case isLower(c):
		j := i
		for j < len(s) && (isLower(s[j]) || isDigit(s[j]) || s[j] == '_') {
			j++
		}
		return token{tokName, s[i:j], i}, j, nil
	case (c == '!' || c == '<' || c == '>') && i+1 < len(s) && s[i+1] == '=':
		return token{tokSign, s[i : i+2], i}, i + 2, nil
	case strings.IndexByte("+-*/(),=<>", c) >= 0:
		return token{tokSign, s[i : i+1], i}, i + 1, nil
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	return token{}, 0, &SyntaxError{s, i, fmt.Sprintf("caractère inattendu %q", r)}
}

func lexColumn(s string, i int) (token, int, error) {
	end := strings.IndexByte(s[i:], '}')
	if end < 0 {
		return token{}, 0, &SyntaxError{s, i, "accolade jamais fermée"}
	}
	name := strings.TrimSpace(s[i+1 : i+end])
	if name == "" || strings.ContainsAny(name, "{'") {
		return token{}, 0, &SyntaxError{s, i, "un nom de colonne est attendu entre accolades"}
	}
	return token{tokColumn, name, i}, i + end + 1, nil
}

// lexText reads a quoted text; a quote inside is written twice.
func lexText(s string, i int) (token, int, error) {
	var b strings.Builder
	for j := i + 1; j < len(s); j++ {
		if s[j] != '\'' {
			b.WriteByte(s[j])
			continue
		}
		if j+1 < len(s) && s[j+1] == '\'' {
			b.WriteByte('\'')
			j++
			continue
		}
		return token{tokText, b.String(), i}, j + 1, nil
	}
	return token{}, 0, &SyntaxError{s, i, "texte jamais fermé\u00a0: il manque une apostrophe"}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isLower(c byte) bool { return c >= 'a' && c <= 'z' }
