package parts

import "belvedere"

// A segment is a run of columns [from, to) that stand or fall together: those of one heading,
// or all of a table without groups.
type segment struct{ from, to int }

// fewestSpanned is how many cells with one reason are shown as one sentence.
const fewestSpanned = 3

func segmentsOf(groups []HeadGroup, columns int) []segment {
	if len(groups) == 0 {
		if columns == 0 {
			return nil
		}
		return []segment{{0, columns}}
	}
	var out []segment
	for _, g := range groups {
		if g.Label != "" {
			out = append(out, segment{g.First, g.First + g.Span})
			continue
		}
		for i := g.First; i < g.First+g.Span; i++ {
			out = append(out, segment{i, i + 1})
		}
	}
	return out
}

// spanFrom gives the end of the span that starts at column i, or i when the cells from there
// are shown one by one. Only whole groups without a value are spanned: a secret is shown in
// its cell, since its neighbours do have values.
func (g *Grid) spanFrom(cells []belvedere.Cell, i int) int {
	first := &cells[i]
	if first.State != belvedere.Expected && first.State != belvedere.NotShared {
		return i
	}
	end := i
	for _, s := range g.segments {
		if s.from < i {
			continue
		}
		if s.from != end || s.to > len(cells) || !g.uniform(cells, s, first, i) {
			break
		}
		end = s.to
	}
	if end-i < fewestSpanned {
		return i
	}
	return end
}

// uniform tells whether all cells of a segment lack a value for the reason of the first one.
func (g *Grid) uniform(cells []belvedere.Cell, s segment, first *belvedere.Cell, at int) bool {
	for k := s.from; k < s.to; k++ {
		if cells[k].State != first.State || cells[k].Why != first.Why || g.only[k] != g.only[at] {
			return false
		}
	}
	return true
}
