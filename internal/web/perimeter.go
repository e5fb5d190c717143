package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/parts"
)

// coveragePath is the page of what is received and expected.
const coveragePath = "/couverture"

// coveredWords are the coverage of a result: "87 établissements sur 96".
func coveredWords(c belvedere.Coverage) string {
	return belvedere.Plural(c.Received, "établissement", "établissements") + " sur " + belvedere.FormatNumber(float64(c.Expected), 0)
}

// kept puts constant perimeters in words.
func kept(list []belvedere.Perimeter) []parts.Kept {
	var out []parts.Kept
	for _, p := range list {
		out = append(out, parts.Kept{Words: report.PerimeterWords(p), Left: p.Left})
	}
	return out
}

// coverageOf is the address of the page that says, month by month, what a result rests on: its
// dataset, its school year, and the schools that the page is filtered to.
func coverageOf(view *report.PageView, r *belvedere.Result) string {
	v := url.Values{}
	for _, c := range r.Columns {
		if c.Dataset != "" {
			v.Set("jeu", c.Dataset)
			break
		}
	}
	if p := r.Query.Period; !p.To.IsZero() {
		v.Set("annee", strconv.Itoa(int(p.Year())))
	}
	for name, values := range view.State.Filters {
		if slices.Contains(report.SchoolFilters, name) && len(values) > 0 {
			written := make([]string, len(values))
			for i, value := range values {
				written[i] = report.WriteExploreValue(value)
			}
			v.Set(name, strings.Join(written, ","))
		}
	}
	if view.State.Edition > 0 {
		v.Set("edition", strconv.Itoa(view.State.Edition))
	}
	return coveragePath + "?" + strings.ReplaceAll(v.Encode(), "%2C", ",")
}
