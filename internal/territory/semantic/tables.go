package semantic

import (
	"slices"
	"strings"

	"belvedere"
)

// A table is one physical form of a dataset: the dataset itself or one of its roll-ups.
type table struct {
	name    string
	dataset *belvedere.Dataset
	rollup  *belvedere.Rollup // nil for the base
	time    belvedere.TimeGrain
	schools bool
	drop    []string
}

// RollupName is the table of a roll-up: "connexions__jour", "connexions__heure__territoire".
func RollupName(d *belvedere.Dataset, r belvedere.Rollup) string {
	name := d.Name + "__" + string(r.Time)
	if !r.Schools {
		name += "__territoire"
	}
	return name
}

// RecordTable is the merged record of each school, one row per school and edition span.
const RecordTable = "etablissements__fiche"

// CoverageTable tells what was received: dataset, school, month, last day.
const CoverageTable = "couverture"

// tablesOf lists the base and the roll-ups of a dataset.
func tablesOf(d *belvedere.Dataset) []table {
	out := []table{{name: d.Name, dataset: d, time: d.Time, schools: true}}
	for i := range d.Rollups {
		r := &d.Rollups[i]
		out = append(out, table{RollupName(d, *r), d, r, r.Time, r.Schools, r.Drop})
	}
	return out
}

// grainRank orders time grains from fine to coarse.
func grainRank(t belvedere.TimeGrain) int {
	return slices.Index([]belvedere.TimeGrain{belvedere.ByHour, belvedere.ByDay, belvedere.ByMonth, belvedere.ByYear}, t)
}

// has tells whether the table keeps a dimension.
func (t table) has(dim string) bool {
	return t.dataset.Dimension(dim) != nil && !slices.Contains(t.drop, dim)
}

// columns are the columns of the table, with the editions. A roll-up by month or day holds the
// day (the first of the month for months; for a stock the day of the observation); one by hour
// for the territory holds jour and heure of its clock.
func (t table) columns() []belvedere.TableColumn {
	if t.rollup == nil {
		cols := TableColumns(t.dataset)
		if t.dataset.Kind == belvedere.Register {
			cols = append(cols,
				belvedere.TableColumn{Name: "origine", Type: belvedere.Text},
				belvedere.TableColumn{Name: "rang", Type: belvedere.Int32})
		}
		return cols
	}
	cols := t.keys()
	for _, m := range t.dataset.Measures {
		cols = append(cols, belvedere.TableColumn{Name: m.Name, Type: measureType(m)})
	}
	return append(cols, editionColumns()...)
}

// names are the columns of a roll-up by name: a column that was added later stands last in the table.
func (t table) names() string {
	var out []string
	for _, c := range t.columns() {
		out = append(out, c.Name)
	}
	return strings.Join(out, ", ")
}

// keys are the columns that a roll-up groups by.
func (t table) keys() []belvedere.TableColumn {
	var cols []belvedere.TableColumn
	if t.schools {
		cols = append(cols, belvedere.TableColumn{Name: "etablissement", Type: belvedere.Int32})
	}
	cols = append(cols, belvedere.TableColumn{Name: "annee", Type: belvedere.Int16})
	switch {
	case t.time == belvedere.ByHour:
		cols = append(cols, belvedere.TableColumn{Name: "jour", Type: belvedere.DateOnly},
			belvedere.TableColumn{Name: "heure", Type: belvedere.Uint8})
	case t.time == belvedere.ByPeriod:
		cols = append(cols, timeColumns(t.time)...)
	case t.time != belvedere.ByYear || t.dataset.Kind == belvedere.Stock && t.dataset.Time != belvedere.ByYear:
		cols = append(cols, belvedere.TableColumn{Name: "jour", Type: belvedere.DateOnly})
	}
	for _, dim := range t.dataset.Dimensions {
		if t.has(dim.Name) {
			cols = append(cols, belvedere.TableColumn{Name: dim.Name, Type: belvedere.Text})
		}
	}
	return cols
}

func editionColumns() []belvedere.TableColumn {
	return []belvedere.TableColumn{{Name: "entree", Type: belvedere.Int32}, {Name: "sortie", Type: belvedere.Int32}}
}

// choose picks the smallest table that can answer: the time grain that the lines and the period
// need, all the dimensions that lines and filters name, and schools unless the territory as a
// whole is asked. Roll-ups are exact, so the coarsest that fits wins.
func choose(d *belvedere.Dataset, grain belvedere.TimeGrain, dims []string, needSchools bool) table {
	best := table{name: d.Name, dataset: d, time: d.Time, schools: true}
	score := func(t table) int {
		s := grainRank(t.time) * 10
		if !t.schools {
			s += 100
		}
		return s + len(t.drop)
	}
	for _, t := range tablesOf(d) {
		if t.rollup == nil || grainRank(t.time) > grainRank(grain) || needSchools && !t.schools {
			continue
		}
		fits := true
		for _, dim := range dims {
			fits = fits && (d.Dimension(dim) == nil || t.has(dim))
		}
		if fits && score(t) > score(best) {
			best = t
		}
	}
	return best
}
