package pages

import (
	"time"

	"belvedere"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/parts"
)

// Receipts is the page that asks for a code.
type Receipts struct {
	Frame    parts.Frame
	Typed    string // that is no code, "" when nothing was typed
	Manages  bool
	Verified *report.Verification // nil before the first
}

// Receipt is a receipt answered again.
type Receipt struct {
	Frame   parts.Frame
	Replay  *report.Replay
	Address string
	Edition belvedere.Edition
	At      time.Time
	Holder  string // who first got it, for those who manage the console
	Grid    *parts.Grid
	Cut     bool // the page shows the first lines only
	Files   []parts.Link
}

// editionWords is "Édition 412 du 1er décembre 2025".
func (p Receipt) editionWords() string {
	s := "Édition " + belvedere.FormatNumber(float64(p.Edition.Number), 0)
	if !p.Edition.Published.IsZero() {
		s += " du " + belvedere.DayMonthYear(p.Edition.Published)
	}
	return s
}

// orNothing is a part of a definition, in words where there was none.
func orNothing(s string) string {
	if s == "" {
		return "rien"
	}
	return s
}

// receiptError says what is wrong with what was typed, "" when nothing was.
func receiptError(typed string) string {
	if typed == "" {
		return ""
	}
	return "Un code de reçu compte huit chiffres ou lettres, parfois plus, par groupes de quatre : 7KQ2-M9XD."
}
