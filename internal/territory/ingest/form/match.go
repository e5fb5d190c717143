package form

import (
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/source/table"
)

// wanted is one column that a target reads: its name, the headers it may bear (normalised, best
// first), how to show it in a message, and whether a file may lack it.
type wanted struct {
	name     string
	shown    string
	headers  []string
	required bool
	measure  bool
}

// match is a target tried on a header.
type match struct {
	target   Target
	fields   map[string]int // column → field
	missing  []string       // required columns that the file lacks, as shown
	required int            // required columns in all
	unknown  []int          // fields that nothing reads
	twice    string         // a header that stands twice
}

func (m *match) complete() bool { return len(m.missing) == 0 }

// tryMatch tries a target on a header. Each column takes the first of its headers that the file
// has; the same header twice is a doubt that no rule settles.
func tryMatch(t Target, header, norm []string) *match {
	cols := t.wanted()
	m := &match{target: t, fields: map[string]int{}}
	used := make([]bool, len(norm))
	measures, anyMeasure := 0, false
	for _, c := range cols {
		if c.measure {
			measures++
		}
		if c.required {
			m.required++
		}
		at := -1
		for _, h := range c.headers {
			if at = slices.Index(norm, h); at >= 0 {
				break
			}
		}
		if at < 0 {
			if c.required {
				m.missing = append(m.missing, c.shown)
			}
			continue
		}
		if m.twice == "" && standsTwice(header, norm, at) {
			m.twice = header[at]
		}
		m.fields[c.name], used[at] = at, true
		anyMeasure = anyMeasure || c.measure
	}
	if measures > 0 && !anyMeasure && m.complete() {
		m.required++
		m.missing = append(m.missing, firstMeasure(cols))
	}
	for i, u := range used {
		if !u && norm[i] != "" && header[i] != "colonne "+strconv.Itoa(i+1) {
			m.unknown = append(m.unknown, i)
			m.target.Ignored = append(m.target.Ignored, header[i])
		}
	}
	return m
}

// standsTwice tells whether a header has a twin: the same, or the same with the " (2)" that
// readers add to tell twins apart. (They call a column without a name "colonne 3".)
func standsTwice(header, norm []string, at int) bool {
	for i, h := range header {
		twin := i != at && norm[i] == norm[at]
		if open := strings.LastIndex(h, " ("); !twin && open > 0 && strings.HasSuffix(h, ")") {
			_, err := strconv.Atoi(h[open+2 : len(h)-1])
			twin = err == nil && table.Normalise(h[:open]) == norm[at]
		}
		if twin {
			return true
		}
	}
	return false
}

func firstMeasure(cols []wanted) string {
	for _, c := range cols {
		if c.measure {
			return c.shown
		}
	}
	return ""
}

// schoolHeaders are the names of the school in published files.
var schoolHeaders = []string{"etablissement", "uai", "codeuai", "numerouai", "uairne", "rne"}

func (t Target) wanted() []wanted {
	if t.Form != nil {
		return formColumns(t.Form)
	}
	d := t.Dataset
	cols := []wanted{{name: "etablissement", shown: "etablissement", headers: schoolHeaders, required: true}}
	if d.Kind != belvedere.Register {
		for _, name := range timeNames(d.Time) {
			cols = append(cols, wanted{name: name, shown: name, headers: timeHeaders[name], required: true})
		}
	}
	for _, dim := range d.Dimensions {
		cols = append(cols, wanted{name: dim.Name, shown: dim.Name, headers: []string{table.Normalise(dim.Name)}, required: !dim.Optional})
		if dim.List != nil && dim.List.Open {
			name := belvedere.LabelColumn(dim.Name)
			cols = append(cols, wanted{name: name, shown: name, headers: []string{table.Normalise(name)}})
		}
	}
	for _, m := range d.Measures {
		cols = append(cols, wanted{name: m.Name, shown: m.Name, headers: []string{table.Normalise(m.Name)}, required: m.Required, measure: true})
	}
	return cols
}

func formColumns(f *belvedere.Form) []wanted {
	cols := make([]wanted, 0, len(f.Columns))
	for _, c := range f.Columns {
		w := wanted{name: c.Name, shown: c.Name, required: c.Required}
		for i, h := range c.Headers {
			if i == 0 {
				w.shown = h
			}
			w.headers = append(w.headers, table.Normalise(h))
		}
		if len(w.headers) == 0 {
			w.headers = []string{table.Normalise(c.Name)}
		}
		cols = append(cols, w)
	}
	return cols
}

// timeNames are the time columns of the published format of a grain.
func timeNames(g belvedere.TimeGrain) []string {
	switch g {
	case belvedere.ByHour:
		return []string{"heure"}
	case belvedere.ByDay:
		return []string{"jour"}
	case belvedere.ByMonth:
		return []string{"mois"}
	case belvedere.ByPeriod:
		return []string{"periode", "debut"}
	}
	return []string{"annee"}
}

var timeHeaders = map[string][]string{
	"heure": {"heure"}, "jour": {"jour", "date"}, "mois": {"mois"}, "periode": {"periode"},
	"debut": {"debut"}, "annee": {"annee", "anneescolaire", "millesime"},
}
