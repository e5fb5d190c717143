package app

import (
	"belvedere/internal/formula"
	"belvedere/internal/territory/report"
)

// openFormulas builds the use cases about formulas and populations.
func (a *App) openFormulas() {
	a.Formulas = formula.New(formula.Config{Registry: a.Registry, Model: a.Definitions, Reporter: func() *report.Reporter { return a.Reporter }, Now: a.clock()})
}
