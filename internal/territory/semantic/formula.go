package semantic

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"belvedere"
)

// A FormulaMistake is what is wrong at a character of a formula, from 0.
type FormulaMistake struct {
	At      int
	Message string
}

// A FormulaError is all that is wrong with a formula, in the order of its text.
type FormulaError struct {
	Text     string
	Mistakes []FormulaMistake
}

// Error writes each mistake with its column, the text and a caret under it.
func (e *FormulaError) Error() string {
	var lines []string
	for _, m := range e.Mistakes {
		line, column, source := e.place(m.At)
		where := fmt.Sprintf("caractère %d", column)
		if line > 1 {
			where = fmt.Sprintf("ligne %d, caractère %d", line, column)
		}
		lines = append(lines, fmt.Sprintf("%s\u00a0: %s\n  %s\n  %s^", where, m.Message, source, strings.Repeat(" ", column-1)))
	}
	return strings.Join(lines, "\n")
}

// place is the line, the column and the line itself of a character.
func (e *FormulaError) place(at int) (line, column int, source string) {
	line = 1
	for text := range strings.SplitSeq(e.Text, "\n") {
		if n := len([]rune(text)); at <= n {
			return line, at + 1, strings.ReplaceAll(text, "\t", " ")
		} else {
			at -= n + 1
		}
		line++
	}
	return line, 1, ""
}

// formulaFault is the error of a formula: the visitor reads it whole.
func formulaFault(text string, faults []exprError) error {
	e := &FormulaError{Text: text}
	slices.SortStableFunc(faults, func(a, b exprError) int { return cmp.Compare(a.at, b.at) })
	for _, f := range faults {
		e.Mistakes = append(e.Mistakes, FormulaMistake{f.at, f.message})
	}
	return &belvedere.Error{Kind: belvedere.Invalid, Message: "La formule ne se lit pas.\n" + e.Error(), Cause: e}
}

// Formula checks a formula over a catalogue and makes the indicator that it is: each indicator that
// it names is replaced by its expression with the filters of both, products by numbers are carried
// out, and what cancels out is left out, so that a sum of two cannot be told from it. The error is
// Invalid and holds a FormulaError when the text is at fault.
//
// Rights, sharing and recipients are the strictest of all that it reads, through Reads. It has the
// versions of what it reads: a figure follows those in force on one day.
func Formula(m *belvedere.Model, f belvedere.Formula) (*belvedere.Indicator, error) {
	root, bad := parseFormula(f.Text)
	if bad != nil {
		return nil, formulaFault(f.Text, []exprError{*bad})
	}
	c := &formulaCheck{model: m, formula: f}
	v := c.whole(root)
	if len(c.faults) > 0 {
		return nil, formulaFault(f.Text, c.faults)
	}
	ind := &belvedere.Indicator{
		Code: f.Name(), Label: f.Label, Short: f.Label, Definition: f.Definition, Decimals: f.Decimals, BetterIsLow: f.BetterIsLow,
		Secrecy: "aucun", Unit1: "Nombre", Unit2: "---", Unit: c.unit(v), Reads: c.reads,
	}
	if ind.Label == "" {
		ind.Label, ind.Short = f.Text, f.Text
	}
	ind.Value, ind.Rate = c.expressions(v)
	for _, one := range c.reads {
		ind.SinceYear = max(ind.SinceYear, one.SinceYear)
		ind.SchoolOnly = ind.SchoolOnly || one.SchoolOnly
		if slices.Index(classes, one.Secrecy) > slices.Index(classes, ind.Secrecy) {
			ind.Secrecy = one.Secrecy
		}
	}
	c.history(ind, root)
	return ind, nil
}

// classes of secrecy, the weakest first.
var classes = []string{"aucun", "5", "10"}

// A formulaCheck types a formula over a catalogue as of a day.
type formulaCheck struct {
	model   *belvedere.Model
	formula belvedere.Formula
	day     time.Time // zero: the versions in force last
	reads   []*belvedere.Indicator
	faults  []exprError
}

func (c *formulaCheck) fault(at int, format string, args ...any) formulaValue {
	c.faults = append(c.faults, exprError{at, fmt.Sprintf(format, args...)})
	return formulaValue{kind: isFaulty}
}

// whole types a formula and sees that it measures something.
func (c *formulaCheck) whole(root *exprNode) formulaValue {
	v := c.check(root)
	switch {
	case v.kind == isFaulty:
		return v
	case v.kind == isNumber:
		return c.fault(root.at, "un nombre seul ne mesure rien")
	case len(v.num) == 0:
		return c.fault(root.at, "tout s’annule\u00a0: cette formule vaut toujours zéro")
	case v.kind == isRatio && len(v.den) == 0:
		return c.fault(root.at, "le dénominateur s’annule toujours")
	case c.formula.Percent && (v.kind != isRatio || v.unit != v.denUnit):
		return c.fault(root.at, "une part en pour cent est le rapport de deux mêmes unités, pas %s", ofUnits(v))
	}
	for _, t := range slices.Concat(v.num, v.den) {
		if f := math.Abs(t.factor); f < 1e-12 || f > 1e15 {
			return c.fault(root.at, "un coefficient de la formule est trop grand ou trop petit")
		}
	}
	return v
}

// expressions writes what was typed as a sum, or as a ratio of two.
func (c *formulaCheck) expressions(v formulaValue) (belvedere.Expr, *belvedere.Rate) {
	if v.kind != isRatio {
		return sumOf(v.num), nil
	}
	return nil, &belvedere.Rate{
		Label: c.formula.Label, Num: sumOf(v.num), Den: sumOf(v.den), NumLabel: v.unit, DenLabel: v.denUnit,
		Percent: c.formula.Percent, Decimals: c.formula.Decimals,
	}
}

// unit is what figures are counted in.
func (c *formulaCheck) unit(v formulaValue) string {
	switch {
	case c.formula.Percent:
		return "%"
	case c.formula.Unit != "":
		return c.formula.Unit
	case v.kind == isRatio && v.unit == v.denUnit:
		return ""
	case v.kind == isRatio:
		return v.unit + "\u00a0/\u00a0" + singular(v.denUnit)
	}
	return v.unit
}

// singular drops the mark of the plural of each word: "demi-journées" → "demi-journée".
func singular(unit string) string {
	words := strings.Fields(unit)
	for i, w := range words {
		words[i] = strings.TrimSuffix(w, "s")
	}
	return strings.Join(words, " ")
}

// history gives the indicator a version for each change of what it reads. Where an old version of
// these cannot be computed so, figures begin after it.
func (c *formulaCheck) history(ind *belvedere.Indicator, root *exprNode) {
	var days []time.Time
	for _, one := range c.reads {
		for _, d := range one.History {
			if !d.From.IsZero() {
				days = append(days, d.From)
			}
		}
	}
	slices.SortFunc(days, time.Time.Compare)
	days = slices.CompactFunc(days, time.Time.Equal)
	if len(days) == 0 {
		return
	}
	days = append([]time.Time{{}}, days...)
	for i, from := range days {
		at := &formulaCheck{model: c.model, formula: c.formula, day: from}
		if from.IsZero() {
			at.day = time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC)
		}
		v := at.whole(root)
		if len(at.faults) > 0 {
			if i+1 < len(days) {
				ind.SinceYear = max(ind.SinceYear, belvedere.SchoolYearOf(days[i+1]))
			}
			continue
		}
		d := belvedere.Definition{Text: ind.Definition, From: from}
		d.Value, d.Rate = at.expressions(v)
		if n := len(ind.History); n > 0 {
			if ind.History[n-1].CountsAs(d) {
				continue
			}
			ind.History[n-1].To = from
			d.Reason = "Une définition que lit la formule a changé."
		} else {
			d.From = time.Time{}
		}
		d.Number = len(ind.History) + 1
		ind.History = append(ind.History, d)
	}
	if len(ind.History) < 2 {
		ind.History = nil
	}
}
