package chart

import (
	"io"
	"math"
	"strings"

	"belvedere"
)

// A stack is the table of Stacked.
type stack struct {
	*page
	g     *grid
	o     Options
	fills []fill
	most  float64 // largest sum of a row, for absolute lengths
}

// Stacked draws one bar for each line of the result, cut in the columns: shares of 100 % by
// default, counts with Options.Absolute. The row says its sum. A part that is "s.o." is left
// out and said; any other absent part makes the shares unknown, and the row says which one.
func Stacked(w io.Writer, r *belvedere.Result, o Options) error {
	g := newGrid(r, o)
	g.limit()
	id := o.id(r)
	if _, _, ok := bounds(g.series); !ok {
		return nothing(w, id, emptyWords(g))
	}
	units := byUnit(g.series)
	g.series = units[0]
	k := &stack{page: newPage(id), g: g, o: o, fills: fillsOf(g.series)}
	for i := range g.points {
		k.most = math.Max(k.most, k.row(i).sum)
	}
	k.s(`<div class="graph graph-empilees" id="`, id, `">`).patterns()
	k.key()
	k.s(`<table class="bars media" aria-describedby="`, id, `-d"><caption class="hidden-words">`).t(g.titleOf(o)).s(`</caption>`)
	k.s(`<thead><tr><th scope="col">`).t(capital(g.dim.Label)).s(`</th><td class="bar"></td><th scope="col" class="n">`)
	k.t(k.sumName()).s(`</th></tr></thead><tbody>`)
	for i := range g.points {
		k.line(i)
	}
	k.s(`</tbody></table><p class="hidden-words" id="`, id, `-d">`).t(k.desc()).s(`</p>`)
	for _, u := range units[1:] {
		k.note(list(labels(u)) + colon + "d’une autre unité, à lire dans les données.")
	}
	if g.left > 0 {
		k.note(belvedere.Plural(g.left, "part n’est pas représentée", "parts ne sont pas représentées") + ".")
	}
	k.obstacles()
	t := g.tallyOf(g.series)
	k.note(t.partialWords())
	k.s("</div>\n")
	return k.flush(w)
}

func labels(list []series) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = s.label
	}
	return out
}

func (k *stack) sumName() string {
	if u := k.g.series[0].col.Unit; u != "" && u != "%" {
		return capital(u)
	}
	return "Total"
}

// A stackRow is what a line adds up to, and what stands in the way of its shares.
type stackRow struct {
	sum     float64
	absent  []string // "Web secret"
	without []string // parts without object
	bad     bool     // a negative part
	any     bool
	partial bool
}

func (k *stack) row(i int) stackRow {
	var out stackRow
	for _, s := range k.g.series {
		switch c := s.cells[i]; {
		case c.State.Shown():
			out.any, out.partial = true, out.partial || c.State == belvedere.Partial
			out.bad = out.bad || c.Value < 0
			out.sum += c.Value
		case c.State == belvedere.NotApplicable:
			out.without = append(out.without, s.label)
		default:
			out.absent = append(out.absent, s.label+" "+word(c))
		}
	}
	return out
}

// key names the parts in their order.
func (k *stack) key() {
	k.s(`<ul class="key">`)
	for j, s := range k.g.series {
		k.s(`<li><svg width="20" height="12" aria-hidden="true">`)
		k.rect(k.fills[j], ` width="20" height="12"`)
		k.s(`</svg>`).t(s.label).s(`</li>`)
	}
	k.s(`</ul>`)
}

func (k *stack) rect(f fill, place string) {
	k.s(`<rect class="`, f.class, `"`, place, `/>`)
	if f.hatch {
		k.s(`<rect`).over().s(place, `/>`)
	}
}

// line draws one row.
func (k *stack) line(i int) {
	row := k.row(i)
	p := k.g.points[i]
	k.s(`<tr>`).name(p, "row", 1)
	k.s(`<td class="bar"><svg class="chart" height="24"`).named(k.id+"-r"+itoa(i), p.label, k.said(i, row))
	switch {
	case !row.any || row.bad || len(row.absent) > 0 && !k.o.Absolute:
		k.s(`<rect width="100%" height="24"`).missing().s(`/>`)
		k.s(`<text class="middle halo-text" x="50%" y="16.5">`).t(k.obstacle(row)).s(`</text>`)
	case row.sum == 0:
		k.s(`<rect class="track" width="100%" height="24"/><text x="8" y="16.5">aucun</text>`)
	default:
		k.segments(i, row)
	}
	k.s(`</svg></td><td class="n`)
	switch {
	case !row.any:
		k.s(` state">`).t(k.firstWord(i))
	case len(row.absent) > 0:
		k.s(`"><span class="partial">`).t(figure(k.g.series[0].col, row.sum)).s(`</span><span class="hidden-words">, partiel</span>`)
	case row.partial:
		k.s(`"><span class="partial">`).t(figure(k.g.series[0].col, row.sum)).s(`</span><span class="hidden-words">, partiel</span>`)
	default:
		k.s(`">`).t(figure(k.g.series[0].col, row.sum))
	}
	k.s(`</td></tr>`)
}

func (k *stack) firstWord(i int) string {
	for _, s := range k.g.series {
		if w := word(s.cells[i]); w != "" {
			return w
		}
	}
	return "sans valeur"
}

// obstacle says why a row has no shares.
func (k *stack) obstacle(row stackRow) string {
	switch {
	case !row.any && len(row.absent) == 0:
		return "sans objet"
	case !row.any:
		return "sans valeur"
	case row.bad:
		return "valeur négative"
	}
	return "parts non calculées"
}

// obstacles details under the chart the rows whose shares are unknown.
func (k *stack) obstacles() {
	var out []string
	for i, p := range k.g.points {
		if row := k.row(i); row.any && len(row.absent) > 0 {
			out = append(out, p.label+colon+list(row.absent))
		}
	}
	const most = 6
	if n := len(out) - most; n > 0 {
		out = append(out[:most], "et "+belvedere.Plural(n, "autre ligne", "autres lignes"))
	}
	if len(out) > 0 {
		k.note("Absents du compte" + colon + strings.Join(out, semicolon) + ".")
	}
}

// segments draws the parts of a row and writes their share or count where it fits.
func (k *stack) segments(i int, row stackRow) {
	whole := row.sum
	if k.o.Absolute {
		whole = k.most
	}
	at := 0.0
	for j, s := range k.g.series {
		c := s.cells[i]
		if !c.State.Shown() || c.Value <= 0 {
			continue
		}
		width := 100 * c.Value / whole
		gap := math.Min(.4, width/3)
		b := len(k.b)
		k.pc("x", at).pc("width", width-gap).s(` height="24"`)
		place := string(k.b[b:])
		k.b = k.b[:b]
		k.rect(k.fills[j], place)
		k.segmentText(j, s, c.Value, row.sum, at+(width-gap)/2, width)
		at += width
	}
	if k.o.Absolute && len(row.absent) > 0 {
		k.s(`<rect`).pc("x", math.Min(at, 94)).s(` width="6%" height="24"`).missing().s(`/>`)
	}
}

// segmentText is left out where it cannot fit, and on narrow screens where it hardly does.
func (k *stack) segmentText(j int, s series, v, sum, x, width float64) {
	words := belvedere.FormatPercent(v/sum, 0)
	if k.o.Absolute {
		words = compact(v, s.col.Decimals)
		if s.col.Percent {
			words = figure(s.col, v)
		}
	}
	need := wordWidth(words) + 6
	if k.fills[j].hatch {
		need += 8 // the plain ground of words on a hatch
	}
	if need > width/100*wideBar {
		return
	}
	class := k.fills[j].over + " middle"
	switch {
	case need > width/100*phoneBar:
		class += " tight"
	case need > width/100*columnBar:
		class += " roomy"
	}
	k.text(class, x, 16.5, words)
}

// Widths of a bar in px: on a wide page, in a column of one, on a telephone.
const (
	wideBar   = 620.0
	columnBar = 330.0
	phoneBar  = 200.0
)

// said is the description of one row.
func (k *stack) said(i int, row stackRow) string {
	var parts []string
	for _, s := range k.g.series {
		c := s.cells[i]
		switch {
		case !c.State.Shown():
			w := word(c)
			if c.State == belvedere.NotApplicable {
				w = "sans objet"
			}
			parts = append(parts, s.label+" "+w)
		case k.o.Absolute || len(row.absent) > 0 || row.bad || row.sum == 0:
			parts = append(parts, s.label+" "+figure(s.col, c.Value))
		default:
			parts = append(parts, s.label+" "+belvedere.FormatPercent(c.Value/row.sum, 0))
		}
	}
	return capital(strings.Join(parts, ", ")) + "."
}

func (k *stack) desc() string {
	if k.o.Desc != "" {
		return k.o.Desc
	}
	how := " Chaque barre vaut 100" + belvedere.NarrowSpace + "% de sa ligne."
	if k.o.Absolute {
		how = " Les barres partent de zéro."
	}
	return k.g.describe(k.g.series) + how
}
