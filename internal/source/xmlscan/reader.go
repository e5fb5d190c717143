package xmlscan

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/source/record"
)

// A Spec says in a table what a format is.
type Spec struct {
	Code, Source, Label string
	Roots               []string // names that the root element has
	// Head says where the document tells of itself: "uai", "year", "exported", "version", as in
	// Row.From, below the root.
	Head   map[string]string
	Rows   []Row
	Need   *record.Kind // a document without a row of it is refused
	Nobody string       // then said in French: "Il ne contient aucun élève."
	Limits Limits
}

// A Reader turns the elements of a document into rows. It may be used by several goroutines.
type Reader struct {
	spec  Spec
	plan  *plan
	kinds []*record.Kind
}

// NewReader compiles the table of a format. It panics when the table makes no sense.
func NewReader(spec Spec) *Reader {
	r := &Reader{spec: spec, plan: compile(spec.Head, spec.Rows)}
	for _, row := range spec.Rows {
		if !slices.Contains(r.kinds, row.Kind) {
			r.kinds = append(r.kinds, row.Kind)
		}
	}
	return r
}

// Format presents the reader.
func (r *Reader) Format() record.Format {
	return record.Format{
		Code: r.spec.Code, Label: r.spec.Label, Kinds: r.kinds, Read: r.Read,
		Detect: func(start []byte) bool {
			names := Opening(start, 1)
			return len(names) == 1 && slices.Contains(r.spec.Roots, names[0])
		},
	}
}

// Opening names the first n elements of a document, as far as its first bytes show them.
func Opening(start []byte, n int) []string {
	var names []string
	s := New(bytes.NewReader(start), Limits{})
	for len(names) < n {
		e, err := s.Next()
		if err != nil {
			break
		}
		if e == Start {
			names = append(names, string(s.Name()))
		}
	}
	return names
}

// Read reads a document for a visitor.
func (r *Reader) Read(in io.Reader, v record.Visitor) error {
	run := &reading{
		spec: &r.spec, plan: r.plan, visitor: v,
		scan:      New(in, r.spec.Limits),
		registers: make([]register, r.plan.registers),
		next:      make([]int, r.plan.nodes),
		most:      r.spec.Limits.orDefault().Token,
	}
	for {
		e, err := run.scan.Next()
		if err == io.EOF {
			return run.end()
		}
		if err != nil {
			return err
		}
		switch e {
		case Start:
			err = run.start()
		case Text:
			err = run.text()
		case End:
			err = run.close()
		}
		if err != nil {
			return err
		}
	}
}

// A register holds the text of a field until its row is handed over.
type register struct {
	text    []byte
	present bool
	rank    int
}

// A frame is an open element.
type frame struct {
	node   *node // nil for one that no path names
	passed bool  // an element that no path names, within one that lets it through
	from   int   // where its text begins
	line   int64
}

// A reading is one document being read.
type reading struct {
	spec      *Spec
	plan      *plan
	visitor   record.Visitor
	scan      *Scanner
	registers []register
	next      []int // for each node, the child that is likely to come next
	frames    []frame
	texts     []byte // of the open elements
	row       []byte
	values    []record.Value
	headed    bool
	told      int  // how much the head said
	needed    bool // a row of the kind that is needed was seen
	most      int
}

// start goes down into an element.
func (r *reading) start() error {
	if len(r.frames) == 0 {
		if !slices.Contains(r.spec.Roots, string(r.scan.Name())) {
			return belvedere.Errorf(belvedere.Invalid, "%s", french("Le fichier n’est pas du format « "+r.spec.Label+" » : sa première balise est « "+
				excerpt(r.scan.Name())+" » au lieu de « "+strings.Join(r.spec.Roots, " » ou « ")+" »."))
		}
		r.enter(r.plan.root)
		return nil
	}
	above := r.frames[len(r.frames)-1].node
	if above == nil {
		r.frames = append(r.frames, frame{})
		return nil
	}
	if n := r.child(above); n != nil {
		r.enter(n)
	} else if above.deep {
		r.frames = append(r.frames, frame{node: above, passed: true})
	} else {
		r.frames = append(r.frames, frame{})
	}
	return nil
}

// child is the node of the element that starts. Most elements come in the order of the one before.
func (r *reading) child(above *node) *node {
	name := r.scan.Name()
	i := r.next[above.id]
	if i >= len(above.children) || above.children[i].name != string(name) {
		var known bool
		if i, known = above.index[string(name)]; !known {
			return nil
		}
	}
	r.next[above.id] = i + 1
	return above.children[i]
}

func (r *reading) enter(n *node) {
	f := frame{node: n, from: len(r.texts)}
	if n.row != nil {
		f.line = r.scan.Line()
	}
	for _, i := range n.resets {
		r.registers[i].present = false
	}
	for _, c := range n.attrs {
		if value, ok := r.scan.Attr(c.attr); ok {
			r.put(c, value)
		}
	}
	r.frames = append(r.frames, f)
}

// put gives a register the text of a capture, unless it has a better one: the first of the
// lowest rank that is not empty.
func (r *reading) put(c capture, text []byte) {
	text = bytes.TrimSpace(text)
	g := &r.registers[c.register]
	if g.present && (len(text) == 0 || len(g.text) > 0 && c.rank >= g.rank) {
		return
	}
	g.text, g.present, g.rank = append(g.text[:0], text...), true, c.rank
}

func (r *reading) text() error {
	f := &r.frames[len(r.frames)-1]
	if f.node == nil || f.passed || len(f.node.text) == 0 {
		return nil
	}
	if r.texts = append(r.texts, r.scan.Text()...); len(r.texts) > r.most {
		return r.scan.errorf(belvedere.TooLarge, 0, "les textes d’un élément dépassent "+sizeOf(int64(r.most))+".")
	}
	return nil
}

// close goes back up from an element.
func (r *reading) close() error {
	f := r.frames[len(r.frames)-1]
	r.frames = r.frames[:len(r.frames)-1]
	if f.node == nil || f.passed {
		return nil
	}
	for _, c := range f.node.text {
		r.put(c, r.texts[f.from:])
	}
	r.texts = r.texts[:f.from]
	if f.node.row == nil {
		return nil
	}
	return r.found(f.node.row, f.line)
}
