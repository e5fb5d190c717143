package gap

import (
	"math/bits"
	"slices"
)

// Groups parts k causes into as many groups as it can such that every world in which the causes
// of each group change together is shown. The two sides must be shown: at worst all causes make
// one group. Groups stand in the order of their first cause.
func Groups(k int, shown func(World) bool) []World {
	groups := make([]World, k)
	for i := range groups {
		groups[i] = 1 << i
	}
	for len(groups) > 1 {
		hidden := hiddenOf(groups, shown)
		if len(hidden) == 0 {
			break
		}
		groups = merged(groups, pair(len(groups), hidden))
	}
	return groups
}

// hiddenOf are the sets of groups whose world is withheld.
func hiddenOf(groups []World, shown func(World) bool) []World {
	var out []World
	for set := World(1); set < 1<<len(groups)-1; set++ {
		if !shown(Union(groups, set)) {
			out = append(out, set)
		}
	}
	return out
}

// pair chooses the two of n groups to merge: those that part the most withheld worlds, the
// nearest ones among equals. It judges a set and its complement alike, so that both sides may be
// exchanged.
func pair(n int, hidden []World) [2]int {
	best, most := [2]int{0, 1}, -1
	for gap := 1; gap < n; gap++ {
		for i := 0; i+gap < n; i++ {
			parted := 0
			for _, set := range hidden {
				if set>>i&1 != set>>(i+gap)&1 {
					parted++
				}
			}
			if parted > most {
				best, most = [2]int{i, i + gap}, parted
			}
		}
	}
	return best
}

func merged(groups []World, p [2]int) []World {
	out := slices.Clone(groups)
	out[p[0]] |= out[p[1]]
	return slices.Delete(out, p[1], p[1]+1)
}

// Members are the causes of a group, in order.
func Members(group World) []int {
	var out []int
	for group != 0 {
		i := bits.TrailingZeros32(group)
		out = append(out, i)
		group &^= 1 << i
	}
	return out
}
