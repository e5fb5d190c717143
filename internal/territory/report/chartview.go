package report

import (
	"time"

	"belvedere"
)

// trendYears is how many school years an evolution shows.
const trendYears = 6

// chart answers a chart: its rows are the axis, its columns the series.
func (b *pageBuilder) chart(c *belvedere.ChartBlock) (*ChartView, error) {
	var columns []belvedere.QueryColumn
	by := []string{c.By}
	for _, col := range c.Columns {
		if c.Series == "" || c.Series == "heure" {
			columns = append(columns, b.r.queryColumn(col, false))
			continue
		}
		columns = append(columns, b.r.across(b.viewer.Scope, col, c.Series, nil, false, len(c.Columns) > 1)...)
	}
	b.nameSeries(columns, c.Series)
	if c.Series == "heure" {
		by = append(by, "heure")
	}
	if len(columns) == 0 {
		return nil, belvedere.Errorf(belvedere.Internal, "le graphique %q n’a pas de série", c.ID)
	}
	if c.By == "etablissement" {
		if err := b.fewEnough(); err != nil {
			return nil, err
		}
	}
	result, err := b.query(unique(columns), by, b.chartPeriod(c), func(q *belvedere.Query) {
		q.Total, q.Compare = !isTime(c.By), b.state.Compare
	})
	if err != nil {
		return nil, err
	}
	if b.view.Result == nil {
		b.view.Result = result
	}
	return &ChartView{Block: c, Title: c.Title + constantTail(result), Sentence: PeriodWords(result.Query.Period), Result: result}, nil
}

// fewEnough refuses a picture of more schools than an eye can tell apart or a page can hold.
func (b *pageBuilder) fewEnough() error {
	n := 0
	for _, s := range b.dir.ordered {
		if b.sight.opens(s.UAI) && fits(s.UAI, s, b.where) {
			n++
		}
	}
	if n <= manySchools {
		return nil
	}
	return belvedere.Errorf(belvedere.TooLarge, "Cette carte montre %s établissements au plus, et la sélection en compte %s. Choisissez un type, un secteur ou une commune.",
		belvedere.FormatNumber(manySchools, 0), belvedere.FormatNumber(float64(n), 0))
}

// nameSeries gives the series of a chart their whole names: the short ones are for columns, and
// the key of a chart has room.
func (b *pageBuilder) nameSeries(columns []belvedere.QueryColumn, dim string) {
	for i := range columns {
		where := columns[i].Where
		if len(where) == 0 || where[len(where)-1].Dim != dim || len(where[len(where)-1].Values) != 1 {
			continue
		}
		if list := b.r.listFor(columns[i].Indicator, dim); list != nil {
			if code := list.Find(where[len(where)-1].Values[0]); code != nil {
				columns[i].Label = code.Label
			}
		}
	}
}

// chartPeriod is the window of a chart: the last weeks for days and hours, the last years for
// an evolution, the whole school year for months, else the period of the page.
func (b *pageBuilder) chartPeriod(c *belvedere.ChartBlock) belvedere.Period {
	switch {
	case c.By == "annee":
		first := max(b.years[0], b.period.Year()-trendYears+1)
		return belvedere.Period{Kind: belvedere.FreeRange, From: min2(first, b.period.Year()).First(), To: b.period.Year().End()}
	case c.By == "mois":
		return belvedere.Period{Kind: belvedere.FreeRange, From: b.period.Year().First(), To: b.period.Year().End()}
	case c.Weeks > 0 && c.Series == "heure":
		monday := b.last.AddDate(0, 0, -(int(b.last.Weekday())+6)%7)
		return belvedere.Period{Kind: belvedere.FreeRange, From: monday.AddDate(0, 0, -7*(c.Weeks-1)), To: monday.AddDate(0, 0, 7)}
	case c.Weeks > 0:
		return belvedere.Period{Kind: belvedere.FreeRange, From: b.last.AddDate(0, 0, -7*c.Weeks+1), To: b.last.AddDate(0, 0, 1)}
	}
	return b.period
}

func min2(a, b belvedere.SchoolYear) belvedere.SchoolYear {
	if a < b {
		return a
	}
	return b
}

// PeriodWords writes a period as headings do: "année 2025-2026", "novembre 2025",
// "21 novembre 2025", "du 1er au 28 novembre 2025".
func PeriodWords(p belvedere.Period) string {
	last := p.To.AddDate(0, 0, -1)
	switch {
	case p.WholeYear():
		return "année " + p.Year().String()
	case p.WholeMonths() && p.From.AddDate(0, 1, 0).Equal(p.To):
		return belvedere.MonthName(p.From)
	case p.From.Equal(last):
		return belvedere.DayMonthYear(last)
	case yearAligned(p.From) && yearAligned(p.To):
		return "années " + belvedere.SchoolYearOf(p.From).String() + " à " + p.Year().String()
	}
	return "du " + belvedere.DayMonthYear(p.From) + " au " + belvedere.DayMonthYear(last)
}

func yearAligned(d time.Time) bool { return d.Equal(belvedere.SchoolYearOf(d).First()) }
