package pages

import "belvedere/internal/web/parts"

// A Message stands in the place of a page that cannot be shown.
type Message struct {
	Frame  parts.Frame
	Status int
	Title  string // "Page introuvable"
	Text   string // what happened, in a sentence
	Next   []parts.Link
}
