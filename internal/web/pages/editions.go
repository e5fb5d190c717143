package pages

import (
	"strconv"

	"belvedere"
	"belvedere/internal/web/parts"
)

// Editions is the list of publications.
type Editions struct {
	Frame parts.Frame
	List  []belvedere.Edition // with times in the zone of the territory
	Total int
	Pages []parts.Link
	Home  string // address of the first page of the console, to look at an edition
}

// An Edition is one publication and the deliveries that made it.
type Edition struct {
	Frame      parts.Frame
	Edition    belvedere.Edition
	Deliveries []belvedere.Delivery
	Labels     map[string]string
	Home       string
}

func editionAddress(n int) string { return "/editions/" + strconv.Itoa(n) }
