package e2e

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// A grammar is a command: its flags (true for those without a value) and its subcommands. It is
// read from the source, so that documents are checked without linking the program.
type grammar struct {
	flags    map[string]bool
	commands map[string]*grammar
}

// readGrammar reads the struct "cli" of cmd/belvedere as kong does.
func readGrammar(t *testing.T) *grammar {
	t.Helper()
	files, err := filepath.Glob("../cmd/belvedere/*.go")
	if err != nil {
		t.Fatal(err)
	}
	structs := map[string]*ast.StructType{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok {
				if s, ok := spec.Type.(*ast.StructType); ok {
					structs[spec.Name.Name] = s
				}
			}
			return true
		})
	}
	g := newGrammar(structs, structs["cli"])
	if len(g.commands) == 0 {
		t.Fatal("the struct cli of cmd/belvedere names no command")
	}
	return g
}

func newGrammar(structs map[string]*ast.StructType, s *ast.StructType) *grammar {
	g := &grammar{flags: map[string]bool{"--help": true, "-h": true}, commands: map[string]*grammar{}}
	if s == nil {
		return g
	}
	for _, field := range s.Fields.List {
		kind, _ := field.Type.(*ast.Ident)
		if len(field.Names) == 0 && kind != nil { // embedded: its flags are those of the command
			maps.Copy(g.flags, newGrammar(structs, structs[kind.Name]).flags)
		}
		if len(field.Names) == 0 || field.Tag == nil {
			continue
		}
		text, err := strconv.Unquote(field.Tag.Value)
		if err != nil {
			continue
		}
		tag := reflect.StructTag(text)
		name := tag.Get("name")
		if name == "" {
			name = kebab(field.Names[0].Name)
		}
		_, isCommand := tag.Lookup("cmd")
		_, isArg := tag.Lookup("arg")
		switch {
		case isCommand && kind != nil:
			g.commands[name] = newGrammar(structs, structs[kind.Name])
		case !isArg:
			alone := kind != nil && kind.Name == "bool"
			g.flags["--"+name] = alone
			if short := tag.Get("short"); short != "" {
				g.flags["-"+short] = alone
			}
		}
	}
	return g
}

// kebab turns LastDay into last-day.
func kebab(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// parse checks the words after the name of the program: a command that exists, at each level,
// and flags that it or one above it has.
func (g *grammar) parse(words []string) error {
	above := []*grammar{g}
	for i := 0; i < len(words); i++ {
		word, at := words[i], above[len(above)-1]
		switch {
		case strings.HasPrefix(word, "-") && word != "-":
			name, _, valued := strings.Cut(word, "=")
			alone, known := findFlag(above, name)
			if !known {
				return fmt.Errorf("no flag %s", name)
			}
			if !alone && !valued {
				if i++; i == len(words) || strings.HasPrefix(words[i], "-") {
					return fmt.Errorf("%s lacks its value; one that starts with - follows =", name)
				}
			}
		case len(at.commands) > 0:
			next := at.commands[word]
			if next == nil {
				return fmt.Errorf("no command %q", word)
			}
			above = append(above, next)
		}
	}
	if len(above) == 1 && !strings.Contains(strings.Join(words, " "), "--help") {
		return errors.New("no command is named")
	}
	return nil
}

func findFlag(above []*grammar, name string) (alone, known bool) {
	for _, g := range above {
		if alone, known = g.flags[name]; known {
			return alone, true
		}
	}
	return false, false
}

// TestGrammar proves that the check of commands can fail.
func TestGrammar(t *testing.T) {
	g := readGrammar(t)
	for _, c := range []struct {
		line string
		good bool
	}{
		{"--data x load a.csv b.csv", true},
		{"backup --phrase phrase.txt tout.bvd", true},
		{"backup --words phrase.txt tout.bvd", false},
		{"query --indicators eleves --by annee --total -o f.csv", true},
		{"query --indicators=eleves --sql", true},
		{"delivery show 3 --json", true},
		{"--help", true},
		{"backup --phrase phrase.txt tout.bvd", true},
		{"agreement add --all --from 2026-09-01 --themes tous --base consentement", true},
		{"user invite --admin", true},
		{"user delete --yes Paul@RIVE", false},
		{"import a.zip b.xml --school 9990010G --rehearse", true},
		{"import a.zip --school", false},
		{"school vaults", true},
		{"school open 9990010G", false},
		{"load --json --colour a.csv", false},
		{"query --indicators eleves --sort -eleves", false},
		{"query --indicators eleves --sort=-eleves", true},
		{"load a.csv --as", false},
		{"delivery forget 3", false},
		{"--data x", false},
	} {
		if err := g.parse(strings.Fields(c.line)); (err == nil) != c.good {
			t.Errorf("%s: %v", c.line, err)
		}
	}
}
