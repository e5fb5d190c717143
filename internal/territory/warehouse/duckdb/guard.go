package duckdb

import (
	"strings"

	"belvedere"
)

// The text of statements comes from semantic, which takes identifiers from the catalogue and
// values as parameters. The guard is a second lock behind it: it refuses functions that reach
// files, settings, the log of other sessions, or the text of another statement, before DuckDB
// sees them. It reads words, not grammar, and so refuses too much rather than too little.

// refusedCalls are refused when called, whatever schema or quotes are put around them.
var refusedCalls = map[string]bool{
	"query": true, "query_table": true, "json_execute_serialized_sql": true, "json_serialize_sql": true,
	"json_serialize_plan": true, "json_deserialize_sql": true, "sql_auto_complete": true, "check_peg_parser": true,
	"getenv": true, "current_setting": true, "glob": true, "which_secret": true,
	"enable_logging": true, "disable_logging": true, "set_log_level": true, "truncate_duckdb_logs": true, "write_log": true,
	"parse_duckdb_log_message": true, "enable_profiling": true, "disable_profiling": true, "enable_profile": true,
	"sniff_csv": true, "arrow_scan": true, "arrow_scan_dumb": true, "pandas_scan": true, "python_map_function": true,
	"from_substrait": true, "from_substrait_json": true, "copy_database": true, "checkpoint": true, "force_checkpoint": true,
	"read_duckdb": true, "seq_scan": true, "index_scan": true, "add_parquet_key": true, "sqlsmith": true, "load": true, "install": true,
}

// refusedVerbs start statements that DuckDB rewrites to a SELECT before it tells their kind.
var refusedVerbs = map[string]bool{"PRAGMA": true, "CALL": true, "SHOW": true, "DESCRIBE": true, "DESC": true, "SUMMARIZE": true}

// refusedPrefixes start whole families of functions and views.
var refusedPrefixes = []string{"read_", "parquet_", "pragma_", "sqlite_", "duckdb_", "st_read", "iceberg_", "delta_", "http_", "enable_", "disable_"}

// allowedNames are exceptions to the prefixes that tell of tables only.
var allowedNames = map[string]bool{"duckdb_tables": true, "duckdb_columns": true, "duckdb_views": true, "duckdb_schemas": true}

// guard refuses a text that names a function or a system view which a statement never needs, or
// reads a file by its bare name. The error is internal: no visitor can cause it.
func guard(sql string) error {
	l := lexer{rest: sql}
	if first := l.next(); refusedVerbs[strings.ToUpper(first.text)] {
		return refuse("the verb %q", first.text)
	}
	l.rest = sql
	previous := token{}
	for t := l.next(); t.kind != endOfText; t = l.next() {
		name := strings.ToLower(t.text)
		switch {
		case t.kind == wordToken && refusedName(name, l.called()):
			return refuse("the function %q", name)
		case t.kind == textToken && readsFrom(previous):
			return refuse("a file as a table: %q", t.text)
		case t.kind == wordToken && t.quoted && strings.ContainsAny(t.text, "/\\*"):
			return refuse("a file as a table: %q", t.text)
		}
		previous = t
	}
	return nil
}

func refuse(what, name string) error {
	return belvedere.Errorf(belvedere.Internal, "statement refused, it names "+what, name)
}

func refusedName(name string, called bool) bool {
	if allowedNames[name] {
		return false
	}
	for _, p := range refusedPrefixes {
		// Views need no parenthesis; ordinary columns may start with read_ or http_.
		if strings.HasPrefix(name, p) && (called || p == "duckdb_" || p == "pragma_" || p == "sqlite_") {
			return true
		}
	}
	return called && refusedCalls[name]
}

func readsFrom(t token) bool {
	if t.kind != wordToken || t.quoted {
		return false
	}
	switch strings.ToUpper(t.text) {
	case "FROM", "JOIN", "INTO", "TABLE", "DESCRIBE", "SUMMARIZE", "USING":
		return true
	}
	return false
}

type tokenKind int

const (
	endOfText tokenKind = iota
	wordToken           // identifier or keyword
	textToken           // 'literal' or $$literal$$
	otherToken
)

type token struct {
	kind   tokenKind
	quoted bool
	text   string
}

// A lexer cuts SQL into tokens as DuckDB does, as far as the guard needs: comments and the
// inside of literals hide nothing and are not mistaken for words.
type lexer struct{ rest string }

func (l *lexer) next() token {
	l.skipBlank()
	if l.rest == "" {
		return token{}
	}
	switch c := l.rest[0]; {
	case c == '\'':
		return token{kind: textToken, text: l.quoted('\'')}
	case c == '"':
		return token{kind: wordToken, quoted: true, text: l.quoted('"')}
	case c == '$':
		return l.dollar()
	case wordByte(c):
		n := 0
		for n < len(l.rest) && wordByte(l.rest[n]) {
			n++
		}
		return token{kind: wordToken, text: l.take(n)}
	}
	return token{kind: otherToken, text: l.take(1)}
}

// called tells whether a parenthesis opens next.
func (l *lexer) called() bool {
	l.skipBlank()
	return strings.HasPrefix(l.rest, "(")
}

func (l *lexer) take(n int) string {
	t := l.rest[:n]
	l.rest = l.rest[n:]
	return t
}

func (l *lexer) skipBlank() {
	for {
		l.rest = strings.TrimLeft(l.rest, " \t\r\n\f\v\u00a0")
		switch {
		case strings.HasPrefix(l.rest, "--"):
			_, l.rest, _ = strings.Cut(l.rest, "\n")
		case strings.HasPrefix(l.rest, "/*"):
			l.skipComment()
		default:
			return
		}
	}
}

// skipComment passes a comment, which may hold others.
func (l *lexer) skipComment() {
	depth := 0
	for l.rest != "" {
		switch {
		case strings.HasPrefix(l.rest, "/*"):
			depth++
			l.take(2)
		case strings.HasPrefix(l.rest, "*/"):
			depth--
			l.take(2)
		default:
			l.take(1)
		}
		if depth == 0 {
			return
		}
	}
}

// quoted takes a literal or identifier in which the quote is written twice.
func (l *lexer) quoted(q byte) string {
	var b strings.Builder
	for i := 1; i < len(l.rest); i++ {
		if l.rest[i] == q {
			if i+1 == len(l.rest) || l.rest[i+1] != q {
				l.take(i + 1)
				return b.String()
			}
			i++
		}
		b.WriteByte(l.rest[i])
	}
	l.rest = ""
	return b.String()
}

// dollar takes $tag$literal$tag$ or the name of a parameter.
func (l *lexer) dollar() token {
	n := 1
	for n < len(l.rest) && wordByte(l.rest[n]) {
		n++
	}
	if n == len(l.rest) || l.rest[n] != '$' {
		return token{kind: otherToken, text: l.take(n)}
	}
	tag := l.take(n + 1)
	text, rest, _ := strings.Cut(l.rest, tag)
	l.rest = rest
	return token{kind: textToken, text: text}
}

func wordByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}
