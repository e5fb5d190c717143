package xmlscan_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"belvedere"
	"belvedere/internal/source/xmlscan"
)

// events writes what a scanner gives as lines: "+NAME a=v", "text", "-NAME". Neighbouring texts
// are joined.
func events(s *xmlscan.Scanner) (list []string, err error) {
	text, open := "", false
	for {
		e, err := s.Next()
		if e != xmlscan.Text && open {
			list, text, open = append(list, text), "", false
		}
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return list, err
		}
		switch e {
		case xmlscan.Start:
			line := "+" + string(s.Name())
			for _, a := range s.Attrs() {
				line += fmt.Sprintf(" %s=%s", a.Name, a.Value)
			}
			list = append(list, line)
		case xmlscan.Text:
			text, open = text+string(s.Text()), true
		case xmlscan.End:
			list = append(list, "-"+string(s.Name()))
		}
	}
}

func scan(text string) ([]string, error) {
	return events(xmlscan.New(strings.NewReader(text), xmlscan.Limits{}))
}

func TestEvents(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"plain":        {"<A><B>x</B></A>", "+A|+B|x|-B|-A"},
		"empty":        {"<A><B/><C></C></A>", "+A|+B|-B|+C|-C|-A"},
		"attributes":   {`<A x="1" y = '2"3' ><B z=""/></A>`, `+A x=1 y=2"3|+B z=|-B|-A`},
		"references":   {`<A x="&lt;&#233;">&amp;&lt;&gt;&quot;&apos;&#xE9;&#0065;</A>`, `+A x=<é|&<>"'éA|-A`},
		"cdata":        {"<A>a<![CDATA[<b>&amp;]]]]>c</A>", "+A|a<b>&amp;]]c|-A"},
		"comments":     {"<!-- un --><?pi x?><A>a<!-- > -->b</A><!--c-->\n", "+A|ab|-A"},
		"line ends":    {"<A>1\r\n2\r3\n</A>", "+A|1\n2\n3\n|-A"},
		"brackets":     {"<A>[x]] ></A>", "+A|[x]] >|-A"},
		"names":        {"<CO-ENS.><H.DEBUT>1</H.DEBUT ></CO-ENS.>", "+CO-ENS.|+H.DEBUT|1|-H.DEBUT|-CO-ENS."},
		"accents":      {"<Élève>œ</Élève>", "+Élève|œ|-Élève"},
		"prefix":       {`<a:b xmlns:a="u"/>`, "+a:b xmlns:a=u|-a:b"},
		"mark":         {"\ufeff<A>é</A>", "+A|é|-A"},
		"declaration":  {"\n <?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n<A/>", "+A|-A"},
		"doctype":      {`<!DOCTYPE A SYSTEM "http://127.0.0.1:1/a.dtd"><A/>`, "+A|-A"},
		"inner subset": {"<!DOCTYPE A [<!ELEMENT A (#PCDATA)> <!-- ' > --> <!ATTLIST A x CDATA '>'>]><A>1</A>", "+A|1|-A"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := scan(c.in)
			if strings.Join(got, "|") != c.want || err != nil {
				t.Errorf("got %q, %v", strings.Join(got, "|"), err)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"nothing":          {"", "est vide"},
		"no xml":           {"Nom;Prénom\n", "n’est pas en XML"},
		"truncated":        {"<A>\n<B>x", "s’arrête à la ligne 2 et l’élément « B » n’y est pas fermé"},
		"within a tag":     {"<A><B", "tronqué"},
		"mismatch":         {"<A>\n <B></C></A>", "(ligne 2, colonne 5) : la balise « B » est fermée par « /C »"},
		"closed twice":     {"<A></A></A>", "ferme un élément qui n’est pas ouvert"},
		"two roots":        {"<A/><B/>", "second élément racine « B »"},
		"text behind":      {"<A/>x", "après la dernière balise"},
		"unknown entity":   {"<A>&eacute;</A>", "« &eacute; » n’annonce"},
		"bare ampersand":   {"<A>M & Mme</A>", "s’écrit « &amp; »"},
		"null":             {"<A>&#0;</A>", "« &#0; »"},
		"surrogate":        {"<A>&#xD800;</A>", "« &#xD800; »"},
		"control":          {"<A>\x01</A>", "octet 0x01"},
		"bad UTF-8":        {"<A>\n  é\xe9</A>", "(ligne 2, colonne 4) : l’octet 0xE9 n’est pas de l’UTF-8"},
		"attribute twice":  {`<A x="1" x="2"/>`, "donné deux fois"},
		"attribute bare":   {`<A x=1/>`, "valeur entre guillemets"},
		"attribute and <":  {`<A x="<"/>`, "signe « < »"},
		"no space":         {`<A x="1"y="2"/>`, "n’est pas fermée"},
		"no name":          {"<A>1 < 2</A>", "s’écrit « &lt; »"},
		"declared twice":   {"<A/><?xml version='1.0'?>", "mis bout à bout"},
		"version":          {"<?xml version='1.1'?><A/>", "version « 1.1 »"},
		"encoding":         {"<?xml version='1.0' encoding='EBCDIC'?><A/>", "« EBCDIC » n’est pas accepté"},
		"entities":         {`<!DOCTYPE A [<!ENTITY x "y">]><A/>`, "entités"},
		"outside entity":   {`<!DOCTYPE A [<!ENTITY x SYSTEM "file:///etc/passwd">]><A>&x;</A>`, "entités"},
		"parameter entity": {`<!DOCTYPE A [%x;]><A/>`, "entités"},
		"late doctype":     {"<A><!DOCTYPE A></A>", "pas à sa place"},
		"dashes":           {"<A><!-- -- --></A>", "deux tirets"},
		"end of cdata":     {"<A>]]></A>", "« ]]> »"},
		"odd mark":         {"<A><!FOO></A>", "ni un commentaire"},
		"slash":            {"<A / ></A>", "au milieu d’une balise"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := scan(c.in)
			got := strings.NewReplacer(belvedere.NoBreak, " ", belvedere.NarrowSpace, " ").Replace(belvedere.Message(err))
			if err == nil || belvedere.KindOf(err) != belvedere.Invalid || !strings.Contains(got, c.want) {
				t.Errorf("got %q (%v), want %q", got, err, c.want)
			}
		})
	}
}

func TestEncodings(t *testing.T) {
	const text = "Noël Œuvre 12 €"
	for name, c := range map[string]struct {
		says string
		by   encoding.Encoding
	}{
		"latin9":  {"ISO-8859-15", charmap.ISO8859_15},
		"windows": {"windows-1252", charmap.Windows1252},
		"latin1":  {"iso-8859-1", charmap.Windows1252}, // as Windows programs write it
		"utf8":    {"utf-8", encoding.Nop},
		"utf16le": {"UTF-16", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
		"utf16be": {"UTF-16", unicode.UTF16(unicode.BigEndian, unicode.UseBOM)},
		"no mark": {"UTF-16", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := c.by.NewEncoder().String("<?xml version=\"1.0\" encoding=\"" + c.says + "\"?>\n<é a=\"" + text + "\">" + text + "</é>")
			if err != nil {
				t.Fatal(err)
			}
			got, err := scan(raw)
			if want := "+é a=" + text + "|" + text + "|-é"; strings.Join(got, "|") != want || err != nil {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestBytesThatMeanNothing(t *testing.T) {
	if got, err := scan("<?xml version='1.0' encoding='ISO-8859-15'?><A>l\x92\xe9t\xe9 \x9cuf</A>"); err != nil || got[1] != "l’été œuf" {
		t.Errorf("Windows-1252 in a file declared ISO-8859-15: %q, %v", got, err)
	}
	if _, err := scan("<?xml version='1.0' encoding='ISO-8859-15'?><A>\x81</A>"); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("a byte without meaning gives %v", err)
	}
}

func TestMixedEncodings(t *testing.T) {
	s := xmlscan.New(strings.NewReader("<?xml version='1.0' encoding='ISO-8859-15'?>\n<A>\xe9\n<B>Th\xc3\xa9o</B></A>"), xmlscan.Limits{})
	if _, err := events(s); err != nil || s.Mixed() != 3 {
		t.Errorf("got line %d, %v", s.Mixed(), err)
	}
}

func TestLimits(t *testing.T) {
	lim := xmlscan.Limits{Bytes: 4000, Elements: 100, Token: 500, Depth: 8, Attributes: 3}
	for name, in := range map[string]string{
		"bytes":      "<A>" + strings.Repeat("<B>"+strings.Repeat("x", 300)+"</B>", 20) + "</A>",
		"elements":   "<A>" + strings.Repeat("<B/>", 100) + "</A>",
		"text":       "<A>" + strings.Repeat("x", 600) + "</A>",
		"comment":    "<A><!--" + strings.Repeat("x", 600) + "--></A>",
		"tag":        "<A x='" + strings.Repeat("x", 600) + "'/>",
		"spaces":     strings.Repeat(" ", 600) + "<A/>",
		"depth":      strings.Repeat("<A>", 9),
		"attributes": "<A a='' b='' c='' d=''/>",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := events(xmlscan.New(strings.NewReader(in), lim)); belvedere.KindOf(err) != belvedere.TooLarge {
				t.Errorf("got %v", err)
			}
		})
	}
	inside := "<A a='' b='' c=''>" + strings.Repeat("<B>"+strings.Repeat("x", 300)+"</B>", 10) + "</A>"
	if _, err := events(xmlscan.New(strings.NewReader(inside), lim)); err != nil {
		t.Errorf("within the limits: %v", err)
	}
}

func TestAnyPieces(t *testing.T) {
	in := "\ufeff<?xml version='1.0'?><!DOCTYPE A [<!ELEMENT A ANY>]><!-- - --><A x='é' y=\"2\">é&amp;\r\n<B/><![CDATA[]]]]>é</A>\n<?pi ?>"
	want, err := scan(in)
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]io.Reader{
		"bytes":  iotest.OneByteReader(strings.NewReader(in)),
		"halves": iotest.HalfReader(strings.NewReader(in)),
		"last":   iotest.DataErrReader(strings.NewReader(in)),
	} {
		if got, err := events(xmlscan.New(r, xmlscan.Limits{})); err != nil || strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for n := range in {
		if _, err := scan(in[:n]); err == nil && n < strings.Index(in, "</A>")+4 {
			t.Errorf("cut after %d bytes, the document is accepted", n)
		}
	}
}

func TestSourceThatBreaks(t *testing.T) {
	broken := errors.New("broken")
	_, err := events(xmlscan.New(io.MultiReader(strings.NewReader("<A><B>x</B>"), iotest.ErrReader(broken)), xmlscan.Limits{}))
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestLines(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("<A>\n")
	for range 50_000 {
		b.WriteString("  <B>x</B>\n")
	}
	b.WriteString("</A>")
	s := xmlscan.New(&b, xmlscan.Limits{})
	for want := int64(1); ; {
		e, err := s.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e == xmlscan.Start {
			if s.Line() != want {
				t.Fatalf("line %d, want %d", s.Line(), want)
			}
			want++
		}
	}
}

func TestMemory(t *testing.T) {
	line := "<B x='1'>Noël &amp; fils</B>\n"
	in := io.MultiReader(strings.NewReader("<A>"), strings.NewReader(strings.Repeat(line, 20_000)), strings.NewReader("</A>"))
	s := xmlscan.New(in, xmlscan.Limits{})
	for range 1000 {
		if _, err := s.Next(); err != nil {
			t.Fatal(err)
		}
	}
	if n := testing.AllocsPerRun(10_000, func() { _, _ = s.Next() }); n != 0 {
		t.Errorf("%v allocations per event", n)
	}
}
