package chart

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"belvedere"
)

// This file draws what stands behind the lines: closed days, absences, events and the steps
// of the axis.

// letter is the usual width of a letter at 12 px; the widths of a plot are those of the
// narrowest place that the look gives it, on a wide screen and on a telephone.
const (
	letter      = 6.6
	wideLabels  = 380.0
	widePlain   = 420.0
	phoneLabels = 170.0
	phonePlain  = 290.0
)

func (d *plot) widths() (wide, phone float64) {
	if d.labels {
		return wideLabels, phoneLabels
	}
	return widePlain, phonePlain
}

func wordWidth(s string) float64 { return letter * float64(utf8.RuneCountInString(s)) }

// mostShaded is the number of days beyond which week-ends become noise.
const mostShaded = 130

// shade greys week-ends and public holidays along a daily axis.
func (d *plot) shade() {
	if d.g.kind != daily || len(d.g.points) > mostShaded {
		return
	}
	for i := 0; i < len(d.g.points); {
		off := holiday(d.g.points[i].date)
		if weekend(d.g.points[i].date) {
			off = ""
		} else if off == "" {
			i++
			continue
		}
		j := i + 1
		for off == "" && j < len(d.g.points) && weekend(d.g.points[j].date) {
			j++
		}
		d.s(`<rect class="off"`).pc("x", float64(i)*d.band).a("y", d.top-6).pc("width", float64(j-i)*d.band).a("height", d.bottom-d.top+6).s(`/>`)
		if off != "" && len(d.g.points) <= 62 {
			d.text("middle tight", d.x(i), 12, off)
		}
		i = j
	}
}

// hole tells whether no series has a value at a point that should have one.
func (d *plot) hole(i int) bool {
	if d.g.points[i].later {
		return false
	}
	for _, s := range d.list {
		if s.cells[i].State.Shown() {
			return false
		}
	}
	return true
}

// gaps hatches the steps without any value, with their word where it fits.
func (d *plot) gaps() {
	wide, phone := d.widths()
	for i := 0; i < len(d.g.points); i++ {
		if !d.hole(i) {
			continue
		}
		j := i + 1
		for j < len(d.g.points) && d.hole(j) {
			j++
		}
		width := float64(j-i) * d.band
		d.s(`<rect`).pc("x", float64(i)*d.band).a("y", d.top).pc("width", width).a("height", d.bottom-d.top).missing().s(`/>`)
		w := d.holeWord(i, j)
		if px := wordWidth(w) + 8; px <= width/100*wide {
			class := "middle halo-text"
			if px > width/100*phone {
				class += " tight"
			}
			d.text(class, float64(i)*d.band+width/2, (d.top+d.bottom)/2, w)
		}
		i = j
	}
}

// holeWord is the common word of the cells of a gap.
func (d *plot) holeWord(from, to int) string {
	w := ""
	for _, s := range d.list {
		for i := from; i < to; i++ {
			switch v := word(s.cells[i]); w {
			case "", v:
				w = v
			default:
				return "sans valeur"
			}
		}
	}
	return w
}

// hatchedWords names the hatch in the key, "" when nothing is hatched.
func (d *plot) hatchedWords() string {
	var words []string
	for i := range d.g.points {
		if !d.hole(i) {
			continue
		}
		for _, s := range d.list {
			if w := word(s.cells[i]); !contains(words, w) {
				words = append(words, w)
			}
		}
	}
	for i, w := range words {
		words[i] = keyWord(w)
	}
	return strings.Join(words, ", ")
}

// mostAbsences bounds the sentences about absences under a plot.
const mostAbsences = 3

// absences says where no series has a value, then which series lacks some elsewhere.
func (d *plot) absences() (out []string) {
	more := 0
	for i := 0; i < len(d.g.points); i++ {
		if !d.hole(i) {
			continue
		}
		j := i
		for j+1 < len(d.g.points) && d.hole(j+1) {
			j++
		}
		if len(out) == mostAbsences {
			more++
		} else {
			out = append(out, d.span(i, j)+colon+longWord(d.holeWord(i, j+1))+".")
		}
		i = j
	}
	if more > 0 {
		out = append(out, belvedere.Plural(more, "autre intervalle sans valeur", "autres intervalles sans valeur")+".")
	}
	var parts []string
	for _, s := range d.list {
		var t tally
		for i, c := range s.cells {
			if !c.State.Shown() && !d.g.points[i].later && !d.hole(i) {
				t.add(c)
			}
		}
		for _, w := range t.words {
			parts = append(parts, s.label+", "+counted(t.counts[w], w))
		}
	}
	if len(parts) > 0 {
		out = append(out, "Valeurs absentes"+colon+strings.Join(parts, semicolon)+".")
	}
	return out
}

// span names a run of points.
func (d *plot) span(i, j int) string {
	from, to := d.g.points[i].label, d.g.points[j].label
	switch {
	case i == j:
		return capital(from)
	case d.g.kind == daily:
		return "Du " + from + " au " + to
	case d.g.kind == monthly || d.g.kind == yearly || d.g.kind == hourly:
		return "De " + from + " à " + to
	case j == i+1:
		return from + " et " + to
	}
	return from + ", … " + to
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// marks draws the events of the options, each before its point.
func (d *plot) marks() {
	for _, m := range d.o.Marks {
		for i, p := range d.g.points {
			if p.code != m.Code || p.code == "" {
				continue
			}
			x := float64(i) * d.band
			class := `<line class="mark-line"`
			if m.broken {
				class = `<line class="mark-line break"`
			}
			d.s(class).pc("x1", x).pc("x2", x).a("y1", 6).a("y2", d.bottom).s(`/>`)
			if x > 60 {
				d.text("end halo-text", x-1, 14, m.Label)
			} else {
				d.text("halo-text", x+1, 14, m.Label)
			}
		}
	}
}

// steps writes the axis: Mondays or months of days, years of months, else each step that fits.
func (d *plot) steps() {
	switch {
	case d.g.kind == daily && len(d.g.points) > 7:
		d.calendar()
	default:
		d.plainSteps()
	}
}

// plainSteps labels the last point and, before it, each nth that fits; those that fit on a wide
// screen only are left out on a narrow one.
func (d *plot) plainSteps() {
	n := len(d.g.points)
	longest := 0.0
	for _, p := range d.g.points {
		if v := wordWidth(clipLabel(p.short)); v > longest {
			longest = v
		}
	}
	wide, phone := d.widths()
	each := everyNth(longest+12, wide/float64(n), 1)
	sparse := everyNth(longest+12, phone/float64(n), each)
	var years under
	for i, p := range d.g.points {
		if (n-1-i)%each != 0 {
			continue
		}
		class := "middle"
		if (n-1-i)%sparse != 0 {
			class += " tight"
		}
		d.text(class, d.x(i), d.bottom+20, clipLabel(p.short))
		if d.g.kind == monthly {
			years.write(d.page, "middle", (n-1-i)%sparse == 0, d.x(i), d.bottom+35, strconv.Itoa(p.date.Year()))
		}
	}
}

// An under is the second line of an axis, written where it changes. The labels kept on a narrow
// screen are fewer, so that it changes elsewhere there.
type under struct{ wide, narrow string }

func (u *under) write(p *page, class string, both bool, x, y float64, words string) {
	wide, narrow := words != u.wide, both && words != u.narrow
	if u.wide = words; both {
		u.narrow = words
	}
	switch {
	case wide && narrow:
	case wide:
		class = strings.TrimSpace(class + " tight")
	case narrow:
		class = strings.TrimSpace(class + " narrow-only")
	default:
		return
	}
	p.text(class, x, y, words)
}

// everyNth is the smallest multiple of unit for which a label of that width fits in the steps.
func everyNth(width, step float64, unit int) int {
	k := unit
	for float64(k)*step < width && k < 5000 {
		k += unit
	}
	return k
}

func clipLabel(s string) string {
	const most = 14
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// calendar marks Mondays, or the first of each month on a long axis, with the month beneath.
func (d *plot) calendar() {
	n := len(d.g.points)
	byMonth := n > 62
	var at []int
	for i, p := range d.g.points {
		if byMonth && p.date.Day() == 1 || !byMonth && p.date.Weekday() == 1 {
			at = append(at, i)
		}
	}
	wide, phone := d.widths()
	gap := 7 * d.band
	if byMonth {
		gap = 30 * d.band
	}
	each := everyNth(52, gap/100*wide, 1)
	sparse := everyNth(52, gap/100*phone, each)
	var months under
	for k, i := range at {
		d.s(`<line class="base"`).pc("x1", float64(i)*d.band).pc("x2", float64(i)*d.band).a("y1", d.bottom).a("y2", d.bottom+6).s(`/>`)
		if k%each != 0 {
			continue
		}
		class := ""
		if k%sparse != 0 {
			class = "tight"
		}
		date := d.g.points[i].date
		first, second := d.g.points[i].short, belvedere.ShortMonth(date)
		if byMonth {
			first, second, _ = strings.Cut(second, " ")
		}
		d.text(class, float64(i)*d.band+.4, d.bottom+19, first)
		months.write(d.page, "", k%sparse == 0, float64(i)*d.band+.4, d.bottom+34, second)
	}
}
