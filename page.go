package belvedere

import "slices"

// This file holds what a declared page is made of.

// A Section is an entry of the menu.
type Section struct {
	Code  string // "accueil", "connexions", "moyens", …
	Label string
	Path  string // first page

	// Fed lists the section in the menu only once some of what its pages show was delivered: a
	// département without higher education has no use for those pages.
	Fed bool
}

// A Page is declared: its blocks name indicators and dimensions, so that it is a set of queries.
type Page struct {
	Code    string
	Path    string // "/social/par-etablissement"
	Section string
	Label   string // in the menu
	Title   string
	Intro   string // one sentence under the title, or ""
	Filters []string
	Periods []PeriodKind
	Blocks  []Block
	Tabs    bool // the tables are shown one at a time, chosen by "tableau"
}

// Indicators are those that its blocks show, each once, in their order.
func (p *Page) Indicators() (codes []string) {
	add := func(list ...Column) {
		for _, c := range list {
			if !slices.Contains(codes, c.Indicator) {
				codes = append(codes, c.Indicator)
			}
		}
	}
	for _, b := range p.Blocks {
		switch {
		case b.Strip != nil:
			for _, f := range b.Strip.Figures {
				add(f.Column)
				add(f.Context...)
			}
		case b.Chart != nil:
			add(b.Chart.Columns...)
		case b.Table != nil:
			add(b.Table.Columns...)
		}
	}
	return codes
}

// A Block is one part of a page: exactly one of its pointers is set.
type Block struct {
	Strip *Strip
	Chart *ChartBlock
	Table *TableBlock
}

// A Strip is a row of figures, one per widget.
type Strip struct{ Figures []Figure }

// A Figure shows one indicator over the whole selection, its trend and its coverage.
type Figure struct {
	Label    string
	Widget   string
	Column   Column
	Context  []Column // "dont 20 312 filles": each column says its words by Prefix and Suffix
	LinkPage string   // page that details it
}

// A ChartBlock is a chart and its twin table.
type ChartBlock struct {
	ID      string
	Kind    string // "lignes", "barres", "empilees", "chaleur", "carte"
	Title   string
	Widget  string
	By      string // dimension along the axis: "annee", "mois", "jour", "heure", "niveau", "profil", "etablissement"
	Series  string // second dimension, or ""
	Columns []Column
	Weeks   int // length of the window for "jour" (4) and "heure" (3)
}

// A TableBlock is a table, one line per member of Rows.
type TableBlock struct {
	ID      string
	Label   string
	Widget  string
	Rows    string   // dimension of the lines
	Detail  []string // attributes shown beside the name of the line
	Across  string   // dimension whose codes become columns, for each Column
	Codes   []string // members of Across, all of its list when empty
	Columns []Column
	Rates   bool // the switch Valeurs ⇄ Taux is offered
}

// A Column asks for one indicator, its value or its rate, over a part of the rows.
type Column struct {
	Indicator string
	Label     string // heading; the short label of the indicator when empty
	Group     string // heading over several columns
	Show      string // "valeur" (default), "taux", or "auto": value or rate after the switch
	In        string // shown in "valeurs", "taux" or both (empty)
	Where     []Filter
	Prefix    string
	Suffix    string
}
