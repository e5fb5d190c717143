package export

import (
	"bufio"
	"io"
	"iter"
)

// Lines writes lines of text for a French spreadsheet or a mail merge, the headings first: byte
// order mark, semicolons, "\r\n", every text between quotes, and none that runs as a formula.
func Lines(out io.Writer, lines iter.Seq[[]string]) error {
	w := &csvWriter{Writer: bufio.NewWriterSize(out, 32<<10), dialect: dialect{separator: ';', end: "\r\n", quoteAll: true}}
	w.WriteString("\ufeff")
	for line := range lines {
		for _, s := range line {
			w.text(s)
		}
		if err := w.endLine(); err != nil {
			return err
		}
	}
	return w.Flush()
}
