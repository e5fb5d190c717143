package semantic

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"
)

// A Problem is one mistake in a declaration, with its place. Line and Column start at 1 and
// Column counts characters.
type Problem struct {
	File    string
	Line    int
	Column  int
	Message string // in French
	Source  string // the line itself
}

// String writes the place, the message, the line and a caret under the column.
func (p Problem) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d : %s", p.File, p.Line, p.Column, p.Message)
	if p.Source == "" {
		return b.String()
	}
	number := fmt.Sprintf("%5d", p.Line)
	source, column := p.shown()
	lead := []rune(source)
	lead = lead[:min(column-1, len(lead))]
	for i, r := range lead {
		if r != '\t' {
			lead[i] = ' '
		}
	}
	fmt.Fprintf(&b, "\n%s | %s\n%s | %s^", number, source, strings.Repeat(" ", len(number)), string(lead))
	return b.String()
}

// shown is the part of the line around the column, and the column within it.
func (p Problem) shown() (string, int) {
	const most, before = 300, 200
	line, column := []rune(p.Source), p.Column
	if len(line) > most && column > before {
		cut := min(column-before, len(line)-1)
		line, column = append([]rune("…"), line[cut:]...), column-cut+1
	}
	if len(line) > most {
		line = append(line[:most:most], '…')
	}
	return string(line), column
}

// Problems are all the mistakes of a catalogue, in the order of files and lines.
type Problems []Problem

// Error writes the mistakes, the first hundred when they are more.
func (ps Problems) Error() string {
	const most = 100
	head := "une erreur dans les déclarations"
	if len(ps) > 1 {
		head = fmt.Sprintf("%d erreurs dans les déclarations", len(ps))
	}
	lines := make([]string, 0, len(ps)+1)
	lines = append(lines, head)
	for _, p := range ps[:min(most, len(ps))] {
		lines = append(lines, p.String())
	}
	if len(ps) > most {
		lines = append(lines, fmt.Sprintf("et %d autres", len(ps)-most))
	}
	return strings.Join(lines, "\n")
}

func (ps Problems) sort() {
	sort.SliceStable(ps, func(i, j int) bool {
		a, b := ps[i], ps[j]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Column < b.Column
	})
}

// A declarationFile is one file of declarations, kept whole to show the lines of its mistakes.
type declarationFile struct {
	name  string
	text  []byte
	lines []string
	own   bool // of a deployment, not of the shipped catalogue
}

func newDeclarationFile(name string, text []byte, own bool) *declarationFile {
	return &declarationFile{name: name, text: text, own: own, lines: strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")}
}

func (f *declarationFile) at(line, column int) mark {
	return mark{file: f, line: max(line, 1), column: max(column, 1)}
}

// A mark is a place in a file.
type mark struct {
	file         *declarationFile
	line, column int
}

// right is the mark some characters further on the same line, within the line.
func (m mark) right(chars int) mark {
	if m.file != nil && m.line >= 1 && m.line <= len(m.file.lines) {
		chars = min(chars, max(0, utf8.RuneCountInString(m.file.lines[m.line-1])-m.column))
	}
	m.column += chars
	return m
}

// fault notes a mistake at a place.
func (d *declarations) fault(at mark, format string, args ...any) {
	p := Problem{Line: max(at.line, 1), Column: max(at.column, 1), Message: fmt.Sprintf(format, args...)}
	if at.file != nil {
		p.File = at.file.name
		if at.file.own {
			p.File = "(catalogue local) " + p.File
		}
		if at.line >= 1 && at.line <= len(at.file.lines) {
			p.Source = strings.ToValidUTF8(at.file.lines[at.line-1], "\ufffd")
		}
	}
	d.problems = append(d.problems, p)
}

// quote sets a word in French quotation marks.
func quote(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return "«\u00a0" + s + "\u00a0»"
}

// orNear ends a message about an unknown name with the nearest known one, when one is near.
func orNear(name string, known []string) string {
	best, least := "", 3
	for _, k := range known {
		if n := distance(name, k, least); n < least {
			best, least = k, n
		}
	}
	if best == "" {
		return ""
	}
	return "\u202f; vouliez-vous dire " + quote(best) + "\u202f?"
}

// distance counts the single-character edits between two words; it gives up at most.
func distance(a, b string, most int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) >= most || len(y)-len(x) >= most || len(x) > 100 {
		return most
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}
