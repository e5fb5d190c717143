package parts

import (
	"unicode/utf8"

	"belvedere"
)

// fewestSpanned is how many neighbours with one reason are shown as one cell.
const fewestSpanned = 2

// sentenceWidth is the room, in estimated pixels, that a spanned cell needs to say its reason in
// a sentence; with less, the word of the state stands alone, rather than a sentence cut short.
func sentenceWidth(c *belvedere.Cell) int {
	return 60 + 6*(utf8.RuneCountInString(c.State.Word())+utf8.RuneCountInString(c.Why))
}

// spanFrom gives the end of the run of cells that lack a value for the same reason from column
// i on, or i when they are too few to be one sentence. A secret is shown in its own cell: its
// neighbours do have values.
func (g *Grid) spanFrom(cells []belvedere.Cell, i int) int {
	first := &cells[i]
	if first.State != belvedere.Expected && first.State != belvedere.NotShared {
		return i
	}
	end := i + 1
	for end < len(cells) && g.sameReason(cells, i, end) {
		end++
	}
	if end-i < fewestSpanned {
		return i
	}
	return end
}

// sameReason tells whether two cells open the same panel. Among cells that are not shared, those
// of an indicator kept for schools have a reason of their own.
func (g *Grid) sameReason(cells []belvedere.Cell, i, k int) bool {
	a, b := &cells[i], &cells[k]
	return a.State == b.State && a.Why == b.Why && (a.State != belvedere.NotShared || g.only[i] == g.only[k])
}

// roomOf estimates the width of some columns.
func (g *Grid) roomOf(from, to int) int {
	room := 0
	for i := from; i < to; i++ {
		room += g.widths[i]
	}
	return room
}
