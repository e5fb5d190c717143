package table

import (
	"bytes"
	"errors"
	"io"
)

// sniffSize is how many bytes tell what a file is.
const sniffSize = 4 << 10

// The outermost layer of some bytes.
type layer uint8

const (
	textLayer layer = iota
	gzipLayer
	zipLayer
	parquetLayer
)

func layerOf(head []byte) layer {
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return gzipLayer
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return zipLayer
	case bytes.HasPrefix(head, []byte("PAR1")):
		return parquetLayer
	}
	return textLayer
}

// foreign are the files that people send by mistake, with what to tell them.
var foreign = []struct{ magic, says string }{
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "est un classeur Excel ancien (.xls) ou un document Office. Enregistrez-le au format .xlsx ou CSV UTF-8, puis renvoyez-le."},
	{"%PDF", "est un document PDF. Envoyez le tableau lui-même, au format CSV."},
	{"7z\xbc\xaf\x27\x1c", "est une archive 7-Zip. Refaites-la au format ZIP."},
	{"Rar!", "est une archive RAR. Refaites-la au format ZIP."},
	{"\xfd7zXZ\x00", "est compressé par XZ. Utilisez gzip ou ZIP."},
	{"BZh", "est compressé par bzip2. Utilisez gzip ou ZIP."},
	{"\x28\xb5\x2f\xfd", "est compressé par Zstandard. Utilisez gzip ou ZIP."},
	{"SQLite format 3\x00", "est une base SQLite. Exportez la table au format CSV."},
	{"\x89PNG", "est une image. Envoyez le tableau lui-même, au format CSV."},
	{"\xff\xd8\xff", "est une image. Envoyez le tableau lui-même, au format CSV."},
	{"\xff\xfe\x00\x00", "est en UTF-32. Enregistrez-le en UTF-8, puis renvoyez-le."},
	{"\x00\x00\xfe\xff", "est en UTF-32. Enregistrez-le en UTF-8, puis renvoyez-le."},
}

// errNoTable is the cause of the errors about a sound file that holds something else than a table.
var errNoTable = errors.New("no table")

// A textKind is what a text holds and how it is written.
type textKind struct {
	kind     Kind
	encoding Encoding // "" when the rest of the text must tell
	mark     int      // bytes of the byte order mark
}

// sniffText tells what kind of table a text is, from its first bytes. Its error says what it is
// instead.
func sniffText(head []byte, p place) (textKind, error) {
	for _, f := range foreign {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return textKind{}, p.noTable(f.says)
		}
	}
	t := textKind{kind: CSV}
	t.encoding, t.mark = byteOrderMark(head)
	text := head[t.mark:]
	if t.encoding == "" {
		t.encoding = silentUTF16(head)
	}
	if t.encoding == UTF16LE || t.encoding == UTF16BE {
		text, _ = io.ReadAll(newUTF16Reader(bytes.NewReader(text), t.encoding))
	} else if controls(text) {
		return t, p.noTable("n’est pas un texte. Envoyez un tableau au format CSV, NDJSON ou Parquet.")
	}
	switch text = bytes.TrimLeft(text, " \t\r\n"); {
	case len(text) == 0 && len(head) < sniffSize:
		return t, p.noTable("est vide. Vérifiez l’export, puis renvoyez-le.")
	case bytes.HasPrefix(text, []byte("{")):
		t.kind = NDJSON
	case bytes.HasPrefix(text, []byte("[")) && bytes.HasPrefix(bytes.TrimLeft(text[1:], " \t\r\n"), []byte("{")):
		return t, p.noTable("est une liste JSON. Écrivez un objet par ligne (NDJSON), sans crochets ni virgules entre les lignes.")
	case markup(text):
		return t, p.noTable("est un document XML ou HTML, non un tableau. Envoyez un export CSV.")
	}
	return t, nil
}

// controls tells whether one byte in ten is a control character that no text holds.
func controls(b []byte) bool {
	odd := 0
	for _, c := range b {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1a {
			odd++
		}
	}
	return odd*10 > len(b)
}

func markup(text []byte) bool {
	lower := bytes.ToLower(text[:min(len(text), 16)])
	for _, start := range []string{"<?xml", "<!doctype", "<!--", "<html", "<table"} {
		if bytes.HasPrefix(lower, []byte(start)) {
			return true
		}
	}
	return false
}

// readHead gives the first bytes of a member. An error after some of them is left to its reader.
func readHead(r io.Reader) ([]byte, error) {
	head := make([]byte, sniffSize)
	n := 0
	for n < len(head) {
		m, err := r.Read(head[n:])
		n += m
		if err == io.EOF || err != nil && n > 0 {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	return head[:n], nil
}
