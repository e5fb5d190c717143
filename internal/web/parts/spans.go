package parts

import "belvedere"

// fewestSpanned is how many neighbours with one reason are shown as one sentence.
const fewestSpanned = 3

// spanFrom gives the end of the run of cells that lack a value for the same reason from column
// i on, or i when they are too few to be one sentence. A secret is shown in its own cell: its
// neighbours do have values.
func (g *Grid) spanFrom(cells []belvedere.Cell, i int) int {
	first := &cells[i]
	if first.State != belvedere.Expected && first.State != belvedere.NotShared {
		return i
	}
	end := i + 1
	for end < len(cells) && cells[end].State == first.State && cells[end].Why == first.Why && g.only[end] == g.only[i] {
		end++
	}
	if end-i < fewestSpanned {
		return i
	}
	return end
}
