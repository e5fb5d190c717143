package app_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/territory/report"
)

// families are the datasets of which one question mixes indicators; lines and filters by codes
// are drawn from their dimensions, and now and then from others.
var families = [][]string{
	{"effectifs", "structures", "salles", "ips"}, {"effectifs", "structures"}, {"connexions"}, {"connexions", "individus"}, {"individus"}, {"comptes", "connexions"},
	{"comptes"}, {"assiduite", "effectifs", "discipline"}, {"accompagnement", "effectifs"}, {"assiduite_tranches"},
	{"pedagogie", "structures"}, {"occupation", "salles"}, {"personnels", "effectifs"},
}

// question draws a question in the words of the command line.
func (w *world) question() report.Ask {
	family := families[w.r.IntN(len(families))]
	ask := report.Ask{Rates: w.r.IntN(2) == 0, Total: w.r.IntN(2) == 0}
	var pool []string
	for _, ind := range w.app.Model.Indicators {
		all := refs(ind.Value)
		if ind.Rate != nil {
			all = append(all, refs(ind.Rate.Num)...)
		}
		if len(all) > 0 && !slices.ContainsFunc(all, func(x belvedere.MeasureRef) bool { return !slices.Contains(family, x.Dataset) }) {
			pool = append(pool, ind.Code)
		}
	}
	for range 1 + w.r.IntN(3) {
		column := pick(w.r, pool...)
		if f := w.filter(family[:1]); f != "" && w.r.IntN(4) == 0 {
			column += "[" + f + "]"
		}
		ask.Indicators = append(ask.Indicators, column)
	}
	ask.By = w.by(family)
	ask.Where = append(w.time(), w.where(family)...)
	if w.r.IntN(4) == 0 {
		ask.Edition = pick(w.r, slices.Sorted(maps.Keys(w.editions))...)
	}
	return ask
}

// by draws the lines: none, one dimension or two.
func (w *world) by(family []string) []string {
	schools := []string{"etablissement", "etablissement", "type", "commune"}
	times := []string{"annee", "mois", "jour", "heure"}
	codes := []string{"niveau"}
	for _, s := range shapes {
		if slices.Contains(family, s.dataset) && len(s.dims) > 0 {
			codes = slices.Sorted(maps.Keys(s.dims))
		}
	}
	switch w.r.IntN(12) {
	case 0, 1:
		return nil
	case 2, 3, 4:
		return []string{pick(w.r, schools...)}
	case 5, 6:
		return []string{pick(w.r, times...)}
	case 7:
		return []string{pick(w.r, codes...)}
	case 8:
		return []string{pick(w.r, schools...), pick(w.r, times...)}
	case 9:
		return []string{pick(w.r, schools...), pick(w.r, codes...)}
	case 10:
		return []string{pick(w.r, times...), pick(w.r, codes...)}
	}
	return pick(w.r, []string{"jour", "heure"}, []string{"type", "commune"}, []string{"annee", "mois"}, []string{"mois", "heure"})
}

// filter draws a filter on a code of one of the datasets.
func (w *world) filter(family []string) string {
	dims := map[string][]string{}
	for _, s := range shapes {
		if slices.Contains(family, s.dataset) {
			maps.Copy(dims, s.dims)
		}
	}
	if len(dims) == 0 {
		return ""
	}
	name := pick(w.r, slices.Sorted(maps.Keys(dims))...)
	codes := slices.DeleteFunc(slices.Clone(dims[name]), func(c string) bool { return c == "" })
	values := []string{pick(w.r, codes...)}
	if w.r.IntN(4) == 0 {
		values = append(values, pick(w.r, codes...))
	}
	if name == "niveau" && w.r.IntN(3) == 0 {
		values = []string{pick(w.r, "college", "lycee_pro", "lycee")}
	}
	op := "="
	if w.r.IntN(6) == 0 {
		op = "!="
	}
	return name + op + strings.Join(values, "|")
}

// where draws filters on schools, on their attributes and on codes.
func (w *world) where(family []string) []string {
	var out []string
	if w.r.IntN(4) == 0 {
		out = append(out, pick(w.r, "type=college", "type=lycee", "type!=college", "commune=Saint Malo", "commune=Saint|Malo", "commune!=Rennes", "secteur=public",
			fmt.Sprintf("etablissement=%s|%s", pick(w.r, w.schools...), pick(w.r, w.schools...)), fmt.Sprintf("etablissement!=%s", pick(w.r, w.schools...))))
	}
	if f := w.filter(family[:1+w.r.IntN(len(family))]); f != "" && w.r.IntN(4) == 0 {
		out = append(out, f)
	}
	return out
}

// time draws a period.
func (w *world) time() []string {
	switch w.r.IntN(10) {
	case 0, 1, 2:
		return []string{"annee=" + pick(w.r, "2020", "2021", "2020|2021", "2022")}
	case 3, 4:
		return []string{"mois=" + pick(w.r, "2020-09", "2020-10", "2020-12", "2021-03", "2021-08", "2021-09")}
	case 5:
		return []string{"jour=" + pick(w.r, "2020-09-01", "2020-10-01", "2020-10-25", "2021-01-15", "2021-03-28", "2021-08-31")}
	case 6, 7:
		from := pick(w.r, "2020-09-01", "2020-10-10", "2020-10-25", "2021-03-01", "2021-03-27")
		return []string{"du=" + from, "au=" + pick(w.r, "2021-03-28", "2021-03-31", "2021-08-31", "2021-09-15", "2021-10-31")}
	case 8:
		return []string{"periode=" + pick(w.r, "jour", "mois", "mois_dernier", "annee", "annee_derniere")}
	}
	return nil
}

// dates are those that time filters name in full, the day after the last included.
func dates(where []string) (from, to time.Time, ok bool) {
	said := map[string]string{}
	for _, f := range where {
		name, value, _ := strings.Cut(f, "=")
		said[name] = value
	}
	read := func(layout, s string) time.Time {
		day, err := time.Parse(layout, s)
		ok = ok || err == nil
		return day
	}
	switch {
	case said["annee"] != "":
		first, last, two := strings.Cut(said["annee"], "|")
		if !two {
			last = first
		}
		return read("2006-01-02", first+"-09-01"), read("2006-01-02", last+"-09-01").AddDate(1, 0, 0), ok
	case said["mois"] != "":
		from = read("2006-01", said["mois"])
		return from, from.AddDate(0, 1, 0), ok
	case said["jour"] != "":
		from = read("2006-01-02", said["jour"])
		return from, from.AddDate(0, 0, 1), ok
	case said["du"] != "":
		return read("2006-01-02", said["du"]), read("2006-01-02", said["au"]).AddDate(0, 0, 1), ok
	}
	return from, to, false
}
