package declaration

import (
	"errors"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// A Node is a value of a declaration with its place. One of the zero value stands nowhere.
type Node struct {
	Text   string // of a scalar, as written
	Scalar bool
	List   []Node
	IsList bool
	Pairs  []Pair

	file                *File
	line, column, inner int
}

// A Pair is a key of a mapping with its value.
type Pair struct{ Key, Value Node }

// Set tells a value that stands in the file.
func (n Node) Set() bool { return n.file != nil }

// File is the name of the file that a value stands in.
func (n Node) File() string { return n.file.Name }

// Parse gives the tree of a file that holds one document.
func (f *File) Parse() (root Node, ok bool) {
	root = Node{file: f, line: 1, column: 1}
	if len(f.Text) > longestFile || slices.ContainsFunc(f.lines, func(l string) bool { return len(l) > longestLine }) {
		root.Fault("le fichier est trop grand pour une déclaration")
		return root, false
	}
	defer func() {
		if recover() != nil { // the library is not proof against all input
			root.Fault("le YAML est illisible")
			ok = false
		}
	}()
	file, err := parser.ParseBytes([]byte(f.Text), 0)
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
		at.Fault("YAML\u00a0: %s", message)
		return root, false
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		root.Fault("un fichier contient un document, et un seul")
		return root, false
	}
	return f.node(file.Docs[0].Body, 0), true
}

// node turns a value of the library into one that keeps its place.
func (f *File) node(from ast.Node, depth int) Node {
	n := Node{file: f, line: 1, column: 1}
	if t := from.GetToken(); t != nil && t.Position != nil {
		n.line, n.column = t.Position.Line, t.Position.Column
	}
	if depth > deepest {
		n.Fault("la déclaration est trop profonde")
		return n
	}
	pair := func(p *ast.MappingValueNode) {
		n.Pairs = append(n.Pairs, Pair{f.node(p.Key, depth+1), f.node(p.Value, depth+1)})
	}
	switch from := from.(type) {
	case *ast.MappingNode:
		for _, p := range from.Values {
			pair(p)
		}
	case *ast.MappingValueNode:
		pair(from)
	case *ast.SequenceNode:
		n.IsList = true
		for _, one := range from.Values {
			n.List = append(n.List, f.node(one, depth+1))
		}
	case *ast.StringNode:
		n.Text, n.Scalar = from.Value, true
		if t := from.GetToken(); t != nil && (t.Type == token.DoubleQuoteType || t.Type == token.SingleQuoteType) {
			n.inner = 1
		}
	case *ast.LiteralNode:
		n.Text, n.Scalar = strings.TrimRight(from.Value.Value, "\n"), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		n.Text, n.Scalar = from.GetToken().Value, true
	case *ast.NullNode:
		n.Scalar = true
	default:
		n.Fault("cette forme de YAML n’est pas admise ici")
	}
	if len(n.Pairs) > 0 {
		n.line, n.column = n.Pairs[0].Key.line, n.Pairs[0].Key.column
	}
	return n
}
