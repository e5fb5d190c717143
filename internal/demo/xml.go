package demo

import (
	"archive/zip"
	"bufio"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf16"
)

// xmlFile writes an indented XML file; the first error is kept for close.
type xmlFile struct {
	out     *bufio.Writer
	latin   bool // ISO-8859-15, else UTF-8
	open    []string
	closers []io.Closer
	err     error
}

// newXML starts a file with its declaration.
func newXML(to io.Writer, latin bool, closers ...io.Closer) *xmlFile {
	x := &xmlFile{out: bufio.NewWriterSize(to, 1<<16), latin: latin, closers: closers}
	encoding := "UTF-8"
	if latin {
		encoding = "ISO-8859-15"
	}
	x.raw(`<?xml version="1.0" encoding="` + encoding + "\"?>\n")
	return x
}

// createXML starts a file of its own.
func createXML(path string, latin bool) (*xmlFile, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return newXML(f, latin, f), nil
}

// createZip starts an XML file that is alone in an archive, as SIECLE exports them.
func createZip(path, name string, at time.Time) (*xmlFile, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	z := zip.NewWriter(f)
	entry, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at.UTC()})
	if err != nil {
		f.Close()
		return nil, err
	}
	return newXML(entry, true, z, f), nil
}

func (x *xmlFile) raw(s string) {
	if x.latin {
		s = latin15(s)
	}
	if _, err := x.out.WriteString(s); err != nil && x.err == nil {
		x.err = err
	}
}

// latin9 are the letters by which ISO-8859-15 differs from the first 256 of Unicode.
var latin9 = map[rune]byte{'€': 0xA4, 'Š': 0xA6, 'š': 0xA8, 'Ž': 0xB4, 'ž': 0xB8, 'Œ': 0xBC, 'œ': 0xBD, 'Ÿ': 0xBE}

// latin15 encodes a text; what cannot be becomes "?", as in the exports of SIECLE.
func latin15(s string) string {
	ascii := true
	for i := range len(s) {
		ascii = ascii && s[i] < 0x80
	}
	if ascii {
		return s
	}
	var b strings.Builder
	for _, c := range s {
		switch e, ok := latin9[c]; {
		case ok:
			b.WriteByte(e)
		case c == '’':
			b.WriteByte('\'')
		case c < 0x100 && !strings.ContainsRune("¤¦¨´¸¼½¾", c):
			b.WriteByte(byte(c))
		default:
			b.WriteByte('?')
		}
	}
	return b.String()
}

var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func (x *xmlFile) indent() { x.raw(strings.Repeat("  ", len(x.open))) }

// begin opens an element; attributes come as names and values.
func (x *xmlFile) begin(name string, attributes ...string) {
	x.indent()
	x.raw("<" + name + attributeList(attributes) + ">\n")
	x.open = append(x.open, name)
}

func attributeList(list []string) string {
	out := ""
	for i := 0; i < len(list); i += 2 {
		out += " " + list[i] + `="` + escapes.Replace(list[i+1]) + `"`
	}
	return out
}

// end closes the element that was opened last.
func (x *xmlFile) end() {
	name := x.open[len(x.open)-1]
	x.open = x.open[:len(x.open)-1]
	x.indent()
	x.raw("</" + name + ">\n")
}

// leaf writes an element that holds a text, empty or not.
func (x *xmlFile) leaf(name, text string, attributes ...string) {
	x.indent()
	x.raw("<" + name + attributeList(attributes) + ">" + escapes.Replace(text) + "</" + name + ">\n")
}

// some writes a leaf when there is something to say: what is unknown has no tag.
func (x *xmlFile) some(name, text string) {
	if text != "" {
		x.leaf(name, text)
	}
}

// leaves writes names and values.
func (x *xmlFile) leaves(list ...string) {
	for i := 0; i < len(list); i += 2 {
		x.leaf(list[i], list[i+1])
	}
}

// section is an element around what each writes.
func (x *xmlFile) section(name string, each func()) {
	x.begin(name)
	each()
	x.end()
}

func (x *xmlFile) close() error {
	for len(x.open) > 0 {
		x.end()
	}
	err := x.err
	if e := x.out.Flush(); err == nil {
		err = e
	}
	for _, c := range x.closers {
		if e := c.Close(); err == nil {
			err = e
		}
	}
	return err
}

// utf16LE encodes a text as the tables of the timetable tool are, without its mark.
func utf16LE(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}
