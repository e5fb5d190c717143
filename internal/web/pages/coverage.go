package pages

import (
	"time"

	"belvedere"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/parts"
)

// Coverage is what was received against what is expected.
type Coverage struct {
	Frame   parts.Frame
	View    *report.CoverageView
	Address string
	Filters parts.FilterForm
	Files   []parts.Link
	Pages   []parts.Link
	Empty   bool
}

// about titles the page.
func (p Coverage) selection() string { return p.View.Heading.Selection }

// firstHead heads the names of the lines.
func (p Coverage) firstHead() string {
	if p.View.Dataset != nil {
		return "Établissement"
	}
	return "Jeu de données"
}

// summary says in one line how much of what is expected was received.
func (p Coverage) summary() string {
	sum := p.View.Total.Sum()
	if sum.Expected == 0 {
		return "Rien n’est attendu pour cette sélection"
	}
	what := "mois d’établissement reçus"
	if sum.Received < 2 {
		what = "mois d’établissement reçu"
	}
	return belvedere.FormatNumber(float64(sum.Received), 0) + belvedere.NoBreak + what + " sur " + belvedere.FormatNumber(float64(sum.Expected), 0)
}

// signs of the states of a month: a glyph and a word, never colour alone.
var monthSigns = map[report.ReceptionState]string{
	report.MonthReceived: "●", report.MonthLate: "◔", report.MonthMissing: "○", report.MonthUnexpected: "·", report.MonthWithheld: "—",
}

// monthClasses draw them.
var monthClasses = map[report.ReceptionState]string{
	report.MonthReceived: "m-got", report.MonthLate: "m-late", report.MonthMissing: "m-miss", report.MonthUnexpected: "m-none", report.MonthWithheld: "m-none",
}

// monthStates is the order of the legend.
var monthStates = []report.ReceptionState{report.MonthReceived, report.MonthLate, report.MonthMissing, report.MonthUnexpected, report.MonthWithheld}

// legendText explains a state.
func legendText(s report.ReceptionState) string {
	switch s {
	case report.MonthLate:
		return "en retard : attendu, rien n’est arrivé depuis"
	case report.MonthMissing:
		return "manquant : attendu, un trou ou jamais livré"
	case report.MonthUnexpected:
		return "non attendu : peu le livrent, ou l’établissement est fermé"
	case report.MonthWithheld:
		return "non communiqué : aucune convention en vigueur"
	}
	return s.Word()
}

// countText is "87/96", "" where nothing is expected.
func countText(m report.CoverageMonth) string {
	if m.Expected == 0 {
		return "·"
	}
	return belvedere.FormatNumber(float64(m.Received), 0) + "/" + belvedere.FormatNumber(float64(m.Expected), 0)
}

// countClass marks what is not whole.
func countClass(m report.CoverageMonth) string {
	switch {
	case m.Expected == 0:
		return "num m-none"
	case m.Received < m.Expected:
		return "num m-part"
	}
	return "num"
}

func upTo(day time.Time) string {
	if day.IsZero() {
		return "–"
	}
	return belvedere.ShortDate(day)
}

// shortMonth heads a column: "sept.".
func shortMonth(m time.Time) string {
	text := belvedere.ShortMonth(m)
	return text[:len(text)-5]
}
