package xmlscan

import (
	"strings"

	"belvedere/internal/source/record"
)

// A Row says which elements of a document are rows of a kind, and where the fields are.
type Row struct {
	Kind *record.Kind
	// Path of the element below the root: "DONNEES/ELEVES/ELEVE". Behind "//" any elements that no
	// path names are passed through: "//ELEVES/ELEVE".
	Path string
	// From says where a field is, for those that are not the child of the same name in capitals:
	// "@ELEVE_ID" (an attribute), "UAJ/CODE" (deeper), "." (the text of the element itself), "../@CODE" (of
	// the element around), "NOM_DE_FAMILLE|NOM" (the first one that is not empty), "" (nowhere:
	// for Then to fill).
	From map[string]string
	// Names are fields that hold names of people: a question mark in one is a letter that the
	// tool of origin could not write, and is reported.
	Names []string
	// Then derives fields and reports defects, before the row is handed over.
	Then func(*Found) error
}

// A Found is a row just read.
type Found struct {
	record.Record
	visitor record.Visitor
}

// Text is the text of a field by its place, "" when absent.
func (f *Found) Text(i int) string { return f.Values[i].Text }

// Set gives a field a text.
func (f *Found) Set(i int, text string) { f.Values[i] = record.Value{Text: text, Present: true} }

// A node is an element that paths of a plan go through.
type node struct {
	id       int
	name     string
	parent   *node
	children []*node
	index    map[string]int
	deep     bool // elements that no path names are passed through
	attrs    []capture
	text     []capture
	resets   []int // registers that are new with each such element
	row      *rowPlan
}

// A capture puts a text into a register; a lower rank is preferred.
type capture struct {
	attr     string
	register int
	rank     int
}

// A rowPlan is a Row compiled: the register of each field, -1 for none.
type rowPlan struct {
	Row
	registers []int
	names     []int
}

// A plan is the compiled table of paths of a document.
type plan struct {
	root      *node
	nodes     int
	registers int
	head      map[string]int
}

// compile makes a plan. A path that makes no sense is a mistake in the program: it panics.
func compile(head map[string]string, rows []Row) *plan {
	p := &plan{head: map[string]int{}}
	p.root = p.add(nil, "")
	for field, source := range head {
		p.head[field] = p.capture(p.root, source)
	}
	for _, r := range rows {
		at := p.walk(p.root, r.Path)
		if at.row != nil {
			panic("two rows at " + r.Path)
		}
		at.row = p.row(r, at)
	}
	return p
}

func (p *plan) row(r Row, at *node) *rowPlan {
	plan := &rowPlan{Row: r}
	for field := range r.From {
		if r.Kind.Index(field) < 0 {
			panic(r.Kind.Name + " has no field " + field)
		}
	}
	for _, field := range r.Kind.Fields {
		source, said := r.From[field]
		if !said {
			source = strings.ToUpper(field)
		}
		register := -1
		if source != "" {
			register = p.capture(at, source)
		}
		plan.registers = append(plan.registers, register)
	}
	for _, field := range r.Names {
		i := r.Kind.Index(field)
		if i < 0 {
			panic(r.Kind.Name + " has no field " + field)
		}
		plan.names = append(plan.names, i)
	}
	return plan
}

func (p *plan) add(parent *node, name string) *node {
	n := &node{id: p.nodes, name: name, parent: parent, index: map[string]int{}}
	p.nodes++
	if parent != nil {
		parent.index[name] = len(parent.children)
		parent.children = append(parent.children, n)
	}
	return n
}

// walk follows a path of children, which it makes where they are missing.
func (p *plan) walk(at *node, path string) *node {
	if rest, deep := strings.CutPrefix(path, "//"); deep {
		at.deep, path = true, rest
	}
	for _, name := range strings.Split(path, "/") {
		if name == "" {
			panic("the path " + path + " is not known")
		}
		if i, ok := at.index[name]; ok {
			at = at.children[i]
		} else {
			at = p.add(at, name)
		}
	}
	return at
}

// capture finds a source from a node and gives the register where it will be.
func (p *plan) capture(from *node, source string) int {
	register := p.registers
	p.registers++
	var base *node
	for rank, path := range strings.Split(source, "|") {
		at := from
		for strings.HasPrefix(path, "../") {
			at, path = at.parent, path[3:]
			if at == nil {
				panic("the path " + source + " leaves the document")
			}
		}
		if base != nil && base != at {
			panic("the sources " + source + " are not of one element")
		}
		base = at
		path, attr, _ := strings.Cut(path, "@")
		if path = strings.TrimSuffix(path, "/"); path != "" && path != "." {
			at = p.walk(at, path)
		}
		c := capture{attr, register, rank}
		if attr != "" {
			at.attrs = append(at.attrs, c)
		} else {
			at.text = append(at.text, c)
		}
	}
	base.resets = append(base.resets, register)
	return register
}
