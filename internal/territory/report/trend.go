package report

import (
	"slices"
	"time"

	"belvedere"
)

// How the course of a figure is told.
const (
	byMonth = "mois"  // flows, over the last twelve complete months: a year that runs is not a year
	byYear  = "annee" // the others, by school year
)

// trends asks for the course of each figure, which is now what it is. States that move within the year are told on the day of
// the data in each year, as the change beside them is: posts that are open in November stand beside
// those of other Novembers, not beside those that were still open at the end of August.
func (b *pageBuilder) trends(columns []belvedere.QueryColumn, now []belvedere.Cell) ([][]TrendPoint, error) {
	out := make([][]TrendPoint, len(columns))
	lines, days := map[string][]int{}, map[time.Time][]int{}
	for i, c := range columns {
		day, err := b.sameDay(c)
		switch {
		case err != nil:
			return nil, err
		case !day.IsZero():
			days[day] = append(days[day], i)
		case b.flows(c):
			lines[byMonth] = append(lines[byMonth], i)
		default:
			lines[byYear] = append(lines[byYear], i)
		}
	}
	for dim, indexes := range lines {
		if err := b.trendLines(dim, columns, indexes, out); err != nil {
			return nil, err
		}
	}
	for day, indexes := range days {
		if err := b.trendDays(day, columns, indexes, out); err != nil {
			return nil, err
		}
		for _, i := range indexes {
			out[i] = append(out[i], TrendPoint{Label: b.period.Year().String(), Cell: now[i]})
		}
	}
	return out, nil
}

// flows tells whether a column counts what happens, and nothing that lasts.
func (b *pageBuilder) flows(c belvedere.QueryColumn) bool {
	return !slices.ContainsFunc(b.r.datasetsOf(c.Indicator), func(name string) bool { return b.r.model.Dataset(name).Kind != belvedere.Flow })
}

// sameDay is the end of the period that the year before is compared over, where the chosen year runs
// and the column has a state that moves within it; zero otherwise.
func (b *pageBuilder) sameDay(c belvedere.QueryColumn) (time.Time, error) {
	moves := slices.ContainsFunc(b.r.columnDatasets(c), func(name string) bool {
		d := b.r.model.Dataset(name)
		return d.Kind == belvedere.Stock && (d.Sparse || d.Dated) && d.Time == belvedere.ByDay
	})
	if !moves || !b.period.WholeYear() {
		return time.Time{}, nil
	}
	edition, err := b.r.Edition(b.ctx, b.state.Edition)
	if err != nil {
		return time.Time{}, err
	}
	spans, err := b.r.spansOf(b.ctx, edition.Number)
	if err != nil {
		return time.Time{}, err
	}
	asked := &comparer{r: b.r, ctx: b.ctx, now: &belvedere.Result{Query: belvedere.Query{Period: b.period}}, with: belvedere.YearBefore, spans: spans}
	other, why := asked.runningOther(b.period, b.r.datasetsOfColumn(c))
	if why != "" || other.To.Equal(b.period.From) {
		return time.Time{}, nil
	}
	return other.To, nil
}

// trendLines asks some columns by month or by year.
func (b *pageBuilder) trendLines(dim string, columns []belvedere.QueryColumn, indexes []int, out [][]TrendPoint) error {
	period := b.chartPeriod(&belvedere.ChartBlock{By: byYear})
	if dim == byMonth {
		end := b.last.AddDate(0, 0, 1)
		end = belvedere.Date(end.Year(), end.Month(), 1)
		period = belvedere.Period{Kind: belvedere.FreeRange, From: end.AddDate(-1, 0, 0), To: end}
	}
	result, err := b.query(unique(pick(columns, indexes)), []string{dim}, period, nil)
	if err != nil {
		return err
	}
	for k, i := range indexes {
		for _, row := range result.Rows {
			out[i] = append(out[i], TrendPoint{Label: row.Keys[0].Label, Cell: row.Cells[k]})
		}
	}
	return nil
}

// trendDays asks some columns over each past year up to a day of the year before the chosen one.
func (b *pageBuilder) trendDays(day time.Time, columns []belvedere.QueryColumn, indexes []int, out [][]TrendPoint) error {
	last := b.period.Year() - 1
	for y := belvedere.SchoolYearOf(b.chartPeriod(&belvedere.ChartBlock{By: byYear}).From); y <= last; y++ {
		to := day.AddDate(int(y-last), 0, 0)
		result, err := b.query(unique(pick(columns, indexes)), nil, belvedere.Period{Kind: belvedere.FreeRange, From: y.First(), To: to}, nil)
		if err != nil {
			return err
		}
		label := y.String() + ", au " + belvedere.ShortDate(to.AddDate(0, 0, -1))
		for k, i := range indexes {
			point := TrendPoint{Label: label, Cell: belvedere.Cell{State: belvedere.NotAvailable}}
			if len(result.Rows) > 0 {
				point.Cell = result.Rows[0].Cells[k]
			}
			out[i] = append(out[i], point)
		}
	}
	return nil
}

func pick(columns []belvedere.QueryColumn, indexes []int) []belvedere.QueryColumn {
	var out []belvedere.QueryColumn
	for _, i := range indexes {
		out = append(out, columns[i])
	}
	return out
}
