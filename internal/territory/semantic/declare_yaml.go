package semantic

import (
	"errors"

	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// This file reads YAML into the wire structs of declare_wire.go and keeps the place of every
// scalar. The library's own strict decoding stops at the first mistake and forgets places.

// A word is a scalar as written, with its place; set is false when the key is absent.
type word struct {
	s     string
	at    mark
	set   bool
	bad   bool // not a scalar: already noted
	inner int  // characters between the place and the first character of the text (a quote)
}

// char is the place of the n-th character of the word.
func (w word) char(n int) mark {
	return w.at.right(n + w.inner)
}

// A flag is true or false, with its place.
type flag struct {
	on, set bool
	at      mark
}

// An entry is a key of a mapping with free keys; entries keep the order of the file.
type entry struct{ key, value word }
type entries []entry

// A group is a key whose value is such a mapping.
type group struct {
	key    word
	values entries
}
type groups []group

// parse gives the tree of a file that holds one document, nil when it cannot be read.
func (d *declarations) parse(f *declarationFile) (root ast.Node) {
	defer func() {
		if r := recover(); r != nil { // the library is not proof against all input
			d.fault(f.at(1, 1), "le YAML est illisible")
			root = nil
		}
	}()
	file, err := parser.ParseBytes(f.text, 0)
	if err != nil {
		at, message := f.at(1, 1), err.Error()
		var e yaml.Error
		if errors.As(err, &e) {
			message = e.GetMessage()
			if t := e.GetToken(); t != nil && t.Position != nil {
				at = f.at(t.Position.Line, t.Position.Column)
			}
		}
		d.fault(at, "YAML\u00a0: %s", syntaxMessage(message))
		return nil
	}
	var docs []ast.Node
	for _, doc := range file.Docs {
		if doc != nil && doc.Body != nil {
			docs = append(docs, doc.Body)
		}
	}
	if len(docs) == 0 {
		d.fault(f.at(1, 1), "le fichier est vide")
		return nil
	}
	if len(docs) > 1 {
		d.fault(d.place(f, docs[1]), "un fichier ne contient qu’un document")
	}
	return docs[0]
}

var duplicateKey = regexp.MustCompile(`^mapping key "(.*)" already defined`)

// syntaxMessage says in French the one message that authors meet often; others stay as they are.
func syntaxMessage(message string) string {
	if m := duplicateKey.FindStringSubmatch(message); m != nil {
		return "la clé " + quote(m[1]) + " est donnée deux fois"
	}
	first, _, _ := strings.Cut(message, "\n")
	return first
}

// decodeInto reads a mapping into a new wire struct.
func decodeInto[T any](d *declarations, f *declarationFile, root ast.Node) *T {
	out := new(T)
	d.decode(f, root, reflect.ValueOf(out).Elem())
	return out
}

var (
	wordType    = reflect.TypeFor[word]()
	flagType    = reflect.TypeFor[flag]()
	markType    = reflect.TypeFor[mark]()
	entriesType = reflect.TypeFor[entries]()
	groupsType  = reflect.TypeFor[groups]()
)

// decode reads a node into a value of the wire structs.
func (d *declarations) decode(f *declarationFile, n ast.Node, v reflect.Value) {
	if t, ok := n.(*ast.AnchorNode); ok && t.Value != nil {
		n = t.Value
	}
	switch v.Type() {
	case wordType:
		v.Set(reflect.ValueOf(d.decodeWord(f, n)))
		return
	case flagType:
		v.Set(reflect.ValueOf(d.decodeFlag(f, n)))
		return
	case entriesType:
		v.Set(reflect.ValueOf(d.decodeEntries(f, n)))
		return
	case groupsType:
		var out groups
		for _, p := range d.pairs(f, n) {
			out = append(out, group{d.decodeWord(f, p.Key), d.decodeEntries(f, p.Value)})
		}
		v.Set(reflect.ValueOf(out))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.decode(f, n, v.Elem())
	case reflect.Slice:
		d.decodeSlice(f, n, v)
	case reflect.Struct:
		d.decodeStruct(f, n, v)
	}
}

func (d *declarations) decodeSlice(f *declarationFile, n ast.Node, v reflect.Value) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		d.fault(d.place(f, n), "une liste est attendue ici")
		return
	}
	for _, item := range seq.Values {
		one := reflect.New(v.Type().Elem()).Elem()
		d.decode(f, item, one)
		v.Set(reflect.Append(v, one))
	}
}

// decodeStruct reads a mapping; the keys are the "y" tags of the fields, in any order. A field of
// type mark takes the place of the mapping.
func (d *declarations) decodeStruct(f *declarationFile, n ast.Node, v reflect.Value) {
	fields := map[string]reflect.Value{}
	var names []string
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag.Get("y")
		switch {
		case v.Field(i).Type() == markType:
			v.Field(i).Set(reflect.ValueOf(d.place(f, n)))
		case tag != "":
			fields[tag] = v.Field(i)
			names = append(names, tag)
		}
	}
	for _, p := range d.pairs(f, n) {
		key := d.decodeWord(f, p.Key)
		field, ok := fields[key.s]
		if !ok {
			d.fault(key.at, "la clé %s est inconnue ici%s", quote(key.s), orNear(key.s, names))
			continue
		}
		d.decode(f, p.Value, field)
	}
}

// pairs lists the keys and values of a mapping, in order.
func (d *declarations) pairs(f *declarationFile, n ast.Node) []*ast.MappingValueNode {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	d.fault(d.place(f, n), "une suite de «\u00a0clé: valeur\u00a0» est attendue ici")
	return nil
}

func (d *declarations) decodeEntries(f *declarationFile, n ast.Node) entries {
	var out entries
	for _, p := range d.pairs(f, n) {
		out = append(out, entry{d.decodeWord(f, p.Key), d.decodeWord(f, p.Value)})
	}
	return out
}

// decodeWord reads a scalar as it is written, whatever YAML takes it for: 2010, 6eme and "01"
// are texts here. Aliases and tags are refused, since a reader of the file cannot see them.
func (d *declarations) decodeWord(f *declarationFile, n ast.Node) word {
	w := word{at: d.place(f, n), set: true}
	if a, ok := n.(*ast.AnchorNode); ok && a.Value != nil {
		n = a.Value
	}
	switch n := n.(type) {
	case *ast.StringNode:
		w.s = n.Value
		if t := n.GetToken(); t != nil && (t.Type == token.DoubleQuoteType || t.Type == token.SingleQuoteType) {
			w.inner = 1
		}
	case *ast.LiteralNode:
		if n.Value != nil {
			w.s = strings.TrimRight(n.Value.Value, "\n")
		}
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		w.s = n.GetToken().Value
	case *ast.NullNode:
	default:
		d.fault(w.at, "un texte ou un nombre est attendu ici")
		w.bad = true
	}
	return w
}

func (d *declarations) decodeFlag(f *declarationFile, n ast.Node) flag {
	b, ok := n.(*ast.BoolNode)
	if !ok {
		d.fault(d.place(f, n), "true ou false est attendu ici")
		return flag{}
	}
	return flag{on: b.Value, set: true, at: d.place(f, n)}
}

// place is where a node begins.
func (d *declarations) place(f *declarationFile, n ast.Node) mark {
	switch m := n.(type) {
	case nil:
		return f.at(1, 1)
	case *ast.MappingNode:
		if !m.IsFlowStyle && len(m.Values) > 0 {
			return d.place(f, m.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return d.place(f, m.Key)
	}
	if reflect.ValueOf(n).IsNil() {
		return f.at(1, 1)
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return f.at(t.Position.Line, t.Position.Column)
	}
	return f.at(1, 1)
}

// integer reads a word as a whole number within bounds; absent gives the default.
func (d *declarations) integer(w word, name string, least, most, otherwise int) int {
	if !w.set {
		return otherwise
	}
	n, err := strconv.Atoi(w.s)
	if err != nil || n < least || n > most {
		d.fault(w.at, "%s doit être un entier de %d à %d", name, least, most)
		return otherwise
	}
	return n
}

// required notes the absence of a text.
func (d *declarations) required(w word, at mark, key string) string {
	switch {
	case w.bad:
	case !w.set:
		d.fault(at, "la clé %s manque", quote(key))
	case strings.TrimSpace(w.s) == "":
		d.fault(w.at, "%s est vide", quote(key))
	}
	return w.s
}

// oneOf notes a word that is none of those allowed; the empty one is allowed only when listed.
func (d *declarations) oneOf(w word, at mark, key string, allowed ...string) string {
	for _, a := range allowed {
		if w.s == a {
			return w.s
		}
	}
	if !w.set {
		d.fault(at, "la clé %s manque (%s)", quote(key), strings.Join(allowed, ", "))
		return w.s
	}
	d.fault(w.at, "%s\u00a0: %s n’est pas admis (%s)", key, quote(w.s), strings.Join(trimEmpty(allowed), ", "))
	return w.s
}

func trimEmpty(all []string) []string {
	var out []string
	for _, s := range all {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
