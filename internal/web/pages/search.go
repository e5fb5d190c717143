package pages

import "belvedere/internal/web/parts"

// A Search is a text and what it found, by kind.
type Search struct {
	Frame  parts.Frame
	Text   string
	Groups []SearchGroup
	Count  int
}

// A SearchGroup is the hits of one kind.
type SearchGroup struct {
	ID    string
	Label string
	Hits  []SearchHit
}

// A SearchHit leads to what was found.
type SearchHit struct{ Label, Detail, Address string }
