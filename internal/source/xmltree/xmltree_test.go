package xmltree_test

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/source/xmlscan"
	"belvedere/internal/source/xmltree"
)

const doc = `<?xml version="1.0"?>
<A>
 <B c="1" d=" x ">
  <C>un</C><D/>
  <C>deux &amp; <![CDATA[trois]]></C>
  <E><F>quatre</F></E>
 </B>
 <Z><B>elsewhere</B></Z>
 <B/>
</A>`

func TestWalk(t *testing.T) {
	var got []string
	err := xmltree.Walk(strings.NewReader(doc), xmlscan.Limits{}, xmltree.Handlers{"A/B": func(e xmltree.Element) error {
		if e.Line() == 9 {
			got = append(got, "empty")
			return nil
		}
		for c := range e.Children("C") {
			got = append(got, c.Text().Text)
		}
		d, x := e.Child("X", "D"), e.Child("X")
		got = append(got, e.Attr("c").Text, e.Attr("d").Text, e.At("E", "F").Text().Text, d.Name(), string(e.AttrBytes("c")))
		if !d.Text().Present || d.Text().Text != "" || x.Exists() || x.Text().Present || x.Line() != 0 || e.Attr("z").Present || e.At("X", "Y").Exists() {
			t.Errorf("absent and empty are not told apart")
		}
		n := 0
		for range e.Children() {
			n++
		}
		if n != 4 || !e.Is("B") || e.Line() != 3 {
			t.Errorf("%d children of %s at line %d", n, e.Name(), e.Line())
		}
		return nil
	}})
	want := []string{"un", "deux & trois", "1", "x", "quatre", "D", "1", "empty"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v: %q, want %q", err, got, want)
	}
}

func TestErrors(t *testing.T) {
	stop := errors.New("stop")
	stopping := xmltree.Handlers{"A/B": func(xmltree.Element) error { return stop }}
	if err := xmltree.Walk(strings.NewReader(doc), xmlscan.Limits{}, stopping); err != stop {
		t.Errorf("the error of a handler comes back as %v", err)
	}
	// What was read before the damage has been handed over; the damage is told.
	if err := xmltree.Walk(strings.NewReader(doc[:60]), xmlscan.Limits{}, stopping); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("a truncated element gives %v", err)
	}
	huge := "<A><B>" + strings.Repeat("<C/>", 300_000) + "</B></A>"
	if err := xmltree.Walk(strings.NewReader(huge), xmlscan.Limits{}, stopping); belvedere.KindOf(err) != belvedere.TooLarge {
		t.Errorf("an element out of proportion gives %v", err)
	}
}

func TestPeek(t *testing.T) {
	for start, want := range map[string]string{
		"<A><B><C/>": "A B", "<A/>": "A ", "<?xml version='1.0'?><!-- c --><A x='1'>text <B": "A ", "Nom;Prénom\n": " ", "": " ",
	} {
		if root, child := xmltree.Peek([]byte(start)); root+" "+child != want {
			t.Errorf("%q gives %q %q, want %q", start, root, child, want)
		}
	}
}

// FuzzWalk holds the trees to encoding/xml: the texts of leaves that both read are the same.
func FuzzWalk(f *testing.F) {
	f.Add([]byte(doc))
	f.Add([]byte("<A><B>x<C>y</C>z<D/>t</B></A>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var got []string
		if err := xmltree.Walk(strings.NewReader(string(data)), xmlscan.Limits{}, xmltree.Handlers{"A": func(e xmltree.Element) error {
			got = leaves(e, got)
			return nil
		}}); err != nil {
			return
		}
		if want, ok := oracle(data); ok && !slices.Equal(got, want) {
			t.Errorf("%q gives %q, want %q", data, got, want)
		}
	})
}

// leaves lists the texts of elements without children.
func leaves(e xmltree.Element, list []string) []string {
	inner := false
	for c := range e.Children() {
		inner = true
		list = leaves(c, list)
	}
	if !inner {
		list = append(list, e.Text().Text)
	}
	return list
}

// oracle does so with encoding/xml, for plain documents of root A.
func oracle(data []byte) (list []string, ok bool) {
	if strings.ContainsAny(string(data), "\r") || strings.Contains(string(data), "<?") || strings.Contains(string(data), ":") {
		return nil, false
	}
	dec := xml.NewDecoder(strings.NewReader(string(data)))
	var texts []string
	var inner []bool
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			return list, true
		}
		if err != nil {
			return nil, false
		}
		switch x := tok.(type) {
		case xml.StartElement:
			if len(texts) == 0 && x.Name.Local != "A" {
				return nil, false
			}
			if n := len(inner); n > 0 {
				inner[n-1] = true
			}
			texts, inner = append(texts, ""), append(inner, false)
		case xml.CharData:
			if n := len(texts); n > 0 {
				texts[n-1] += string(x)
			}
		case xml.EndElement:
			n := len(texts) - 1
			if !inner[n] {
				list = append(list, strings.TrimSpace(texts[n]))
			}
			texts, inner = texts[:n], inner[:n]
		}
	}
}
