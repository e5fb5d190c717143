package release

// A Mask is what a release withholds of one measure over one school year, and what it still holds of
// the counts shown before.
type Mask struct {
	Axes  []Axis // without groupings
	Floor float64
	Moves []Move
	Held  []Delta
}

// A Delta is what to add to a base cell of the warehouse to get the count that readers were shown.
type Delta struct {
	At  Coord
	Add float64
}

// An Ask is a sum: which codes of each axis it takes, and in which line of the answer each one falls.
type Ask struct {
	// Takes tells, by axis and code, what the sum takes; a nil list takes all.
	Takes [][]bool
	// Lines are the dimensions of the lines: the axis that each one cuts and the name that it gives to
	// each code of it.
	Lines []Line
	// Last is, by school, the only code of axis 1 that counts, -1 for none: the last observation of a
	// state. It is nil where times add.
	Last []int32
}

// A Line is a dimension of the lines of an answer.
type Line struct {
	Axis  int
	Names []string
}

// An Effect is a sum over changes, by line and for the whole.
type Effect struct {
	Lines map[string]float64
	Total float64
}

// Name is the line of a base cell: the names that the lines give it, joined as answers join them.
func (k *Ask) Name(at Coord) string {
	switch len(k.Lines) {
	case 0:
		return ""
	case 1:
		return k.Lines[0].Names[at[k.Lines[0].Axis]]
	}
	name := k.Lines[0].Names[at[k.Lines[0].Axis]]
	for _, l := range k.Lines[1:] {
		name += "\x00" + l.Names[at[l.Axis]]
	}
	return name
}

// takes tells whether the sum takes a base cell.
func (k *Ask) takes(at Coord) bool {
	for a, list := range k.Takes {
		if list != nil && !list[at[a]] {
			return false
		}
	}
	return k.Last == nil || k.Last[at[0]] == at[1]
}

// Withheld tells which lines some move would change, and whether it would change the sum of all lines.
func (m *Mask) Withheld(k *Ask) (lines map[string]bool, total bool) {
	lines = map[string]bool{}
	var names [1 << MaxAxes]string
	var by [1 << MaxAxes]float64
	for _, move := range m.Moves {
		if m.blind(k, move) {
			continue
		}
		n, sum := 0, 0.0
		move.Each(func(at Coord, sign float64) {
			if !k.takes(at) {
				return
			}
			sum += sign
			name := k.Name(at)
			for i := range n {
				if names[i] == name {
					by[i] += sign
					return
				}
			}
			names[n], by[n] = name, sign
			n++
		})
		for i := range n {
			if by[i] != 0 {
				lines[names[i]] = true
			}
		}
		total = total || sum != 0
	}
	return lines, total
}

// blind tells at once that a move does not change a sum: it lies outside on an axis that it does not
// flip, or lies on both sides of one that no line cuts.
func (m *Mask) blind(k *Ask, move Move) bool {
	for a := range m.Axes {
		var list []bool
		if a < len(k.Takes) {
			list = k.Takes[a]
		}
		joint := k.Last != nil && a <= 1
		switch {
		case !move.Flips(a):
			if list != nil && !list[move.A[a]] {
				return true
			}
		case joint || k.Cuts(a):
		case list == nil || list[move.A[a]] == list[move.B[a]]:
			return true
		}
	}
	return false
}

// Cuts tells whether the lines cut an axis.
func (k *Ask) Cuts(axis int) bool {
	for _, l := range k.Lines {
		if l.Axis == axis {
			return true
		}
	}
	return false
}

// Restore adds the held counts of a sum, by line and in all.
func (m *Mask) Restore(k *Ask) Effect {
	e := Effect{}
	for _, d := range m.Held {
		if !k.takes(d.At) {
			continue
		}
		if e.Lines == nil {
			e.Lines = map[string]float64{}
		}
		e.Lines[k.Name(d.At)] += d.Add
		e.Total += d.Add
	}
	return e
}
