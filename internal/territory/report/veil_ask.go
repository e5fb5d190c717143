package report

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/territory/diffusion"
	"belvedere/internal/territory/release"
	"belvedere/internal/territory/semantic"
)

// A probe is a protected sum put to a sheet: which of its cells the sum takes, in which line each
// one falls, and which lines the sheet cannot judge.
type probe struct {
	a      *answer
	guard  semantic.Guard
	sheet  *diffusion.Sheet
	year   belvedere.SchoolYear
	all    bool            // no line can be judged
	unsure map[string]bool // lines that rest on an observation older than the released one
}

// ask writes the sum for the masks of the sheet; among limits its schools.
func (q *probe) ask(among func(belvedere.UAI) bool) *release.Ask {
	k := &release.Ask{Takes: make([][]bool, len(q.sheet.Axes))}
	k.Takes[0] = q.schools(among)
	for i := 2; i < len(q.sheet.Axes); i++ {
		k.Takes[i] = q.codes(i)
	}
	q.lines(k)
	q.times(k)
	return k
}

// schools tells which schools the sum takes.
func (q *probe) schools(among func(belvedere.UAI) bool) []bool {
	var conds []semantic.Cond
	for _, c := range q.guard.Conds {
		if c.Column == "etablissement" || c.Record {
			conds = append(conds, c)
		}
	}
	if len(conds) == 0 && among == nil {
		return nil
	}
	out := make([]bool, len(q.sheet.Axes[0].Codes))
	sets := make([]map[int64]bool, len(conds))
	for i, c := range conds {
		if !c.Record {
			sets[i] = c.Set()
		}
	}
	for at, code := range q.sheet.Axes[0].Codes {
		u := belvedere.UAI(code)
		out[at] = among == nil || among(u)
		for i, c := range conds {
			if !out[at] {
				break
			}
			if c.Record {
				out[at] = c.TakesRecord(q.a.directory.Find(u).Attribute(c.Column), q.a.directory.Find(u) != nil)
			} else {
				out[at] = sets[i][int64(u.Number())] == (c.Op == "IN")
			}
		}
	}
	return out
}

// codes tells which codes of a dimension the sum takes; nil for all.
func (q *probe) codes(axis int) []bool {
	a := q.sheet.Axes[axis]
	var out []bool
	for _, c := range q.guard.Conds {
		if c.Column != a.Name || c.Record {
			continue
		}
		if out == nil {
			out = slices.Repeat([]bool{true}, len(a.Codes))
		}
		for i, code := range a.Codes {
			out[i] = out[i] && c.Takes(code)
		}
	}
	return out
}

// takesApart tells whether the sum reaches the part of a dataset that a mask protects.
func (q *probe) takesApart(apart string) bool {
	if apart == "" {
		return true
	}
	codes := strings.Split(apart, ";")
	at := 0
	for i := range q.guard.Dataset.Dimensions {
		if !q.guard.Dataset.Dimensions[i].Apart {
			continue
		}
		if list := q.codes(2 + i); list != nil {
			place := slices.Index(q.sheet.Axes[2+i].Codes, codes[at])
			if place < 0 || !list[place] {
				return false
			}
		}
		at++
	}
	return true
}

// lines names the line of each cell, dimension by dimension.
func (q *probe) lines(k *release.Ask) {
	for _, d := range q.a.plan.Dims {
		schools := q.sheet.Axes[0].Codes
		switch d.Kind {
		case semantic.KindSchool:
			k.Lines = append(k.Lines, release.Line{Axis: 0, Names: schools})
		case semantic.KindAttribute:
			names := make([]string, len(schools))
			for i, code := range schools {
				names[i] = q.a.directory.Find(belvedere.UAI(code)).Attribute(d.Name)
			}
			k.Lines = append(k.Lines, release.Line{Axis: 0, Names: names})
		case semantic.KindCode:
			at := slices.IndexFunc(q.sheet.Axes, func(x release.Axis) bool { return x.Name == d.Base() })
			names := q.sheet.Axes[at].Codes
			if d.Groups {
				names = make([]string, len(names))
				for i, code := range q.sheet.Axes[at].Codes {
					names[i] = d.Dim.GroupOf(code)
				}
			}
			k.Lines = append(k.Lines, release.Line{Axis: at, Names: names})
		case semantic.KindTime:
			q.timeLine(k, d.Name)
		}
	}
}

// timeLine names lines by time: years and months; nothing protected is told by day or hour.
func (q *probe) timeLine(k *release.Ask, name string) {
	months := q.guard.Dataset.Kind == belvedere.Flow || q.guard.Dataset.Dated
	switch {
	case name == "annee":
		k.Lines = append(k.Lines, release.Line{Axis: 0, Names: slices.Repeat([]string{strconv.Itoa(int(q.year))}, len(q.sheet.Axes[0].Codes))})
	case name == "mois" && months:
		k.Lines = append(k.Lines, release.Line{Axis: 1, Names: q.sheet.Axes[1].Codes})
	default:
		q.all = true
		k.Lines = append(k.Lines, release.Line{Axis: 1, Names: q.sheet.Axes[1].Codes})
	}
}

// times tells which months a flow takes, which persons counted once, and which observation of each
// school a state rests on.
func (q *probe) times(k *release.Ask) {
	switch d := q.guard.Dataset; {
	case d.Kind == belvedere.Flow:
		q.all = q.all || d.Time != belvedere.ByMonth && d.Time != belvedere.ByYear && !q.a.q.Period.WholeMonths()
		k.Takes[1] = q.days(func(code string) (string, string) { return code + "-01", "" })
	case d.Kind == belvedere.Distinct:
		k.Takes[1] = q.days(func(code string) (string, string) {
			kind, day, _ := strings.Cut(code, " ")
			return day, kind
		})
	case d.Time == belvedere.ByYear:
	default:
		q.observations(k)
	}
}

// days tells which times pass the conditions on day and kind of period.
func (q *probe) days(of func(code string) (day, kind string)) []bool {
	out := make([]bool, len(q.sheet.Axes[1].Codes))
	for i, code := range q.sheet.Axes[1].Codes {
		day, kind := of(code)
		out[i] = true
		for _, c := range q.guard.Conds {
			switch {
			case code == "" || c.Record:
			case c.Column == "jour":
				out[i] = out[i] && c.Takes(day)
			case c.Column == "periode":
				out[i] = out[i] && c.Takes(kind)
			}
		}
	}
	return out
}

// observations picks the observation of each school that the sum rests on. Where the released one is
// later than the period, an older one stands in the answer, which no release judged.
func (q *probe) observations(k *release.Ask) {
	byMonth := q.guard.Dataset.Dated && slices.ContainsFunc(q.a.plan.Dims, func(d semantic.Dim) bool { return d.Name == "mois" })
	if !byMonth {
		k.Last = make([]int32, len(q.sheet.Axes[0].Codes))
	}
	for school, days := range q.sheet.Days {
		if !byMonth {
			k.Last[school] = -1
		}
		taken := k.Takes[0] == nil || k.Takes[0][school]
		best := int32(0)
		for time, day := range days {
			if day == 0 || !taken {
				continue
			}
			switch inside, begun := q.observed(day); {
			case inside && day > best:
				best = day
				if !byMonth {
					k.Last[school] = int32(time)
				}
			case !inside && begun:
				q.doubt(k, int32(school), int32(time))
			}
		}
	}
}

// observed tells whether an observation lies in the period, and for one that lies after it whether
// its month, or for a state of the year its year, has begun within: an older one may stand there.
func (q *probe) observed(day int32) (inside, begun bool) {
	at := time.Unix(int64(day)*86400, 0).UTC()
	inside = true
	for _, c := range q.guard.Conds {
		if c.Column == "jour" && !c.Record {
			inside = inside && c.Takes(at.Format("2006-01-02"))
		}
	}
	start := belvedere.SchoolYearOf(at).First()
	if q.guard.Dataset.Dated {
		start = belvedere.Date(at.Year(), at.Month(), 1)
	}
	p := q.a.q.Period
	return inside, start.Before(p.To) && !at.Before(p.To)
}

// doubt marks the lines of a school that no release judged.
func (q *probe) doubt(k *release.Ask, school, time int32) {
	if q.unsure == nil {
		q.unsure = map[string]bool{}
	}
	q.eachLine(k, school, time, func(line string) { q.unsure[line] = true })
}

// waiting are the lines by school of the slices that wait for a release.
func (q *probe) waiting(k *release.Ask) (lines []string) {
	if !slices.ContainsFunc(q.a.plan.Dims, func(d semantic.Dim) bool { return d.Kind == semantic.KindSchool }) {
		return nil
	}
	for _, s := range q.sheet.Waits {
		if k.Takes[0] == nil || k.Takes[0][s[0]] {
			q.eachLine(k, s[0], s[1], func(line string) { lines = append(lines, line) })
		}
	}
	return lines
}

// eachLine calls f with the lines of a school at a time.
func (q *probe) eachLine(k *release.Ask, school, time int32, f func(line string)) {
	at := release.Coord{school, time}
	var walk func(axis int)
	walk = func(axis int) {
		if axis == len(q.sheet.Axes) {
			f(k.Name(at))
			return
		}
		if axis < 2 || !k.Cuts(axis) {
			walk(axis + 1)
			return
		}
		for code := range q.sheet.Axes[axis].Codes {
			at[axis] = int32(code)
			walk(axis + 1)
		}
		at[axis] = 0
	}
	walk(2)
}
