package pages

import (
	"strings"

	"belvedere"
	"belvedere/internal/web/parts"
)

// Unlisted is the schools that delivered and that the register does not know.
type Unlisted struct {
	Frame parts.Frame
	List  []belvedere.Key // of this page; code: UAI; each detail: a dataset
	Total int
	Pages []parts.Link
}

// datasets names those that hold a school.
func datasets(k belvedere.Key) string {
	var names []string
	for _, a := range k.Detail {
		names = append(names, a.Value)
	}
	return strings.Join(names, ", ")
}
