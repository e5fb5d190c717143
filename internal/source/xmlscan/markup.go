package xmlscan

import (
	"bytes"

	"belvedere"
)

// declaration reads what begins with "<!": a comment, a CDATA section or the DOCTYPE.
func (s *Scanner) declaration(b []byte) (Event, int, error) {
	switch {
	case begins(b, "<!--"):
		return s.comment(b)
	case begins(b, "<![CDATA["):
		return s.cdata(b)
	case begins(b, "<!DOCTYPE"):
		return s.docType(b)
	}
	return 0, 0, s.errorf(belvedere.Invalid, 0, "une balise qui commence par « <! » n’est ni un commentaire, ni une section CDATA, ni une déclaration DOCTYPE.")
}

// begins tells whether b begins with a mark, as far as it goes.
func begins(b []byte, mark string) bool {
	n := min(len(b), len(mark))
	return string(b[:n]) == mark[:n]
}

func (s *Scanner) comment(b []byte) (Event, int, error) {
	const open = len("<!--")
	if len(b) < open {
		return 0, 0, errShort
	}
	end := bytes.Index(b[open:], []byte("--"))
	if end < 0 || open+end+2 == len(b) {
		return 0, 0, errShort
	}
	if n := open + end + 2; b[n] == '>' {
		return 0, n + 1, nil
	}
	return 0, 0, s.errorf(belvedere.Invalid, open+end, "un commentaire contient deux tirets de suite.")
}

func (s *Scanner) cdata(b []byte) (Event, int, error) {
	const open = len("<![CDATA[")
	if len(b) < open {
		return 0, 0, errShort
	}
	if s.part != inside {
		return 0, 0, s.outside(0)
	}
	n := bytes.Index(b[open:], []byte("]]>"))
	if n < 0 {
		return 0, 0, errShort
	}
	s.room = s.room[:0]
	var err error
	s.text, err = s.decode(b[open:open+n], open, cdata)
	return Text, open + n + len("]]>"), err
}

// instruction passes over a processing instruction.
func (s *Scanner) instruction(b []byte) (Event, int, error) {
	name, err := s.readName(b, 2)
	if err != nil {
		return 0, 0, err
	}
	if bytes.EqualFold(b[2:name], []byte("xml")) {
		return 0, 0, s.errorf(belvedere.Invalid, 0, "la déclaration XML (« <?xml ») n’est pas au début du fichier : plusieurs fichiers ont peut-être été mis bout à bout.")
	}
	end := bytes.Index(b[name:], []byte("?>"))
	if end < 0 {
		return 0, 0, errShort
	}
	return 0, name + end + 2, nil
}

// docType passes over the DOCTYPE: what it names is never read. Entities are refused, since each
// use of one may stand for any amount of text.
func (s *Scanner) docType(b []byte) (Event, int, error) {
	if len(b) < len("<!DOCTYPE") {
		return 0, 0, errShort
	}
	if s.part != prolog || s.doctype {
		return 0, 0, s.errorf(belvedere.Invalid, 0, "la déclaration DOCTYPE n’est pas à sa place, avant la première balise.")
	}
	n := docTypeEnd(b)
	if n < 0 {
		return 0, 0, errShort
	}
	for _, mark := range []string{"<!ENTITY", "<?", "%"} {
		if at := bytes.Index(b[:n], []byte(mark)); at >= 0 {
			return 0, 0, s.errorf(belvedere.Invalid, at, "la déclaration DOCTYPE définit des entités, ce qui est refusé par sécurité. Aucun des fichiers attendus n’en a.")
		}
	}
	s.doctype = true
	return 0, n, nil
}

// docTypeEnd is the place behind the DOCTYPE at the start of b, -1 when it goes on.
func docTypeEnd(b []byte) int {
	depth, quote := 0, byte(0)
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '<' && bytes.HasPrefix(b[i:], []byte("<!--")):
			n := bytes.Index(b[i+4:], []byte("-->"))
			if n < 0 {
				return -1
			}
			i += 4 + n + 2
		case c == '<':
			depth++
		case c == '>':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}
