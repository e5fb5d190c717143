package duckdb

import (
	"strconv"
	"strings"

	"belvedere"
)

// inline writes the plain values of a statement into its text. DuckDB plans a statement with
// parameters again at each run, which takes longer than most pages take to answer; without any
// it keeps the plan. Only whole numbers and texts of letters, digits, "_", "-" and "." are
// written, for nothing in them could end a literal: names of towns, times and the like stay
// parameters, and so does everything when the text is not the usual one.
func inline(s belvedere.Statement) belvedere.Statement {
	at := placeholders(s.SQL)
	if len(at) == 0 || len(at) != len(s.Args) {
		return s
	}
	var text strings.Builder
	text.Grow(len(s.SQL) + 8*len(at))
	var args []any
	from := 0
	for i, p := range at {
		text.WriteString(s.SQL[from:p])
		from = p + 1
		switch v := s.Args[i].(type) {
		case int64:
			text.WriteString("(" + strconv.FormatInt(v, 10) + ")")
			continue
		case int:
			text.WriteString("(" + strconv.Itoa(v) + ")")
			continue
		case string:
			if plain(v) {
				text.WriteString("'" + v + "'")
				continue
			}
		}
		text.WriteByte('?')
		args = append(args, s.Args[i])
	}
	text.WriteString(s.SQL[from:])
	return belvedere.Statement{SQL: text.String(), Args: args}
}

// placeholders are the places of the question marks that are followed by a type, as semantic
// writes them. Literals, names in quotes, comments of several lines and other marks give none at
// all: the statement is then run as it came.
func placeholders(sql string) (at []int) {
	for i := 0; i < len(sql); i++ {
		switch sql[i] {
		case '"', '$', ';':
			return nil
		case '\'':
			// '' is the only literal that semantic writes.
			if !strings.HasPrefix(sql[i:], "''") || strings.HasPrefix(sql[i:], "'''") {
				return nil
			}
			i++
		case '/':
			if strings.HasPrefix(sql[i:], "/*") {
				return nil
			}
		case '-':
			if strings.HasPrefix(sql[i:], "--") {
				end := strings.IndexByte(sql[i:], '\n')
				if end < 0 {
					return at
				}
				i += end
			}
		case '?':
			if !strings.HasPrefix(sql[i:], "?::") {
				return nil
			}
			at = append(at, i)
		}
	}
	return at
}

// plain tells whether a text may stand between quotes as it is.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '_' && c != '-' && c != '.' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return len(s) <= 100
}
