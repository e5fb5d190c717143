package report

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// A part of a question is what is asked of the engine in its place: with the schools that the
// genealogy or a constant perimeter gives, for some of its columns.
type part struct {
	query     belvedere.Query
	columns   []int // places among those of the question
	perimeter *belvedere.Perimeter
	notes     []string
	added     []belvedere.UAI // predecessors that the filters did not name
}

// plainKey marks the context of a question whose schools are chosen already.
type plainKey struct{}

// throughTime tells whether a question compares times, so that schools are followed.
func throughTime(q belvedere.Query) bool { return q.Constant || q.Follow || overTime(q) }

// parts gives the questions that stand for one that compares times; none when it is asked as it is.
func (r *Reporter) parts(ctx context.Context, viewer belvedere.Viewer, q belvedere.Query, edition int, directory *Directory) ([]part, error) {
	if edition == 0 || !throughTime(q) || ctx.Value(plainKey{}) != nil {
		return nil, nil
	}
	if q.Constant {
		return r.constantParts(ctx, viewer, q, edition, directory)
	}
	sees := sightOf(viewer.Scope).opens
	inner := q
	inner.Follow, inner.Where = false, slices.Clone(q.Where)
	one := part{columns: places(len(q.Columns))}
	for i, f := range q.Where {
		if f.Dim != "etablissement" || f.Not {
			continue
		}
		selected := uaisOf(f.Values)
		all, added := directory.kinship().withPredecessors(selected, sees)
		one.added = append(one.added, added...)
		one.notes = append(one.notes, successionNotes(directory, selected, all, sees)...)
		if len(added) > 0 {
			inner.Where[i].Values = append(slices.Clone(f.Values), stringsOf(added)...)
		}
	}
	if len(one.notes) == 0 && len(one.added) == 0 {
		return nil, nil
	}
	one.query = inner
	return []part{one}, nil
}

func places(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func uaisOf(values []string) []belvedere.UAI {
	var out []belvedere.UAI
	for _, v := range values {
		if u, err := belvedere.ParseUAI(v); err == nil {
			out = append(out, u)
		}
	}
	return out
}

func stringsOf(list []belvedere.UAI) []string {
	out := make([]string, len(list))
	for i, u := range list {
		out[i] = string(u)
	}
	return out
}

// successionNotes say which schools the chosen ones succeed, and which succeed them.
func successionNotes(d *Directory, selected, all []belvedere.UAI, sees func(belvedere.UAI) bool) []string {
	var notes []string
	kin := d.kinship()
	for _, u := range selected {
		_, added := kin.withPredecessors([]belvedere.UAI{u}, sees)
		var names []string
		for _, p := range added {
			names = append(names, untilWords(d, p))
		}
		if len(names) > 0 {
			notes = append(notes, "Dont "+enumerated(names)+", auxquels "+d.nameOf(u).Label+" succède.")
			if len(names) == 1 {
				notes[len(notes)-1] = "Dont " + names[0] + ", auquel " + d.nameOf(u).Label + " succède."
			}
		}
		for _, p := range kin.prev[u] {
			if sees(p) && !slices.Contains(all, p) {
				notes = append(notes, d.nameOf(u).Label+" est issu de la scission de "+untilWords(d, p)+", dont les chiffres ne sont à aucun de ses successeurs seul.")
			}
		}
		if into := kin.next[u]; sees(u) && len(into) > 0 && !slices.ContainsFunc(into, func(v belvedere.UAI) bool { return slices.Contains(all, v) }) {
			notes = append(notes, d.nameOf(u).Label+" a pour suite "+enumerated(d.seenNames(into, sees))+".")
		}
	}
	return notes
}

// seenNames names schools; those that a viewer does not see by their UAI, as the record says it.
func (d *Directory) seenNames(list []belvedere.UAI, sees func(belvedere.UAI) bool) []string {
	var out []string
	for _, u := range list {
		if sees(u) && d.Find(u) != nil {
			out = append(out, d.nameOf(u).Label+" ("+string(u)+")")
		} else {
			out = append(out, string(u))
		}
	}
	return out
}

// untilWords names a school that has closed: "Collège Colette (9990030K) jusqu’en 2024".
func untilWords(d *Directory, u belvedere.UAI) string {
	words := d.nameOf(u).Label + " (" + string(u) + ")"
	if closed, ok := dayOf(d.Find(u), "fermeture"); ok {
		words += " jusqu’en " + strconv.Itoa(closed.Year())
	}
	return words
}

// enumerated writes "a, b et c".
func enumerated(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " et " + list[len(list)-1]
}

// constantParts parts the columns by what they rest on, each with the schools that have it in all
// the periods compared.
func (r *Reporter) constantParts(ctx context.Context, viewer belvedere.Viewer, q belvedere.Query, edition int, directory *Directory) ([]part, error) {
	plan, err := r.plan(q, viewer.Scope, directory)
	if err != nil {
		return nil, err
	}
	var out []part
	byKey := map[string]int{}
	for i := range plan.Columns {
		c := &plan.Columns[i]
		key := constantKey(c)
		at, ok := byKey[key]
		if !ok {
			at, byKey[key] = len(out), len(out)
			one := part{query: asIs(q)}
			if c.Expr != nil {
				p, kept, err := r.sift(ctx, edition, directory, sightOf(viewer.Scope), q, c)
				if err != nil {
					return nil, err
				}
				// Columns that come to the same schools are asked together.
				same := slices.IndexFunc(out, func(o part) bool {
					return o.perimeter != nil && slices.Equal(o.query.Where[len(o.query.Where)-1].Values, kept) && fmt.Sprint(o.perimeter.Left) == fmt.Sprint(p.Left) && slices.Equal(o.perimeter.Steps, p.Steps)
				})
				if same >= 0 {
					byKey[key] = same
					out[same].columns = append(out[same].columns, i)
					continue
				}
				one.perimeter = &p
				one.query.Where = slices.DeleteFunc(slices.Clone(q.Where), choosesSchools)
				one.query.Where = append(one.query.Where, belvedere.Filter{Dim: "etablissement", Values: kept})
			}
			out = append(out, one)
		}
		out[at].columns = append(out[at].columns, i)
	}
	for i := range out {
		out[i].finish(q, plan, len(out) > 1)
	}
	return out, nil
}

// asIs is a question whose schools are chosen already.
func asIs(q belvedere.Query) belvedere.Query {
	q.Constant, q.Follow, q.Against = false, false, belvedere.Period{}
	return q
}

// constantKey tells apart the columns that have schools of their own.
func constantKey(c *semantic.PlanColumn) string {
	if c.Expr == nil {
		return ""
	}
	return strings.Join(c.Datasets, ",") + " " + sharingKey(c) + " " + strings.Join(c.Indicator.Needs(), ",") + " " + strconv.Itoa(int(c.Indicator.SinceYear))
}

// finish gives a part its columns and its words. Of several parts the lines are put together
// afterwards, and ordered and cut then.
func (p *part) finish(q belvedere.Query, plan *semantic.Plan, several bool) {
	p.query.Columns = nil
	var labels []string
	for _, i := range p.columns {
		p.query.Columns = append(p.query.Columns, q.Columns[i])
		if label := column(&plan.Columns[i]).Label; !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	if several {
		p.query.Sort, p.query.Limit, p.query.Offset = "", 0, 0
	}
	if p.perimeter == nil {
		return
	}
	if several {
		for _, i := range p.columns {
			p.perimeter.Columns = append(p.perimeter.Columns, q.Columns[i].Key)
		}
		p.perimeter.Label = strings.Join(labels, ", ")
	}
	p.notes = append(p.notes, perimeterNotes(*p.perimeter)...)
}

// perimeterNotes say what a perimeter holds and what it leaves out.
func perimeterNotes(p belvedere.Perimeter) []string {
	notes := []string{PerimeterWords(p) + "."}
	if words := leftWords(p.Left); words != "" {
		notes = append(notes, words)
	}
	return notes
}

// IsPerimeterNote tells the notes of perimeterNotes among others.
func IsPerimeterNote(s string) bool {
	return strings.HasPrefix(s, "Périmètre constant") || strings.HasPrefix(s, "Hors du périmètre constant")
}

// leftWords names the schools left out, the first few.
func leftWords(left []belvedere.Key) string {
	const most = 8
	var names []string
	for i, k := range left {
		if i == most {
			names = append(names, belvedere.Plural(len(left)-most, "autre", "autres"))
			break
		}
		names = append(names, k.Label+" ("+LeftWhy(k)+")")
	}
	if len(names) == 0 {
		return ""
	}
	return "Hors du périmètre constant" + belvedere.NoBreak + ": " + enumerated(names) + "."
}

// LeftWhy is why a school is left out of a perimeter.
func LeftWhy(k belvedere.Key) string {
	for _, a := range k.Detail {
		if a.Name == reasonName {
			return a.Value
		}
	}
	return ""
}

// PerimeterWords says what a constant perimeter holds: "Périmètre constant : 74 établissements
// suivis sur 80, de 2023-2024 à 2025-2026".
func PerimeterWords(p belvedere.Perimeter) string {
	words := "Périmètre constant" + belvedere.NoBreak + ": "
	if p.Label != "" {
		words = "Périmètre constant (" + p.Label + ")" + belvedere.NoBreak + ": "
	}
	if p.Kept+len(p.Left) == 0 {
		return words + "aucun établissement n’a ces données dans les périodes comparées"
	}
	words += belvedere.Plural(p.Kept, "établissement suivi", "établissements suivis") + " sur " + belvedere.FormatNumber(float64(p.Kept+len(p.Left)), 0)
	switch n := len(p.Steps); {
	case n == 2:
		words += ", " + p.Steps[0] + " et " + p.Steps[1]
	case n > 2:
		words += ", de " + p.Steps[0] + " à " + p.Steps[n-1]
	}
	if p.Families > 0 {
		words += belvedere.NarrowSpace + "; " + belvedere.Plural(p.Families, "suite d’établissements fusionnés, scindés ou renumérotés compte pour un", "suites d’établissements fusionnés, scindés ou renumérotés comptent chacune pour un")
	}
	return words
}
