package benchmark

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"belvedere"
)

// Bands of size, in pupils, and of social index: declared, never drawn from the figures.
var (
	sizeLimits   = []float64{200, 300, 400, 500, 650, 800, 1200}
	socialLimits = []float64{90, 105, 120}
)

// A Member is a school that may be compared: its figure and what places it in a stratum. A size or
// an index that is not known, or not shared, is NaN.
type Member struct {
	School belvedere.UAI
	Value  float64
	Size   float64
	Social float64
}

// A Stratum is bands of size and of social index, from the first to the last included. The band
// after the last limit but one holds the schools whose size or index is not known.
type Stratum struct {
	Size, Social [2]int
}

// A Group is the schools of a stratum.
type Group struct {
	Stratum
	Members []Member
}

// band is the place of a value among limits; after the last one, when it is not known.
func band(v float64, limits []float64) int {
	if math.IsNaN(v) {
		return len(limits) + 1
	}
	at, equal := slices.BinarySearch(limits, v)
	if equal {
		at++
	}
	return at
}

// Holds tells whether a school of a size and an index belongs to the stratum.
func (s Stratum) Holds(size, social float64) bool {
	a, b := band(size, sizeLimits), band(social, socialLimits)
	return a >= s.Size[0] && a <= s.Size[1] && b >= s.Social[0] && b <= s.Social[1]
}

// Partition parts schools of one type into groups of need or more: bands of size first, then bands
// of social index within each, merged with the next ones while they are too small. Together the
// strata hold every size and index, and no two overlap. There is none when there are too few schools.
func Partition(members []Member, need int) []Group {
	if len(members) < need {
		return nil
	}
	var out []Group
	for _, size := range merge(members, sizeLimits, func(m Member) float64 { return m.Size }, need) {
		var inside []Member
		for _, m := range members {
			if a := band(m.Size, sizeLimits); a >= size[0] && a <= size[1] {
				inside = append(inside, m)
			}
		}
		for _, social := range merge(inside, socialLimits, func(m Member) float64 { return m.Social }, need) {
			g := Group{Stratum: Stratum{Size: size, Social: social}}
			for _, m := range inside {
				if g.Holds(m.Size, m.Social) {
					g.Members = append(g.Members, m)
				}
			}
			slices.SortFunc(g.Members, func(a, b Member) int { return strings.Compare(string(a.School), string(b.School)) })
			out = append(out, g)
		}
	}
	return out
}

// merge joins bands from the first on until each holds need schools.
func merge(members []Member, limits []float64, of func(Member) float64, need int) [][2]int {
	counts := make([]int, len(limits)+2)
	for _, m := range members {
		counts[band(of(m), limits)]++
	}
	left := len(members)
	var out [][2]int
	from, held := 0, 0
	for i, n := range counts {
		held += n
		if held >= need && left-held >= need {
			out = append(out, [2]int{from, i})
			left -= held
			from, held = i+1, 0
		}
	}
	return append(out, [2]int{from, len(counts) - 1})
}

// Words name a stratum: "de 400 à 499 élèves, indice social inférieur à 105".
func (s Stratum) Words() string {
	words := s.sizeWords()
	if social := s.socialWords(); social != "" {
		words += ", " + social
	}
	return words
}

func (s Stratum) sizeWords() string {
	last := len(sizeLimits)
	switch low, high := s.Size[0], s.Size[1]; {
	case low == 0 && high >= last:
		return "de toutes tailles"
	case low > last:
		return "dont la taille n’est pas partagée"
	case low == 0:
		return "de moins de " + number(sizeLimits[high]) + " élèves"
	case high >= last:
		return "de " + number(sizeLimits[low-1]) + " élèves et plus"
	default:
		return "de " + number(sizeLimits[low-1]) + " à " + number(sizeLimits[high]-1) + " élèves"
	}
}

func (s Stratum) socialWords() string {
	last := len(socialLimits)
	switch low, high := s.Social[0], s.Social[1]; {
	case low == 0 && high >= last:
		return ""
	case low > last:
		return "dont l’indice social n’est pas connu"
	case low == 0:
		return "indice social inférieur à " + number(socialLimits[high])
	case high >= last:
		return "indice social de " + number(socialLimits[low-1]) + " et plus"
	default:
		return "indice social de " + number(socialLimits[low-1]) + " à moins de " + number(socialLimits[high])
	}
}

func number(v float64) string { return belvedere.FormatNumber(v, 0) }

// Code writes a stratum for a registry; ParseStratum reads it.
func (s Stratum) Code() string {
	var out []string
	for _, n := range []int{s.Size[0], s.Size[1], s.Social[0], s.Social[1]} {
		out = append(out, strconv.Itoa(n))
	}
	return strings.Join(out, ".")
}

// ParseStratum reads what Code wrote; false when it is something else.
func ParseStratum(code string) (s Stratum, ok bool) {
	parts := strings.Split(code, ".")
	if len(parts) != 4 {
		return s, false
	}
	for i, into := range []*int{&s.Size[0], &s.Size[1], &s.Social[0], &s.Social[1]} {
		n, err := strconv.Atoi(parts[i])
		if err != nil {
			return s, false
		}
		*into = n
	}
	return s, true
}
