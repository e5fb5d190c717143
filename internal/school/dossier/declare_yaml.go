package dossier

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"belvedere"
)

// A Problem is one mistake in a declaration, with its place; Column counts characters from 1.
type Problem struct {
	File         string
	Line, Column int
	Message      string // French
	Source       string // the line
}

// String writes the place, the message, the line and a caret under the column.
func (p Problem) String() string {
	lead := []rune(p.Source)
	lead = lead[:min(max(p.Column-1, 0), len(lead))]
	for i, r := range lead {
		if r != '\t' {
			lead[i] = ' '
		}
	}
	return fmt.Sprintf("%s:%d:%d : %s\n%5d | %s\n      | %s^", p.File, p.Line, p.Column, p.Message, p.Line, p.Source, string(lead))
}

// Problems are all mistakes of the declarations.
type Problems []Problem

// Error implements error.
func (ps Problems) Error() string {
	lines := []string{belvedere.Plural(len(ps), "erreur", "erreurs") + " dans les déclarations de fichiers de personnes"}
	for _, p := range ps[:min(len(ps), 100)] {
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}

// limits of a declaration, far above any real one.
const (
	longestDeclaration = 1 << 20
	longestLine        = 5000
	deepest            = 20
)

// A reader collects the mistakes of one file.
type reader struct {
	file     string
	lines    []string
	problems Problems
}

// A node is a value of a declaration with its place.
type node struct {
	r            *reader
	line, column int
	text         string
	scalar       bool
	list         []node
	isList       bool
	pairs        []pairNode
}

type pairNode struct{ key, value node }

func (n node) fault(format string, args ...any) {
	p := Problem{File: n.r.file, Line: max(n.line, 1), Column: max(n.column, 1), Message: fmt.Sprintf(format, args...)}
	if p.Line <= len(n.r.lines) {
		p.Source = strings.ToValidUTF8(n.r.lines[p.Line-1], "\ufffd")
	}
	n.r.problems = append(n.r.problems, p)
}

// documents reads the YAML files of the folder persons of each catalogue, in the order of their names.
func documents(sources []fs.FS, each func(n node)) (problems Problems, err error) {
	for i, source := range sources {
		var names []string
		err := fs.WalkDir(source, "persons", func(name string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err == nil && d.Type().IsRegular() && (path.Ext(name) == ".yaml" || path.Ext(name) == ".yml") {
				names = append(names, name)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		slices.Sort(names)
		for _, name := range names {
			text, err := fs.ReadFile(source, name)
			if err != nil {
				return nil, err
			}
			r := &reader{file: name, lines: strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")}
			if i > 0 {
				r.file = "(catalogue local) " + name
			}
			if n, ok := r.parse(text); ok {
				each(n)
			}
			problems = append(problems, r.problems...)
		}
	}
	return problems, nil
}

// parse gives the tree of a file that holds one document.
func (r *reader) parse(text []byte) (root node, ok bool) {
	root = node{r: r, line: 1, column: 1}
	if len(text) > longestDeclaration || slices.ContainsFunc(r.lines, func(l string) bool { return len(l) > longestLine }) {
		root.fault("le fichier est trop grand pour une déclaration")
		return root, false
	}
	defer func() {
		if recover() != nil { // the library is not proof against all input
			root.fault("le YAML est illisible")
			ok = false
		}
	}()
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		at, message := root, err.Error()
		var e yaml.Error
		if errors.As(err, &e) {
			message = e.GetMessage()
			if t := e.GetToken(); t != nil && t.Position != nil {
				at.line, at.column = t.Position.Line, t.Position.Column
			}
		}
		message, _, _ = strings.Cut(message, "\n")
		at.fault("YAML\u00a0: %s", message)
		return root, false
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		root.fault("un fichier contient un document, et un seul")
		return root, false
	}
	return r.node(file.Docs[0].Body, 0), true
}

// node turns a value of the library into one that keeps its place.
func (r *reader) node(from ast.Node, depth int) node {
	n := node{r: r, line: 1, column: 1}
	if t := from.GetToken(); t != nil && t.Position != nil {
		n.line, n.column = t.Position.Line, t.Position.Column
	}
	if depth > deepest {
		n.fault("la déclaration est trop profonde")
		return n
	}
	pair := func(p *ast.MappingValueNode) {
		n.pairs = append(n.pairs, pairNode{r.node(p.Key, depth+1), r.node(p.Value, depth+1)})
	}
	switch from := from.(type) {
	case *ast.MappingNode:
		for _, p := range from.Values {
			pair(p)
		}
	case *ast.MappingValueNode:
		pair(from)
	case *ast.SequenceNode:
		n.isList = true
		for _, one := range from.Values {
			n.list = append(n.list, r.node(one, depth+1))
		}
	case *ast.StringNode:
		n.text, n.scalar = from.Value, true
	case *ast.LiteralNode:
		n.text, n.scalar = strings.TrimRight(from.Value.Value, "\n"), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		n.text, n.scalar = from.GetToken().Value, true
	case *ast.NullNode:
		n.scalar = true
	default:
		n.fault("cette forme de YAML n’est pas admise ici")
	}
	if len(n.pairs) > 0 {
		n.line, n.column = n.pairs[0].key.line, n.pairs[0].key.column
	}
	return n
}

// fields checks that a mapping has no other keys than those named, and gives their values.
func (n node) fields(known ...string) map[string]node {
	out := map[string]node{}
	if len(n.pairs) == 0 {
		n.fault("une suite de «\u00a0clé: valeur\u00a0» est attendue ici")
	}
	for _, p := range n.pairs {
		switch _, twice := out[p.key.text]; {
		case !slices.Contains(known, p.key.text):
			p.key.fault("la clé «\u00a0%s\u00a0» est inconnue ici (%s)", p.key.text, strings.Join(known, ", "))
		case twice:
			p.key.fault("la clé «\u00a0%s\u00a0» est donnée deux fois", p.key.text)
		default:
			out[p.key.text] = p.value
		}
	}
	return out
}

// word is a text that stands under a key; required notes its absence at the mapping.
func (n node) word(f map[string]node, key string, required bool) string {
	v, ok := f[key]
	switch {
	case !ok && required:
		n.fault("la clé «\u00a0%s\u00a0» manque", key)
	case ok && !v.scalar:
		v.fault("un texte est attendu ici")
	case ok && required && strings.TrimSpace(v.text) == "":
		v.fault("«\u00a0%s\u00a0» est vide", key)
	}
	return v.text
}

// words are the texts of a list.
func words(v node) (list []string) {
	if v.r == nil {
		return nil
	}
	if !v.isList {
		v.fault("une liste est attendue ici")
	}
	for _, one := range v.list {
		if !one.scalar {
			one.fault("un texte est attendu ici")
		}
		list = append(list, one.text)
	}
	return list
}

// pairsOf are the texts of a mapping with free keys.
func pairsOf(v node) (list []Pair) {
	for _, p := range v.pairs {
		if !p.value.scalar {
			p.value.fault("un texte est attendu ici")
		}
		if slices.ContainsFunc(list, func(o Pair) bool { return o.Name == p.key.text }) {
			p.key.fault("la clé «\u00a0%s\u00a0» est donnée deux fois", p.key.text)
		}
		list = append(list, Pair{p.key.text, p.value.text})
	}
	if v.r != nil && len(v.pairs) == 0 {
		v.fault("une suite de «\u00a0clé: valeur\u00a0» est attendue ici")
	}
	return list
}

// truth is true or false under a key.
func truth(f map[string]node, key string) bool {
	v, ok := f[key]
	if ok && v.text != "true" && v.text != "false" {
		v.fault("true ou false est attendu ici")
	}
	return v.text == "true"
}
