package xmlscan_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"belvedere"
	"belvedere/internal/source/xmlscan"
)

// oracle reads a document with encoding/xml, and writes the same lines as events.
func oracle(in []byte) (list []string, err error) {
	d := xml.NewDecoder(bytes.NewReader(in))
	d.CharsetReader = func(label string, r io.Reader) (io.Reader, error) {
		l := strings.ToLower(label)
		switch {
		case strings.Contains(l, "8859-15"), strings.Contains(l, "latin9"), strings.Contains(l, "8859-1"), strings.Contains(l, "latin1"):
			b, err := io.ReadAll(r)
			return strings.NewReader(latin(b, strings.Contains(l, "15") || strings.Contains(l, "latin9"))), err
		case strings.Contains(l, "1252"):
			return charmap.Windows1252.NewDecoder().Reader(r), nil
		}
		return r, nil
	}
	text, open := "", false
	var names []string
	for {
		t, err := d.RawToken()
		_, more := t.(xml.CharData)
		switch t.(type) {
		case xml.Comment, xml.ProcInst, xml.Directive:
			continue
		}
		if !more && open {
			list, text, open = append(list, text), "", false
		}
		if errors.Is(err, io.EOF) && len(names) == 0 {
			return list, nil
		}
		if err != nil {
			return list, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			line := "+" + full(t.Name)
			for _, a := range t.Attr {
				line += fmt.Sprintf(" %s=%s", full(a.Name), a.Value)
			}
			list, names = append(list, line), append(names, full(t.Name))
		case xml.CharData:
			if len(names) > 0 {
				text, open = text+string(t), true
			}
		case xml.EndElement:
			if len(names) == 0 || names[len(names)-1] != full(t.Name) {
				return list, fmt.Errorf("%s is closed by %s", names, full(t.Name))
			}
			list, names = append(list, "-"+full(t.Name)), names[:len(names)-1]
		}
	}
}

func full(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

// latin reads a one-byte encoding as the package promises to.
func latin(b []byte, fifteen bool) string {
	var s strings.Builder
	for _, c := range b {
		switch {
		case c >= 0x80 && c < 0xa0:
			s.WriteRune(charmap.Windows1252.DecodeByte(c))
		case fifteen:
			s.WriteRune(charmap.ISO8859_15.DecodeByte(c))
		default:
			s.WriteRune(rune(c))
		}
	}
	return s.String()
}

// plain gives a document without its mark and in UTF-8 when it is UTF-16: encoding/xml knows
// neither.
func plain(in []byte) []byte {
	for mark, order := range map[string]unicode.Endianness{"\xff\xfe": unicode.LittleEndian, "<\x00": unicode.LittleEndian, "\xfe\xff": unicode.BigEndian, "\x00<": unicode.BigEndian} {
		if bytes.HasPrefix(in, []byte(mark)) {
			in, _ = unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(in)
			return undeclared(in)
		}
	}
	if rest, marked := bytes.CutPrefix(in, []byte("\xef\xbb\xbf")); marked {
		return undeclared(rest)
	}
	return spaced.ReplaceAll(in, []byte("$1$2="))
}

// spaced is what encoding/xml does not see in a declaration.
var spaced = regexp.MustCompile(`(version|encoding)\s+=\s*|(version|encoding)=\s+`)

// undeclared blanks the encoding that a mark has overruled.
func undeclared(in []byte) []byte {
	if head, rest, ok := bytes.Cut(in, []byte("?>")); ok && bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("<?xml")) {
		return append(bytes.ReplaceAll(head, []byte("encoding"), []byte("enc0ding")), append([]byte("?>"), rest...)...)
	}
	return in
}

func FuzzAgainstEncodingXML(f *testing.F) {
	for _, s := range []string{
		"<?xml version=\"1.0\" encoding=\"ISO-8859-15\"?>\n<A x='\xe9'>\xbd\x9c<B/><![CDATA[<>]]></A>",
		"\ufeff<?xml version='1.0'?><CO-ENS.>é&amp;&#233;</CO-ENS.>",
		"<!DOCTYPE a SYSTEM 'b.dtd' [<!ELEMENT a (b|c)> <!-- ' -->]><a b=\"1\" c='2'><d/>\r\n</a><!-- fin -->",
		"\xff\xfe<\x00A\x00>\x00\xe9\x00<\x00/\x00A\x00>\x00",
		"<a:b xmlns:a='u'>]]</a:b>", "<A>&#x1F600;&lt;</A>", "<A", "<A></B>", "<A/><A/>", "<?xml version='1.1'?><A/>",
		"<?a:b c?><A>]]></A>", "<A><!-- -- --></A>", "<A b='1'c='2'/>",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := events(xmlscan.New(bytes.NewReader(in), xmlscan.Limits{Token: 4096}))
		if err != nil {
			if k := belvedere.KindOf(err); k != belvedere.Invalid && k != belvedere.TooLarge {
				t.Fatalf("the error %v is not about the document", err)
			}
			return
		}
		want, err := oracle(plain(in))
		if err != nil {
			t.Fatalf("encoding/xml refuses what is accepted: %v", err)
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Fatalf("got\n%q\nwant\n%q", got, want)
		}
	})
}
