// Package declaration reads folders of declarations in YAML and keeps the place of each value, so that
// every mistake is told with its file, line, column and a caret, all of them at once. It opens nothing
// but the folders that it is given, and no file brings it down.
package declaration

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

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

// Error writes the mistakes, the first hundred when they are more.
func (ps Problems) Error() string {
	lines := []string{belvedere.Plural(len(ps), "erreur", "erreurs") + " dans les déclarations"}
	for _, p := range ps[:min(len(ps), 100)] {
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}

// Limits of a declaration, far above any real one.
const (
	longestFile = 1 << 20
	longestLine = 5000
	deepest     = 20
)

// A File is one declaration: its text, and what is wrong with it so far.
type File struct {
	Name     string
	Text     string
	lines    []string
	Problems Problems
}

// NewFile is a file of declarations by its text.
func NewFile(name, text string) *File {
	return &File{Name: name, Text: text, lines: strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")}
}

// Files reads the YAML files of a folder of each catalogue, in the order of their names. Those of the
// catalogues after the first are a deployment's own.
func Files(folder string, sources ...fs.FS) (out []*File, err error) {
	for i, source := range sources {
		var names []string
		err := fs.WalkDir(source, folder, func(name string, d fs.DirEntry, err error) error {
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
			if i > 0 {
				name = "(catalogue local) " + name
			}
			out = append(out, NewFile(name, string(text)))
		}
	}
	return out, nil
}

// Fault notes a mistake at a value.
func (n Node) Fault(format string, args ...any) { n.FaultAt(0, format, args...) }

// FaultAt notes a mistake some characters into the text of a value.
func (n Node) FaultAt(char int, format string, args ...any) {
	p := Problem{File: n.file.Name, Line: max(n.line, 1), Column: max(n.column, 1) + char + n.inner, Message: fmt.Sprintf(format, args...)}
	if char == 0 {
		p.Column = max(n.column, 1)
	}
	if p.Line <= len(n.file.lines) {
		p.Source = strings.ToValidUTF8(n.file.lines[p.Line-1], "\ufffd")
		p.Column = min(p.Column, len([]rune(p.Source))+1)
	}
	n.file.Problems = append(n.file.Problems, p)
}

// Fields checks that a mapping has no other keys than those named, and gives their values.
func (n Node) Fields(known ...string) map[string]Node {
	out := map[string]Node{}
	if len(n.Pairs) == 0 {
		n.Fault("une suite de «\u00a0clé: valeur\u00a0» est attendue ici")
	}
	for _, p := range n.Pairs {
		switch _, twice := out[p.Key.Text]; {
		case !slices.Contains(known, p.Key.Text):
			p.Key.Fault("la clé «\u00a0%s\u00a0» est inconnue ici (%s)", p.Key.Text, strings.Join(known, ", "))
		case twice:
			p.Key.Fault("la clé «\u00a0%s\u00a0» est donnée deux fois", p.Key.Text)
		default:
			out[p.Key.Text] = p.Value
		}
	}
	return out
}

// Word is a text that stands under a key; required notes its absence at the mapping.
func (n Node) Word(f map[string]Node, key string, required bool) string {
	v, ok := f[key]
	switch {
	case !ok && required:
		n.Fault("la clé «\u00a0%s\u00a0» manque", key)
	case ok && !v.Scalar:
		v.Fault("un texte est attendu ici")
	case ok && required && strings.TrimSpace(v.Text) == "":
		v.Fault("«\u00a0%s\u00a0» est vide", key)
	}
	return v.Text
}

// Items are the values of a list under a key.
func Items(f map[string]Node, key string) []Node {
	v, ok := f[key]
	if ok && !v.IsList {
		v.Fault("une liste est attendue ici")
	}
	return v.List
}

// Words are the texts of a list under a key.
func Words(f map[string]Node, key string) (list []string) {
	for _, one := range Items(f, key) {
		if !one.Scalar {
			one.Fault("un texte est attendu ici")
		}
		list = append(list, one.Text)
	}
	return list
}

// Truth is true or false under a key.
func Truth(f map[string]Node, key string) bool {
	v, ok := f[key]
	if ok && v.Text != "true" && v.Text != "false" {
		v.Fault("true ou false est attendu ici")
	}
	return v.Text == "true"
}
