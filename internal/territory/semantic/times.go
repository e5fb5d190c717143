package semantic

import (
	"fmt"
	"slices"
	"time"

	"belvedere"
)

// timeConds says which rows the period takes, the grain that it needs, and whether only the
// last observation of each school counts.
func (b *builder) timeConds(d *belvedere.Dataset) (conds []Cond, grain belvedere.TimeGrain, last bool, err error) {
	period := b.plan.Query.Period
	grain, lines := b.grain(period)
	yearly := wholeYears(period)
	years := func(from, to time.Time) []Cond {
		a, z := belvedere.SchoolYearOf(from), belvedere.SchoolYearOf(to.AddDate(0, 0, -1))
		if a == z {
			return []Cond{{Column: "annee", Op: "=", Type: belvedere.Int16, Values: []any{int64(a)}}}
		}
		return []Cond{
			{Column: "annee", Op: ">=", Type: belvedere.Int16, Values: []any{int64(a)}},
			{Column: "annee", Op: "<=", Type: belvedere.Int16, Values: []any{int64(z)}},
		}
	}
	switch d.Kind {
	case belvedere.Distinct:
		conds, err = b.distinctTime(period, lines)
		return conds, grain, false, err
	case belvedere.Stock:
		if lines == "" || lines == "annee" && !yearly {
			from := period.Year().First()
			if lines != "" { // each year has its own last observation
				from = period.From
			}
			conds = years(from, period.To)
			if d.Time != belvedere.ByYear && !period.To.Equal(period.Year().End()) {
				conds = append(conds, dayCond("<", period.To))
				grain = belvedere.ByDay
			}
			return conds, grain, d.Time != belvedere.ByYear, nil
		}
	}
	if d.Time == belvedere.ByYear || lines == "annee" && yearly {
		if d.Time == belvedere.ByYear && (lines == "mois" || lines == "jour" || lines == "heure") {
			return nil, grain, false, refusal{belvedere.NotAvailable, d.Label + " : compté par année scolaire."}
		}
		return years(period.From, period.To), grain, d.Kind == belvedere.Stock && lines == "annee" && d.Time != belvedere.ByYear, nil
	}
	if grainRank(grain) < grainRank(d.Time) && !(d.Kind == belvedere.Stock && lines == "mois") {
		return nil, grain, false, refusal{belvedere.NotAvailable, fmt.Sprintf("%s : compté par %s, pas plus finement.", d.Label, grainWord(d.Time))}
	}
	conds = years(period.From, period.To)
	if !yearly {
		conds = append(conds, dayCond(">=", period.From), dayCond("<", period.To))
	}
	return conds, grain, d.Kind == belvedere.Stock && lines == "mois" && d.Time == belvedere.ByDay, nil
}

// distinctTime picks the period that the source counted: exactly a day, a month or a school year.
func (b *builder) distinctTime(p belvedere.Period, lines string) ([]Cond, error) {
	kind := lines
	if kind == "" {
		switch {
		case p.WholeYear():
			kind = "annee"
		case p.WholeMonths() && p.From.AddDate(0, 1, 0).Equal(p.To):
			kind = "mois"
		case p.From.AddDate(0, 0, 1).Equal(p.To):
			kind = "jour"
		default:
			return nil, refusal{belvedere.NotAvailable, "Les personnes distinctes sont comptées à la source par jour, mois ou année scolaire."}
		}
	}
	switch {
	case kind == "heure":
		return nil, refusal{belvedere.NotAvailable, "Les personnes distinctes ne sont pas comptées par heure."}
	case lines == "mois" && !p.WholeMonths(), lines == "annee" && !wholeYears(p):
		return nil, refusal{belvedere.NotAvailable, "Les personnes distinctes sont comptées à la source par jour, mois ou année scolaire : une partie n’en est pas connue."}
	}
	return []Cond{
		{Column: "periode", Op: "=", Type: belvedere.Text, Values: []any{kind}},
		dayCond(">=", p.From), dayCond("<", p.To),
	}, nil
}

// grain is the time grain that lines and period need, and the time dimension of the lines
// ("" when there is none; the finest one of several).
func (b *builder) grain(p belvedere.Period) (belvedere.TimeGrain, string) {
	lines := ""
	for _, name := range timeDims {
		if slices.ContainsFunc(b.plan.Dims, func(d Dim) bool { return d.Name == name }) {
			lines = name
		}
	}
	switch lines {
	case "heure":
		return belvedere.ByHour, lines
	case "jour":
		return belvedere.ByDay, lines
	}
	switch {
	case lines != "mois" && wholeYears(p):
		return belvedere.ByYear, lines
	case p.WholeMonths():
		return belvedere.ByMonth, lines
	}
	return belvedere.ByDay, lines
}

// wholeYears tells whether a period starts and ends with school years.
func wholeYears(p belvedere.Period) bool {
	first := func(t time.Time) bool { return t.Equal(belvedere.SchoolYearOf(t).First()) }
	return first(p.From) && first(p.To)
}

func dayCond(op string, day time.Time) Cond {
	return Cond{Column: "jour", Op: op, Type: belvedere.DateOnly, Values: []any{day.Format("2006-01-02")}}
}

func grainWord(t belvedere.TimeGrain) string {
	switch t {
	case belvedere.ByDay:
		return "jour"
	case belvedere.ByMonth:
		return "mois"
	case belvedere.ByYear:
		return "année scolaire"
	}
	return "heure"
}
