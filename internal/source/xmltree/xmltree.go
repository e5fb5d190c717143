// Package xmltree reads data files in XML one whole element at a time: a division with its
// services, a person with all attributes. Readers name the paths of the elements they want; each is
// handed over as a small tree, so that the order of tags and tags that nobody knows do not matter.
//
// Memory is bounded: the tree is thrown away when its element ends, its room is used again, and one
// that grows over the cap refuses the file. The package is pure.
package xmltree

import (
	"bytes"
	"io"
	"iter"

	"belvedere"
	"belvedere/internal/source/record"
	"belvedere/internal/source/xmlscan"
)

// What one element may hold: far more than any division or person has.
const (
	mostNodes = 1 << 18
	mostBytes = 16 << 20
)

// A span is a stretch of the bytes of a tree.
type span struct{ from, to int32 }

// A node is an element, or an attribute of the element above it.
type node struct {
	name, text        span
	first, last, next int32 // children and the next sibling, 0 for none
	line              int64
	attr              bool
}

// A tree is one element being read; node 0 stands for nothing, node 1 is its root.
type tree struct {
	nodes []node
	bytes []byte
}

// An Element is one element of the tree handed over. It is good until its handler returns. The
// zero Element holds nothing.
type Element struct {
	t *tree
	i int32
}

// Exists tells whether there is an element.
func (e Element) Exists() bool { return e.i > 0 }

// Line is where the element begins in the file, 0 for none.
func (e Element) Line() int64 {
	if !e.Exists() {
		return 0
	}
	return e.t.nodes[e.i].line
}

// Is tells whether the element has a name.
func (e Element) Is(name string) bool {
	return e.Exists() && string(e.t.cut(e.t.nodes[e.i].name)) == name
}

// Name is the name of the element.
func (e Element) Name() string {
	if !e.Exists() {
		return ""
	}
	return string(e.t.cut(e.t.nodes[e.i].name))
}

// Text is the text of an element without children, trimmed; absent when there is no element.
func (e Element) Text() record.Value {
	if !e.Exists() {
		return record.Value{}
	}
	return record.Value{Text: string(bytes.TrimSpace(e.t.cut(e.t.nodes[e.i].text))), Present: true}
}

// Attr is an attribute by name, absent when the element has none of it.
func (e Element) Attr(name string) record.Value { return e.find(name, true).Text() }

// AttrBytes is the text of an attribute as it lies in the tree, for look-ups that keep nothing.
func (e Element) AttrBytes(name string) []byte {
	a := e.find(name, true)
	if !a.Exists() {
		return nil
	}
	return a.t.cut(a.t.nodes[a.i].text)
}

// Child is the first child of one of the names, those first named preferred.
func (e Element) Child(names ...string) Element {
	for _, name := range names {
		if c := e.find(name, false); c.Exists() {
			return c
		}
	}
	return Element{}
}

// Value is the text of the first child of one of the names.
func (e Element) Value(names ...string) record.Value { return e.Child(names...).Text() }

// At follows a path of children: At("UAJ", "SIGLE").
func (e Element) At(path ...string) Element {
	for _, name := range path {
		e = e.find(name, false)
	}
	return e
}

// Children gives the children of one of the names, in the order of the file; all without names.
func (e Element) Children(names ...string) iter.Seq[Element] {
	return func(yield func(Element) bool) {
		if !e.Exists() {
			return
		}
		for i := e.t.nodes[e.i].first; i > 0; i = e.t.nodes[i].next {
			c := Element{e.t, i}
			if e.t.nodes[i].attr || !c.among(names) {
				continue
			}
			if !yield(c) {
				return
			}
		}
	}
}

func (e Element) among(names []string) bool {
	for _, name := range names {
		if e.Is(name) {
			return true
		}
	}
	return len(names) == 0
}

func (e Element) find(name string, attr bool) Element {
	if !e.Exists() {
		return Element{}
	}
	for i := e.t.nodes[e.i].first; i > 0; i = e.t.nodes[i].next {
		if c := (Element{e.t, i}); e.t.nodes[i].attr == attr && c.Is(name) {
			return c
		}
	}
	return Element{}
}

func (t *tree) cut(s span) []byte { return t.bytes[s.from:s.to:s.to] }

// Handlers are called for whole elements, by their path from the root: "STS_EDT/DONNEES/INDIVIDUS/INDIVIDU".
type Handlers map[string]func(Element) error

// Walk reads a document and hands over the elements that handlers want. An element within one that
// was handed over is not handed over again. An error of a handler ends the reading and is returned as it is.
func Walk(in io.Reader, lim xmlscan.Limits, handlers Handlers) error {
	w := walker{scan: xmlscan.New(in, lim), handlers: handlers}
	for {
		event, err := w.scan.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch event {
		case xmlscan.Start:
			err = w.start()
		case xmlscan.End:
			w.path = w.path[:max(0, bytes.LastIndexByte(w.path, '/'))]
		}
		if err != nil {
			return err
		}
	}
}

type walker struct {
	scan     *xmlscan.Scanner
	handlers Handlers
	path     []byte
	tree     tree
	open     []int32 // nodes that are not closed
}

// start goes down into an element, or takes it whole.
func (w *walker) start() error {
	above := len(w.path)
	if above > 0 {
		w.path = append(w.path, '/')
	}
	w.path = append(w.path, w.scan.Name()...)
	take := w.handlers[string(w.path)]
	if take == nil {
		return nil
	}
	w.path = w.path[:above]
	if err := w.whole(); err != nil {
		return err
	}
	return take(Element{&w.tree, 1})
}

// whole reads the element that has just begun, to its end.
func (w *walker) whole() error {
	w.tree.nodes, w.tree.bytes, w.open = append(w.tree.nodes[:0], node{}), w.tree.bytes[:0], w.open[:0]
	w.push()
	for len(w.open) > 0 {
		event, err := w.scan.Next()
		if err != nil {
			return err
		}
		switch event {
		case xmlscan.Start:
			w.push()
		case xmlscan.Text:
			w.text()
		case xmlscan.End:
			w.open = w.open[:len(w.open)-1]
		}
		if len(w.tree.nodes) > mostNodes || len(w.tree.bytes) > mostBytes {
			return belvedere.Errorf(belvedere.TooLarge, "Le fichier est refusé"+belvedere.NoBreak+": l’élément « %s » qui commence à la ligne %d est démesuré. Refaites l’export.",
				Element{&w.tree, 1}.Name(), w.tree.nodes[1].line)
		}
	}
	return nil
}

// push opens an element with its attributes.
func (w *walker) push() {
	above := int32(0)
	if n := len(w.open); n > 0 {
		above = w.open[n-1]
	}
	i := w.add(above, w.scan.Name(), nil, false)
	for _, a := range w.scan.Attrs() {
		w.add(i, a.Name, a.Value, true)
	}
	w.open = append(w.open, i)
}

func (w *walker) add(above int32, name, text []byte, attr bool) int32 {
	t := &w.tree
	i := int32(len(t.nodes))
	t.nodes = append(t.nodes, node{name: t.keep(name), text: t.keep(text), line: w.scan.Line(), attr: attr})
	if above > 0 {
		if last := t.nodes[above].last; last > 0 {
			t.nodes[last].next = i
		} else {
			t.nodes[above].first = i
		}
		t.nodes[above].last = i
	}
	return i
}

func (t *tree) keep(b []byte) span {
	from := int32(len(t.bytes))
	t.bytes = append(t.bytes, b...)
	return span{from, int32(len(t.bytes))}
}

// text goes on with the text of the open element. White space around children is no text.
func (w *walker) text() {
	t := &w.tree
	n := &t.nodes[w.open[len(w.open)-1]]
	piece := t.keep(w.scan.Text())
	if n.text.to == piece.from && n.text.from < n.text.to {
		n.text.to = piece.to
	} else if len(bytes.TrimSpace(t.cut(n.text))) == 0 {
		n.text = piece
	} else {
		n.text = t.keep(append(t.cut(n.text), t.cut(piece)...))
	}
}

// Peek names the root of a document and its first child by its first bytes; both empty when it is no XML.
func Peek(start []byte) (root, child string) {
	s := xmlscan.New(bytes.NewReader(start), xmlscan.Limits{})
	for child == "" {
		event, err := s.Next()
		if err != nil || event == xmlscan.End {
			break
		}
		switch {
		case event != xmlscan.Start:
		case root == "":
			root = string(s.Name())
		default:
			child = string(s.Name())
		}
	}
	return root, child
}
