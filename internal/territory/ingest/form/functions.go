package form

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"belvedere"
)

// function is one function of the form language. Most < 0 means any number of arguments.
type function struct {
	least, most int
	build       func(b *binder, n *node, args []evaluator) (evaluator, error)
}

func (f function) arity() string {
	switch {
	case f.most < 0:
		return fmt.Sprintf("au moins %d argument(s)", f.least)
	case f.least == f.most:
		return fmt.Sprintf("%d argument(s)", f.least)
	}
	return fmt.Sprintf("de %d à %d arguments", f.least, f.most)
}

// functions is the closed list of the functions. It is filled by init because the parser reads
// it and the builders read the parser's nodes.
var functions map[string]function

func init() {
	functions = map[string]function{
		"rentree":     {1, 1, textFunc(rentree)},
		"annee":       {1, 1, textFunc(annee)},
		"date":        {1, 1, textFunc(isoDate)},
		"departement": {1, 1, textFunc(departement)},
		"lower":       {1, 1, textFunc(infallible(bytes.ToLower))},
		"title":       {1, 1, textFunc(infallible(titleCase))},
		"left":        {2, 2, left},
		"pad":         {2, 2, pad},
		"before":      {2, 2, parted(func(head, _ []byte) []byte { return head })},
		"after":       {2, 2, parted(func(_, tail []byte) []byte { return tail })},
		"concat":      {1, -1, concat},
		"first":       {1, -1, first},
		"if":          {2, 3, ifThenElse},
		"vide":        {1, 1, empty},
	}
}

func functionNames() []string {
	names := make([]string, 0, len(functions))
	for name := range functions {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// textFunc builds a function of one text. Files repeat themselves, so that results are kept.
func textFunc(f func([]byte) ([]byte, *problem)) func(*binder, *node, []evaluator) (evaluator, error) {
	return func(b *binder, n *node, args []evaluator) (evaluator, error) {
		source := b.source(n.args[0])
		known := map[string][]byte{}
		return func(e *env) value {
			v := args[0](e)
			if v.kind == kindAbsent {
				return v
			}
			in := v.asText()
			if out, ok := known[string(in)]; ok {
				return text(out)
			}
			out, p := f(in)
			if p != nil {
				return e.fail(p, source)
			}
			if len(known) >= maxMemo {
				clear(known)
			}
			out = bytes.Clone(out) // it may be a part of the record, which does not last
			known[string(in)] = out
			return text(out)
		}, nil
	}
}

func infallible(f func([]byte) []byte) func([]byte) ([]byte, *problem) {
	return func(b []byte) ([]byte, *problem) { return f(b), nil }
}

func text(b []byte) value {
	if len(b) == 0 {
		return value{}
	}
	return value{kind: kindText, text: b}
}

// rentree is the date of the yearly count of a school year: 1 October.
func rentree(b []byte) ([]byte, *problem) {
	y, p := parseYear(b)
	if p != nil {
		return nil, p
	}
	return []byte(fmt.Sprintf("%04d-10-01", int(y))), nil
}

func annee(b []byte) ([]byte, *problem) {
	y, p := parseYear(b)
	if p != nil {
		return nil, p
	}
	return []byte(fmt.Sprintf("%04d", int(y))), nil
}

// isoDate reads a date, with or without a time after it, and writes it 2006-01-02.
func isoDate(b []byte) ([]byte, *problem) {
	if len(b) > 10 && (b[10] == 'T' || b[10] == ' ') {
		b = b[:10]
	}
	d, p := parseDate(b)
	if p == nil {
		return []byte(d.Format(time.DateOnly)), nil
	}
	for _, layout := range otherDates {
		if d, err := time.Parse(layout, string(trim(b))); err == nil && d.Year() >= 1900 && d.Year() <= 2200 {
			return []byte(d.Format(time.DateOnly)), nil
		}
	}
	return nil, p
}

// otherDates are the ways of writing a date that only a declared format may use.
var otherDates = []string{"2/1/2006", "2006/01/02", "02-01-2006", "02.01.2006", "20060102", "02/01/06"}

// departement writes the usual code of a département: "035" and "35" give "35", "02A" gives
// "2A", "1" gives "01", "974" stays.
func departement(b []byte) ([]byte, *problem) {
	s := strings.ToUpper(string(trim(b)))
	switch {
	case len(s) == 3 && s[0] == '0':
		s = s[1:]
	case len(s) == 1:
		s = "0" + s
	}
	ok := len(s) == 2 || len(s) == 3
	for i := 0; i < len(s) && ok; i++ {
		ok = isDigit(s[i]) || (i == 1 && len(s) == 2 && (s == "2A" || s == "2B"))
	}
	if !ok {
		return nil, &problem{
			rule:    "departement",
			message: fmt.Sprintf("le code de département %s doit s’écrire 35, 035, 2A ou 974", quote(b)),
			mend:    "Écrivez le code officiel du département.",
		}
	}
	return []byte(s), nil
}

// titleCase writes a text of capitals as a proper name; a text that has small letters stays.
func titleCase(b []byte) []byte {
	s := repair(string(b))
	if strings.IndexFunc(string(b), unicode.IsLower) >= 0 {
		return []byte(s)
	}
	var out strings.Builder
	word := 0 // start of the word under way
	low := strings.ToLower(s)
	flush := func(end int) {
		w := low[word:end]
		if _, small := smallWords[w]; (small && word > 0) || w == "" {
			out.WriteString(w)
			return
		}
		r, n := utf8.DecodeRuneInString(w)
		out.WriteRune(unicode.ToUpper(r))
		out.WriteString(w[n:])
	}
	for i, r := range low {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			continue
		}
		flush(i)
		out.WriteRune(r)
		word = i + utf8.RuneLen(r)
	}
	flush(len(low))
	return []byte(out.String())
}

var smallWords = map[string]struct{}{
	"de": {}, "du": {}, "des": {}, "d": {}, "la": {}, "le": {}, "les": {}, "l": {}, "et": {}, "en": {},
	"sur": {}, "sous": {}, "aux": {}, "au": {}, "à": {}, "lès": {}, "lez": {},
}

// literal is the number written as an argument: lengths are known when the form is checked.
func literal(b *binder, n *node, i, most int) (int, error) {
	a := n.args[i]
	if a.op != "number" || a.num != float64(int(a.num)) || a.num < 0 || a.num > float64(most) {
		return 0, &SyntaxError{b.expr, a.at, fmt.Sprintf("%s attend ici un nombre entier de 0 à %d", n.name, most)}
	}
	return int(a.num), nil
}

func left(b *binder, n *node, args []evaluator) (evaluator, error) {
	size, err := literal(b, n, 1, maxText)
	if err != nil {
		return nil, err
	}
	return func(e *env) value {
		t := args[0](e).asText()
		end := 0
		for i := 0; i < size && end < len(t); i++ {
			_, w := utf8.DecodeRune(t[end:])
			end += w
		}
		return text(t[:end])
	}, nil
}

// parted takes what stands before or after the first mark in a text: several values in one cell,
// "45.78, 4.77", a letter before a code. Without the mark all stands before it.
func parted(pick func(head, tail []byte) []byte) func(*binder, *node, []evaluator) (evaluator, error) {
	return func(b *binder, n *node, args []evaluator) (evaluator, error) {
		mark := n.args[1]
		if mark.op != "text" || mark.name == "" {
			return nil, &SyntaxError{b.expr, mark.at, n.name + " attend ici un texte entre apostrophes"}
		}
		return func(e *env) value {
			head, tail, _ := bytes.Cut(args[0](e).asText(), []byte(mark.name))
			return text(trim(pick(head, tail)))
		}, nil
	}
}

// pad adds zeros before a text that a spreadsheet took for a number ("1004" for "01004").
func pad(b *binder, n *node, args []evaluator) (evaluator, error) {
	size, err := literal(b, n, 1, 40)
	if err != nil {
		return nil, err
	}
	return func(e *env) value {
		t := args[0](e).asText()
		if len(t) == 0 || len(t) >= size {
			return text(t)
		}
		return text(append(bytes.Repeat([]byte{'0'}, size-len(t)), t...))
	}, nil
}

func concat(_ *binder, _ *node, args []evaluator) (evaluator, error) {
	return func(e *env) value {
		var out []byte
		for _, a := range args {
			out = append(out, a(e).asText()...)
		}
		return text(trim(out))
	}, nil
}

func first(_ *binder, _ *node, args []evaluator) (evaluator, error) {
	return func(e *env) value {
		for _, a := range args {
			if v := a(e); v.kind != kindAbsent {
				return v
			}
		}
		return value{}
	}, nil
}

func ifThenElse(_ *binder, _ *node, args []evaluator) (evaluator, error) {
	return func(e *env) value {
		switch {
		case args[0](e).true():
			return args[1](e)
		case len(args) > 2:
			return args[2](e)
		}
		return value{}
	}, nil
}

func empty(_ *binder, _ *node, args []evaluator) (evaluator, error) {
	return func(e *env) value { return boolean(args[0](e).kind == kindAbsent) }, nil
}

// parseYear reads a school year as files write it.
func parseYear(b []byte) (belvedere.SchoolYear, *problem) {
	s := string(trim(b))
	s = strings.TrimSuffix(strings.TrimSuffix(s, ".0"), ",0")
	y, err := belvedere.ParseSchoolYear(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		return 0, &problem{rule: "annee", message: err.Error(), mend: "Écrivez l’année scolaire 2025 ou 2025-2026."}
	}
	return y, nil
}

// repair mends a name that went through the wrong encoding once: a control character of the C1
// range is the letter that Windows-1252 has in its place (0x9C is œ); the other invisible ones go.
func repair(s string) string {
	if strings.IndexFunc(s, isControl) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x80 && r <= 0x9f:
			if mended := charmap.Windows1252.DecodeByte(byte(r)); mended != utf8.RuneError && !isControl(mended) {
				return mended
			}
			return -1
		case isControl(r):
			return -1
		}
		return r
	}, s)
}
