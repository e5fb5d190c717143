package belvedere

// A Place is what a row of a file is about. The warehouse keeps rows by school all the same: what is
// counted by commune, or for the whole territory, is shared out evenly between its schools when it is
// loaded, with the weight that belongs to it. So a mean over any schools of a commune is its figure
// exactly, and a sum over all of them too; a sum over some of them would be a fiction, and is not
// shown (semantic).
type Place string

// The places.
const (
	BySchool    Place = ""
	ByTown      Place = "commune"
	ByTerritory Place = "territoire"
)

// Label is the place in words.
func (p Place) Label() string {
	switch p {
	case ByTown:
		return "commune"
	case ByTerritory:
		return "date, pour tout le territoire"
	}
	return "établissement"
}
