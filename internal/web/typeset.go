package web

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// verbatim are elements whose text is not set: code, and what people type.
var verbatim = [][]byte{[]byte("pre"), []byte("code"), []byte("textarea"), []byte("script"), []byte("style"), []byte("kbd")}

// typeset writes a page with the spaces that French typography asks for and that must not break: before
// a colon, a semicolon, a mark, inside quotation marks; and the apostrophe between letters. It is done here, once,
// for the texts of templates, of catalogues and of people alike. Tags, code and typed texts stay as they are.
func typeset(out *bytes.Buffer, page []byte) {
	for len(page) > 0 {
		tag := bytes.IndexByte(page, '<')
		if tag < 0 {
			setText(out, page)
			return
		}
		setText(out, page[:tag])
		end := bytes.IndexByte(page[tag:], '>')
		if end < 0 {
			out.Write(page[tag:])
			return
		}
		end += tag + 1
		out.Write(page[tag:end])
		name := page[tag+1 : end-1]
		page = page[end:]
		for _, v := range verbatim {
			if !bytes.HasPrefix(name, v) || len(name) > len(v) && name[len(v)] != ' ' {
				continue
			}
			stop := bytes.Index(page, append([]byte("</"), v...))
			if stop < 0 {
				stop = len(page)
			}
			out.Write(page[:stop])
			page = page[stop:]
		}
	}
}

const apostrophe = "&#39;"

// setText writes one run of text.
func setText(out *bytes.Buffer, text []byte) {
	if !bytes.ContainsAny(text, " &") {
		out.Write(text)
		return
	}
	start := 0
	put := func(i, skip int, with string) {
		out.Write(text[start:i])
		out.WriteString(with)
		start = i + skip
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == ' ' && bytes.HasSuffix(text[:i], []byte("«")):
			put(i, 1, "\u00a0")
		case c == ' ' && (i == 0 || text[i-1] != ' ' && text[i-1] != '\n'):
			if space := before(text[i+1:]); space != "" {
				put(i, 1, space)
			}
		case c == '&' && bytes.HasPrefix(text[i:], []byte(apostrophe)) && elided(text, i):
			put(i, len(apostrophe), "’")
		}
	}
	out.Write(text[start:])
}

// before is the space that stands before a sign at the beginning of a text, "" when an ordinary one does.
func before(text []byte) string {
	if bytes.HasPrefix(text, []byte("»")) {
		return "\u00a0"
	}
	if len(text) == 0 || len(text) > 1 && text[1] != ' ' && text[1] != '\n' {
		return "" // the sign is of a word: « :) », an address, a time
	}
	switch text[0] {
	case ':':
		return "\u00a0"
	case ';', '!', '?':
		return "\u202f"
	}
	return ""
}

// elided tells whether an apostrophe stands between two letters.
func elided(text []byte, i int) bool {
	last, _ := utf8.DecodeLastRune(text[:i])
	next, _ := utf8.DecodeRune(text[i+len(apostrophe):])
	return unicode.IsLetter(last) && unicode.IsLetter(next)
}
