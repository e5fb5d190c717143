package release_test

// The field that exact attacks compute in: integers modulo a prime, so that nothing is rounded. A sum
// that is a combination of others over the rational numbers is one here too, and the contrary fails
// for few primes only, none of which is likely to be this one.
const prime = 1<<31 - 1

func inverse(a uint64) uint64 {
	out, n := uint64(1), uint64(prime-2)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			out = out * a % prime
		}
		a = a * a % prime
	}
	return out
}

// A span holds the equations that an attacker has read, reduced: each has a column of its own.
type span struct {
	n     int
	rows  [][]uint64
	pivot []int // by column: the row that has it, or -1
}

func newSpan(n int) *span {
	s := &span{n: n, pivot: make([]int, n)}
	for i := range s.pivot {
		s.pivot[i] = -1
	}
	return s
}

// reduce takes off a row what the others say of it.
func (s *span) reduce(row []uint64) {
	for c, at := range s.pivot {
		if at < 0 || row[c] == 0 {
			continue
		}
		less(row, s.rows[at], row[c])
	}
}

// less takes a row some times off another.
func less(row, other []uint64, times uint64) {
	back := prime - times
	for i, v := range other {
		if v != 0 {
			row[i] = (row[i] + back*v) % prime
		}
	}
}

func (s *span) vector(cells []int) []uint64 {
	row := make([]uint64, s.n)
	for _, c := range cells {
		row[c]++
	}
	return row
}

// add reads one more equation; it tells whether that was new.
func (s *span) add(cells []int) bool { return s.addRow(s.vector(cells)) }

func (s *span) addRow(row []uint64) bool {
	s.reduce(row)
	lead := -1
	for i, v := range row {
		if v != 0 {
			lead = i
			break
		}
	}
	if lead < 0 {
		return false
	}
	by := inverse(row[lead])
	for i, v := range row {
		row[i] = v * by % prime
	}
	for _, other := range s.rows {
		if v := other[lead]; v != 0 {
			less(other, row, v)
		}
	}
	s.pivot[lead] = len(s.rows)
	s.rows = append(s.rows, row)
	return true
}

// tells says whether the equations give a sum exactly.
func (s *span) tells(cells []int) bool {
	row := s.vector(cells)
	s.reduce(row)
	for _, v := range row {
		if v != 0 {
			return false
		}
	}
	return true
}

// clone is another attacker who has read the same.
func (s *span) clone() *span {
	out := newSpan(s.n)
	copy(out.pivot, s.pivot)
	for _, row := range s.rows {
		out.rows = append(out.rows, append([]uint64(nil), row...))
	}
	return out
}
