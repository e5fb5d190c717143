package apogee

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"belvedere"
	"golang.org/x/text/encoding/charmap"
)

// longest is the most that a line may hold; those of code labels have a few thousand characters.
const longest = 1 << 20

// lines gives the lines of a file as fields between tabulations, decoded.
type lines struct {
	scan   *bufio.Scanner
	number int64
	fields []string
}

func newLines(in io.Reader) *lines {
	s := bufio.NewScanner(in)
	s.Buffer(make([]byte, 0, 64<<10), longest)
	return &lines{scan: s}
}

// next moves to the next line; more is false at the end.
func (l *lines) next() (more bool, err error) {
	if !l.scan.Scan() {
		err := l.scan.Err()
		if errors.Is(err, bufio.ErrTooLong) {
			return false, belvedere.Errorf(belvedere.Invalid, "La ligne %d du fichier est trop longue pour une maquette d’Apogée. Exportez-la de nouveau.", l.number+1)
		}
		return false, err
	}
	l.number++
	line := l.scan.Bytes()
	if l.number == 1 {
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	if bytes.IndexByte(line, 0) >= 0 {
		return false, belvedere.Errorf(belvedere.Invalid, "La ligne %d contient un caractère nul"+belvedere.NoBreak+": le fichier est abîmé, ou n’est ni en ISO-8859-1 ni en UTF-8. Exportez-le de nouveau.", l.number)
	}
	l.fields = strings.Split(decode(line), "\t")
	for i, f := range l.fields {
		l.fields[i] = strings.TrimSpace(f)
	}
	return true, nil
}

// decode turns a line into text: Apogée writes ISO-8859-1, some portals UTF-8. No line of French
// in the one is valid in the other. What Windows adds to ISO-8859-1 is taken as it means it.
func decode(line []byte) string {
	if utf8.Valid(line) {
		return string(line)
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(line)
	if err != nil {
		return strings.ToValidUTF8(string(line), "\uFFFD")
	}
	return string(text)
}

// blank tells a line of tabulations alone, which ends a section.
func (l *lines) blank() bool {
	for _, f := range l.fields {
		if f != "" {
			return false
		}
	}
	return true
}

// cell is the field at a place, "" beyond the end.
func (l *lines) cell(i int) string {
	if i < 0 || i >= len(l.fields) {
		return ""
	}
	return l.fields[i]
}

// section is the name that a line opens a section of: "VALEURS" of "XX-APO_VALEURS-XX".
func section(first string) string {
	name, ok := strings.CutPrefix(first, "XX-APO_")
	if !ok {
		return ""
	}
	name, ok = strings.CutSuffix(name, "-XX")
	if !ok {
		return ""
	}
	return name
}

// isMaquette tells a maquette by its first line that is not blank.
func isMaquette(start []byte) bool {
	l := newLines(bytes.NewReader(start))
	for {
		more, err := l.next()
		if !more || err != nil {
			return false
		}
		if !l.blank() {
			return section(l.cell(0)) != ""
		}
	}
}
