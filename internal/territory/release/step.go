package release

import "math"

// Step says which count readers see of a cell that they were shown before, when it has changed: the
// former one, plus or minus whole floors. So any figure, whatever cells it adds, has moved by a multiple
// of the floor between any two releases: by nothing or by enough persons; and a count is never further
// than a floor from the truth, but for two bounds. A count that was not small does not become small,
// since it could not be hidden any more; one that was small does not shrink. Cells of moves (hidden)
// keep one more, so that what a move lowers it can still lower by as much as the floor asks.
//
// Hence a release that moves by steps needs hardly any new move: nothing becomes small, and the moves
// that protected before are as wide as they were, or as the floor. A sum that two schools come to
// dominate is withheld from then on.
func Step(shown, now, floor float64, hidden bool) float64 {
	least := min(shown, floor)
	if hidden {
		least = min(shown, floor+1)
	}
	v := shown + floor*math.Trunc((now-shown)/floor)
	if v < least {
		v += floor * math.Ceil((least-v)/floor)
	}
	return v
}
