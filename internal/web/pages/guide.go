package pages

import (
	"strconv"

	"belvedere/internal/guide"
	"belvedere/internal/web/parts"
)

// A Guide is a chapter of the user guide.
type Guide struct {
	parts.Frame
	Chapter *guide.Chapter
	Parts   []guide.Block // headings of the second level, when there are enough to choose from
	Home    bool          // the table of contents
}

// lead tells whether a monospaced run is an address of the console that the menu of this reader has.
func (g Guide) lead(s guide.Span) bool { return s.Style == guide.Mono && g.Leads(s.Text) }

// firstItem is where a numbered list begins, when it goes on with another.
func firstItem(b guide.Block) string { return strconv.Itoa(b.First) }
