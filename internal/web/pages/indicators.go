package pages

import (
	"belvedere"
	"belvedere/internal/web/parts"
)

// Indicators is the list of definitions.
type Indicators struct {
	Frame  parts.Frame
	Text   string // searched
	Of     string // label of the page whose indicators are shown, "" for all
	All    int    // definitions of the catalogue
	Shown  int
	Themes []IndicatorTheme
}

// An IndicatorTheme gathers the definitions of a thématique.
type IndicatorTheme struct {
	ID    string
	Label string
	List  []Definition
}

// A Definition is one indicator, in words.
type Definition struct {
	Address    string // of its own page
	Code       string // anchor of the page
	Number     int
	Label      string
	Text       string
	Facts      []Fact
	Pages      []parts.Link
	Details    []Detail
	SchoolOnly bool
}

// A Fact is a named text of a definition.
type Fact struct{ Name, Value string }

// A Detail is an indicator that belongs to one of the annex.
type Detail struct {
	Address string
	Code    string
	Label   string
	Facts   []Fact
}

func shownWords(p Indicators) string {
	if p.Shown == p.All {
		return belvedere.Plural(p.All, "indicateur", "indicateurs")
	}
	return belvedere.FormatNumber(float64(p.Shown), 0) + " sur " + belvedere.Plural(p.All, "indicateur", "indicateurs")
}
