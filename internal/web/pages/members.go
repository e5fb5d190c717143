package pages

import (
	"belvedere"
	"belvedere/internal/web/parts"
)

// A MemberPicker is the list of members to which a right is limited, with a search that needs no script.
type MemberPicker struct {
	Dims    []parts.Option
	Dim     string // searched
	Search  string
	Asked   bool // a search was made
	Found   int
	More    int // found and not shown
	Members []PickMember
	Hint    string
	Error   string
}

// A PickMember is a member to tick.
type PickMember struct {
	Value   string // "composante=gc"
	Label   string // "Composante, département : Génie civil"
	Code    string
	Checked bool
}

// note says what is ticked and what a search found.
func (p MemberPicker) note() string {
	n := 0
	for _, m := range p.Members {
		if m.Checked {
			n++
		}
	}
	text := "Aucune limite" + belvedere.NoBreak + ": le droit porte sur l’établissement entier."
	if n > 0 {
		text = belvedere.Plural(n, "membre coché", "membres cochés") + belvedere.NoBreak + ": le droit ne porte que sur eux."
	}
	switch {
	case !p.Asked:
	case p.Found == 0:
		text = "Aucun membre ne répond à cette recherche. " + text
	case p.More > 0:
		text = belvedere.Plural(p.Found, "membre trouvé", "membres trouvés") + ", dont " + belvedere.FormatNumber(float64(p.More), 0) + " ne sont pas montrés" + belvedere.NoBreak + ": précisez. " + text
	default:
		text = belvedere.Plural(p.Found, "membre trouvé", "membres trouvés") + ". " + text
	}
	return text
}
