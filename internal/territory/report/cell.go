package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// cells reads the values and school counts of one row.
func (a *answer) cells(row *belvedere.ResultRow, values []any, whole bool) {
	at := 0
	for i, c := range a.plan.Columns {
		if c.Expr == nil {
			continue
		}
		v, known := values[at].(float64)
		at++
		count, _ := values[at].(int64)
		n := int32(count)
		at++
		if c.Guarded {
			a.veil.note(row, i, values[at:at+c.Extras()])
			at += c.Extras()
		}
		if a.plan.Territory && n > 0 {
			n = a.coveredSchools(&c)
		}
		known = known && !math.IsNaN(v) && !math.IsInf(v, 0)
		row.Cells[i] = a.cell(i, row.Keys, v, known, n, whole)
	}
}

// cell decides the state of a cell that the engine answered.
func (a *answer) cell(i int, keys []belvedere.Key, v float64, known bool, n int32, whole bool) belvedere.Cell {
	c := &a.plan.Columns[i]
	if why := a.noTotal(c); whole && why != "" {
		return belvedere.Cell{State: belvedere.NotApplicable, Why: why}
	}
	if !whole && a.closed(c, keys) {
		return belvedere.Cell{State: belvedere.NotShared, Why: semantic.WhyOtherMembers}
	}
	if year, ok := a.yearOf(keys); ok && c.Indicator.SinceYear > year {
		return belvedere.Cell{State: belvedere.NotAvailable, Why: fmt.Sprintf("Cet indicateur est disponible depuis le millésime %d.", c.Indicator.SinceYear)}
	}
	cell := belvedere.Cell{Value: v, Covered: n}
	if a.schoolDim >= 0 && !whole {
		return a.schoolCell(cell, c, keys, known)
	}
	cell.Expected = a.schools(c, keys, awaited)
	switch {
	case !known && c.Withheld && a.schools(c, keys, shared) == 0:
		cell.State, cell.Why = belvedere.NotShared, c.WhyNotShared(false)
	case !known && cell.Covered > 0:
		cell.State, cell.Why = belvedere.NotApplicable, "Le dénominateur est nul."
	case !known && (whole || a.timeDim == "") && a.schools(c, keys, delivered) > 0:
		cell.State, cell.Why = belvedere.NotAvailable, withoutDetail
	case !known:
		cell.State, cell.Why = belvedere.Expected, "Aucune livraison reçue pour cette période."
	case (whole || a.byAttributes()) && cell.Covered < cell.Expected:
		cell.State = belvedere.Partial
		cell.Why = a.partialWhy(c, keys, cell)
	}
	return cell
}

// partialWhy says how many schools a figure holds, and what the others lack.
func (a *answer) partialWhy(c *semantic.PlanColumn, keys []belvedere.Key, cell belvedere.Cell) string {
	number := func(n int32) string { return belvedere.FormatNumber(float64(n), 0) }
	held := belvedere.Plural(int(cell.Covered), "établissement", "établissements") + " sur " + number(cell.Expected)
	closed := a.schools(c, keys, withheld)
	if closed == 0 {
		return held + one(int(cell.Covered), " a livré.", " ont livré.")
	}
	why := held + one(int(cell.Covered), " est compté", " sont comptés") + belvedere.NoBreak + ": " + number(closed) + " sans convention en vigueur"
	if c.Parted {
		why = strings.Replace(why, "sans convention", "hors de vos droits ou sans convention", 1)
	}
	if c.Indicator.SchoolOnly {
		why = strings.Replace(why, "en vigueur", "qui étende les destinataires", 1)
	}
	if late := cell.Expected - cell.Covered - closed; late > 0 {
		why += ", " + number(late) + " sans livraison"
	}
	return why + "."
}

// schoolCell decides the state of a cell of one school.
func (a *answer) schoolCell(cell belvedere.Cell, c *semantic.PlanColumn, keys []belvedere.Key, known bool) belvedere.Cell {
	u := belvedere.UAI(keys[a.schoolDim].Code)
	s := a.directory.Find(u)
	cell.Expected = 1
	if c.Withheld && !c.Shared[u] {
		return belvedere.Cell{State: belvedere.NotShared, Why: c.WhyNotShared(true)}
	}
	if meaningless(c, s) {
		return belvedere.Cell{State: belvedere.NotApplicable, Why: "Sans objet dans cet établissement."}
	}
	if known {
		for _, name := range c.Datasets {
			if cover := a.coverage(c, name); cover != nil && cover.late(u) && a.timeDim == "" {
				got := cover.schools[u]
				cell.State = belvedere.Partial
				cell.Why = fmt.Sprintf("%s sur %d, à jour au %s.", belvedere.Plural(got.months, "mois reçu", "mois reçus"), cover.expected, belvedere.ShortDate(got.last))
				return cell
			}
		}
		return cell
	}
	if cell.Covered > 0 {
		return belvedere.Cell{State: belvedere.NotApplicable, Why: "Le dénominateur est nul.", Expected: 1, Covered: cell.Covered}
	}
	for _, name := range c.Datasets {
		if cover := a.coverage(c, name); cover != nil && len(cover.schools) > 0 && !cover.expects(s, a.q.Period) {
			if _, has := cover.schools[u]; !has {
				return belvedere.Cell{State: belvedere.NotApplicable, Why: "Aucune donnée de ce type n’est attendue de cet établissement sur la période."}
			}
		}
	}
	if a.deliveredAll(c, u) {
		return belvedere.Cell{State: belvedere.NotAvailable, Expected: 1, Why: schoolWithoutDetail}
	}
	return belvedere.Cell{State: belvedere.Expected, Expected: 1, Why: "Aucune livraison reçue de cet établissement pour cette période."}
}

// deliveredAll tells whether a school delivered all datasets of a column. The coverage knows
// months: of a part of one it cannot tell, except for a stock, whose last observation stands.
func (a *answer) deliveredAll(c *semantic.PlanColumn, u belvedere.UAI) bool {
	for _, name := range c.Datasets {
		cover := a.coverage(c, name)
		if cover == nil || a.r.model.Dataset(name).Kind != belvedere.Stock && !a.q.Period.WholeMonths() {
			return false
		}
		if _, has := cover.schools[u]; !has {
			return false
		}
	}
	return len(c.Datasets) > 0
}

// noTotal says why a column has no total over the lines: persons who are counted once per line
// must not be added, nor the states of several dates.
func (a *answer) noTotal(c *semantic.PlanColumn) string {
	overTime := slices.ContainsFunc(a.plan.Dims, func(d semantic.Dim) bool { return d.Kind == semantic.KindTime })
	overCodes := slices.ContainsFunc(a.plan.Dims, func(d semantic.Dim) bool { return d.Kind == semantic.KindCode })
	for _, name := range c.Datasets {
		switch kind := a.r.model.Dataset(name).Kind; {
		case kind == belvedere.Distinct && (overTime || overCodes):
			return "Des personnes comptées une fois ne s’additionnent pas entre profils, supports ou périodes."
		case kind == belvedere.Stock && overTime:
			return "Des états à plusieurs dates ne s’additionnent pas."
		}
	}
	return ""
}

// yearOf is the school year of a line, where a dimension tells it.
func (a *answer) yearOf(keys []belvedere.Key) (belvedere.SchoolYear, bool) {
	for i, d := range a.plan.Dims {
		if i >= len(keys) {
			break
		}
		switch d.Name {
		case "annee":
			y, err := belvedere.ParseSchoolYear(keys[i].Code)
			return y, err == nil
		case "mois":
			t, err := time.Parse("2006-01", keys[i].Code)
			return belvedere.SchoolYearOf(t), err == nil
		case "jour":
			t, err := time.Parse("2006-01-02", keys[i].Code)
			return belvedere.SchoolYearOf(t), err == nil
		}
	}
	return 0, false
}
