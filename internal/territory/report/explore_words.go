package report

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"belvedere"
)

// A Sentence says in plain words exactly what a state shows. Each phrase names the part of the state
// that it says, so that a page can lead from the words to the choice.
type Sentence []Phrase

// A Phrase is a part of a sentence. Part is "indicateurs", "lignes", "colonnes", "filtres", "periode",
// "comparaison", "population", "edition", or "" for the words between.
type Phrase struct{ Part, Text string }

// String is the whole sentence.
func (s Sentence) String() string {
	var out strings.Builder
	for _, p := range s {
		out.WriteString(p.Text)
	}
	return out.String()
}

// sentence writes the sentence of an answered state.
func (r *Reporter) sentence(viewer belvedere.Viewer, e Explore, q belvedere.Query, out *belvedere.Result, d *Directory, among ...belvedere.Population) Sentence {
	var s Sentence
	say := func(words, part, text string) {
		if text == "" {
			return
		}
		if words != "" {
			s = append(s, Phrase{"", words})
		}
		s = append(s, Phrase{part, text})
	}
	say("", "indicateurs", headed(r.columnWords(q)))
	for i, name := range e.Lines {
		say([]string{" par ", " puis par ", " puis par "}[i], "lignes", r.dimWords(name))
	}
	say(", en colonnes par ", "colonnes", r.dimWords(e.Across))
	if e.Top > 0 && len(e.Lines) > 0 {
		say(", ", "lignes", firstWords(e.Top)+" et les autres ensemble")
	}
	for _, f := range e.Where {
		say(", ", "filtres", r.whereWords(viewer, f, d))
	}
	for _, p := range among {
		say(", parmi ", "population", "« "+cmp.Or(p.Label, p.Code)+" »")
	}
	say(", ", "periode", PeriodWords(q.Period))
	if q.Compare != "" {
		say(", ", "comparaison", "avec l’écart "+map[belvedere.Compare]string{belvedere.Previous: "à la période précédente", belvedere.YearBefore: "à la même période de l’an dernier"}[q.Compare])
	}
	if q.Constant {
		say(", ", "comparaison", "à périmètre constant")
	}
	if c := out.Coverage; c.Expected > 0 {
		say(", dans ", "population", belvedere.FormatNumber(float64(c.Received), 0)+" "+one(c.Received, "établissement", "établissements")+" sur "+belvedere.FormatNumber(float64(c.Expected), 0))
	}
	say(" (", "edition", "édition "+belvedere.FormatNumber(float64(out.Edition.Number), 0))
	return append(s, Phrase{"", ")"})
}

// firstWords says how many lines are kept: "le premier", "les 5 premiers".
func firstWords(n int) string {
	if n == 1 {
		return "le premier"
	}
	return "les " + belvedere.FormatNumber(float64(n), 0) + " premiers"
}

// columnWords names the indicators: "élèves, classes et élèves par classe".
func (r *Reporter) columnWords(q belvedere.Query) string {
	var names []string
	share := ""
	for _, col := range q.Columns {
		if col.Share {
			share = ", avec leur part du total"
			continue
		}
		names = append(names, uncapital(r.columnLabel(col)))
	}
	if len(names) == 1 && share != "" {
		share = ", avec sa part du total"
	}
	return enumerated(names) + share
}

// dimWords names a dimension within a sentence.
func (r *Reporter) dimWords(name string) string {
	if name == "" {
		return ""
	}
	return uncapital(r.DimLabel(name))
}

// groupsTail is said of a dimension whose lines are groups of codes.
const groupsTail = ", par groupes"

// DimLabel is the name of a dimension.
func (r *Reporter) DimLabel(name string) string {
	base, grouped := strings.CutSuffix(name, groupSuffix)
	label := filterLabel(r, base)
	switch base {
	case "etablissement":
		label = "Établissement"
	case "mois":
		label = "Mois"
	case "jour":
		label = "Jour"
	case "heure":
		label = "Heure"
	}
	if grouped {
		label += groupsTail
	}
	return label
}

// uncapital puts the first letter of a name in lower case, unless it is an acronym.
func uncapital(s string) string {
	r := []rune(s)
	if len(r) > 1 && strings.ToUpper(string(r[1])) == string(r[1]) && strings.ToLower(string(r[1])) != string(r[1]) {
		return s
	}
	if len(r) == 0 {
		return s
	}
	return strings.ToLower(string(r[0])) + string(r[1:])
}

// whereWords says a filter: "niveau : 6ème ou 5ème", "secteur : sauf Privé".
func (r *Reporter) whereWords(viewer belvedere.Viewer, f belvedere.Filter, d *Directory) string {
	const most = 5
	var names []string
	for i, v := range f.Values {
		if i == most {
			names = append(names, belvedere.Plural(len(f.Values)-most, "autre", "autres"))
			break
		}
		names = append(names, r.valueWords(viewer, f.Dim, v, d))
	}
	text := strings.Join(names, ", ")
	if n := len(names); n > 1 {
		text = strings.Join(names[:n-1], ", ") + " ou " + names[n-1]
	}
	if f.Not {
		text = "sauf " + text
	}
	return r.dimWords(f.Dim) + belvedere.NoBreak + ": " + text
}

// valueWords names a member as a viewer may read it: schools that the rights do not open by their UAI.
func (r *Reporter) valueWords(viewer belvedere.Viewer, dim, v string, d *Directory) string {
	if dim == "etablissement" {
		if s := d.Find(belvedere.UAI(v)); s != nil && sightOf(viewer.Scope).opens(s.UAI) {
			return s.Name
		}
		return v
	}
	if !mayName(viewer.Scope, dim, v) {
		return v
	}
	return r.memberLabel(dim, v)
}

// exploreHeading is what stands over the answer on screen, in files and in its receipt.
func (r *Reporter) exploreHeading(ctx context.Context, viewer belvedere.Viewer, x *ExploreResult, d *Directory) belvedere.Heading {
	h := r.QueryHeading(ctx, viewer, x.Result.Query)
	h.Title, h.Selection = x.Sentence.String(), ""
	h.Rates = x.State.Rates
	for i, f := range x.State.Where {
		h.Filters[i].Value = strings.TrimPrefix(r.whereWords(viewer, f, d), r.dimWords(f.Dim)+belvedere.NoBreak+": ")
	}
	if c := x.State.Compare; c != "" {
		h.Filters = append(h.Filters, belvedere.Attribute{Name: "Comparer à", Value: strings.ToLower(c.Label())})
	}
	var names []string
	for _, c := range x.State.Columns {
		if len(names) < 3 {
			names = append(names, c.Indicator)
		}
	}
	h.FileStem = slug("explorateur " + strings.Join(names, " ") + " " + strings.Join(x.State.Lines, " ") + " " + h.Period)
	return h
}

// exploreWarnings say which indicators have no figures in the chosen lines, columns or filters, and
// why: their cells would otherwise say it one by one.
func (r *Reporter) exploreWarnings(q belvedere.Query) []string {
	var out []string
	if q.Top > 0 && len(q.By) == 0 {
		out = append(out, "« Seulement les premiers » n’a pas d’effet sans lignes : choisissez une dimension.")
	}
	out = append(out, r.stateWarnings(q)...)
	asked := append(slices.Clone(q.By), q.Across)
	for _, f := range q.Where {
		asked = append(asked, f.Dim)
	}
	for _, col := range q.Columns {
		if col.Share {
			continue
		}
		for _, dim := range asked {
			why := r.lacks(col, dim)
			text := "« " + r.columnLabel(col) + " »" + belvedere.NoBreak + ": " + why
			if why != "" && !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	return out
}

// stateWarnings say that a state over several dates is that of the last one: its figure would else read
// as a sum over the years that the sentence names.
func (r *Reporter) stateWarnings(q belvedere.Query) (out []string) {
	if slices.ContainsFunc(append(slices.Clone(q.By), q.Across), func(dim string) bool { return dim != "" && isTime(dim) }) || !q.Period.To.After(q.Period.From.AddDate(1, 0, 0)) {
		return nil
	}
	for _, col := range q.Columns {
		if one := (belvedere.Query{Columns: []belvedere.QueryColumn{col}}); !col.Share && r.dated(one) {
			out = append(out, "« "+r.columnLabel(col)+" » est un état : le chiffre est celui de la dernière date connue de la période, non une somme. Mettez l’année en lignes ou en colonnes pour les voir toutes.")
		}
	}
	return out
}
