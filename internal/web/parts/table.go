package parts

import (
	"strings"

	"github.com/a-h/templ"

	"belvedere"
	"belvedere/internal/territory/report"
)

// captionText says how the table is read and sorted.
func (g *Grid) captionText() string {
	text := strings.TrimSuffix(g.Caption, ".") + ". Une ligne par " + strings.ToLower(g.Names[0].Label) + "."
	for _, h := range append(g.Names, headersOf(g.Heads)...) {
		if h.Sort != "" {
			text += " Trié par " + plainLabel(h.Group, h.Label) + ", ordre " + orderWord(h.Sort) + "."
		}
	}
	if g.Result.Compared != nil {
		text += " Sous chaque chiffre, son écart avec l’autre période, et sa valeur d’alors."
	}
	if g.Names[0].Address != "" {
		text += " Un lien dans chaque titre de colonne trie le tableau."
	}
	return text
}

func plainLabel(group, label string) string {
	if group == "" {
		return label
	}
	return group + ", " + label
}

func orderWord(sort string) string {
	if sort == "ascending" {
		return "croissant"
	}
	return "décroissant"
}

func (g HeadGroup) class() string {
	if g.First > 0 {
		return "group starts"
	}
	return "group"
}

func (h Head) class() string {
	if h.Starts {
		return "starts"
	}
	return ""
}

// classOf is a class attribute, or nothing.
func classOf(class string) templ.OrderedAttributes {
	if class == "" {
		return nil
	}
	return templ.OrderedAttributes{templ.KV[string, any]("class", class)}
}

// headAttributes are the attributes of a heading that not every heading has.
func headAttributes(class, rows, sort string) templ.OrderedAttributes {
	out := classOf(class)
	if rows != "" {
		out = append(out, templ.KV[string, any]("rowspan", rows))
	}
	if sort != "" {
		out = append(out, templ.KV[string, any]("aria-sort", sort))
	}
	return out
}

// about names the indicator of a column to the script of the panels.
func (h Head) about() templ.Attributes {
	if h.About == "" {
		return nil
	}
	return templ.Attributes{"data-indicateur": h.About}
}

func (g Gate) class() string {
	if g.Decides {
		return "decides"
	}
	return ""
}

func (g Gate) icon() string {
	switch {
	case g.Decides:
		return "stop"
	case g.Word == "accordé":
		return "done"
	}
	return "none"
}

// A legendEntry is a sign and its meaning.
type legendEntry struct{ class, inner, sign, text string }

func (s Seen) any() bool { return len(s.entries()) > 0 }

func (s Seen) entries() []legendEntry {
	all := []struct {
		shown bool
		entry legendEntry
	}{
		{s.Max, legendEntry{"max-word", "", "▲ rouge", "maximum de la colonne"}},
		{s.Min, legendEntry{"min-word", "", "▼ vert", "minimum de la colonne"}},
		{s.States[belvedere.Partial], legendEntry{"", "partial", "1 234", "partiel : des établissements ou des jours manquent, exclu des maxima et minima"}},
		{s.States[belvedere.Secret], legendEntry{"secret", "", "secret", "trop peu de personnes, ou cellule qui permettrait de les retrouver"}},
		{s.States[belvedere.NotShared], legendEntry{"", "", "non communiqué", "pas de droit, de convention ou de destinataire"}},
		{s.States[belvedere.Expected], legendEntry{"", "", "en attente", "rien reçu encore"}},
		{s.States[belvedere.NotAvailable], legendEntry{"", "", "n.d.", "non disponible à cette période ou à ce niveau de détail"}},
		{s.States[belvedere.NotApplicable], legendEntry{"", "", "s.o.", "sans objet pour cet établissement"}},
	}
	var out []legendEntry
	for _, e := range all {
		if e.shown {
			out = append(out, e.entry)
		}
	}
	return out
}

func headersOf(heads []Head) []report.HeaderView {
	out := make([]report.HeaderView, len(heads))
	for i, h := range heads {
		out[i] = h.HeaderView
	}
	return out
}
