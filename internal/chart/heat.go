package chart

import (
	"io"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"

	"belvedere"
)

// mostWeeks bounds the timetables of one heat map; the last ones are kept.
const mostWeeks = 12

// A heat is a result read as hours of days.
type heat struct {
	*page
	o       Options
	col     belvedere.ResultColumn
	hours   map[time.Time]*[24][]belvedere.Cell // two cells for the hour that a clock change repeats
	first   time.Time
	last    time.Time
	unread  int // rows without a readable day or hour
	cut     int // weeks left out
	bounds  []float64
	top     float64 // largest value, ringed
	ring    bool
	noZero  bool // the classes begin over zero, which has no shade
	partial bool // partial cells are few enough to be marked each
	sum     tally
	zone    *time.Location
}

// Heat draws a crossing as shades: a table of lines by columns, and hours of days as timetables.
//
// A timetable stands for each week, days across and hours down, of the column Options.Column.
// The rows of the result are days and hours, or days whose columns are hours. Colours are
// classes of the actual values, with their thresholds in the key; a missing hour is hatched and
// the maximum ringed. An hour that a clock change skips is empty, one that it repeats is cut in
// two when the result holds both.
func Heat(w io.Writer, r *belvedere.Result, o Options) error {
	id := o.id(r)
	h := newHeat(r, o)
	if !clocked(r) {
		return shaded(w, r, o)
	}
	if !h.read(r) {
		g := newGrid(r, o)
		return nothing(w, id, h.why(g))
	}
	h.cutWeeks()
	h.measure()
	if h.sum.shown == 0 {
		return nothing(w, id, "Rien à représenter. "+h.sum.sentence())
	}
	h.s(`<div class="graph graph-chaleur" id="`, id, `"><div class="weeks">`)
	n := 0
	for monday := mondayOf(h.first); !monday.After(h.last); monday = monday.AddDate(0, 0, 7) {
		h.week(monday, n)
		n++
	}
	h.s(`</div>`)
	h.ramp()
	h.s(`<p class="readout" data-readout="">`).t(h.desc()).s(`</p>`)
	for _, words := range h.remarks() {
		h.note(words)
	}
	h.s("</div>\n")
	return h.flush(w)
}

func newHeat(r *belvedere.Result, o Options) *heat {
	return &heat{page: newPage(o.id(r)), o: o, hours: map[time.Time]*[24][]belvedere.Cell{}, zone: o.zone()}
}

// why says what keeps a result from being a timetable.
func (h *heat) why(g *grid) string {
	if len(g.points) == 0 {
		return emptyWords(g)
	}
	return "Rien à représenter" + colon + "les lignes n’ont pas de jour et d’heure lisibles."
}

// measure finds the classes, the maximum and what is missing.
func (h *heat) measure() {
	least, top, topWhole := math.Inf(1), math.Inf(-1), math.Inf(-1)
	h.each(func(_ time.Time, _ int, c belvedere.Cell) {
		h.sum.add(c)
		if !c.State.Shown() {
			return
		}
		top = math.Max(top, c.Value)
		if c.State == belvedere.Value {
			topWhole = math.Max(topWhole, c.Value)
		}
		if c.Value > 0 {
			least = math.Min(least, c.Value)
		}
	})
	h.bounds = thresholds(least, top, !h.col.Percent && h.col.Decimals == 0)
	h.partial = h.sum.few()
	if h.top = topWhole; math.IsInf(topWhole, 0) {
		h.top = top
	}
	h.ring = h.top > 0
}

// shade is the class of a value: q0 for zero and under, up to q8.
func (h *heat) shade(v float64) string {
	k := class(h.bounds, v)
	if k > 0 {
		k = int(math.Round(float64(k) * 8 / float64(len(h.bounds))))
	}
	return "q" + strconv.Itoa(k)
}

// maxima lists the hours that hold the largest value.
func (h *heat) maxima() (at []string) {
	h.each(func(d time.Time, hour int, c belvedere.Cell) {
		if h.rings(c) {
			at = append(at, "le "+belvedere.LongDate(d)+" à "+hourName(hour))
		}
	})
	return at
}

func (h *heat) rings(c belvedere.Cell) bool {
	return h.ring && c.State.Shown() && c.Value == h.top
}

// desc is the reading of the whole map.
func (h *heat) desc() string {
	if h.o.Desc != "" {
		return h.o.Desc
	}
	var b strings.Builder
	if at := h.maxima(); len(at) > 0 {
		b.WriteString("Le maximum, " + amount(h.col, h.top) + ", est atteint " + at[0])
		if len(at) > 1 {
			b.WriteString(" et " + belvedere.Plural(len(at)-1, "autre fois", "autres fois"))
		}
		b.WriteString(" (cadre rouge). ")
		b.WriteString(h.busy())
	} else {
		b.WriteString("Aucune valeur n’est supérieure à zéro. ")
	}
	b.WriteString(h.sum.sentence())
	return strings.TrimSpace(b.String())
}

// busy says between which hours the mean of the days is near its peak.
func (h *heat) busy() string {
	var sum, n [24]float64
	h.each(func(_ time.Time, hour int, c belvedere.Cell) {
		if c.State.Shown() {
			sum[hour], n[hour] = sum[hour]+c.Value, n[hour]+1
		}
	})
	mean := func(i int) float64 {
		if i < 0 || i > 23 || n[i] == 0 {
			return 0
		}
		return sum[i] / n[i]
	}
	peak := 0
	for i := range sum {
		if mean(i) > mean(peak) {
			peak = i
		}
	}
	from, to := peak, peak
	for mean(from-1) >= .75*mean(peak) && from > 0 {
		from--
	}
	for mean(to+1) >= .75*mean(peak) && to < 23 {
		to++
	}
	if to-from > 14 || mean(peak) <= 0 {
		return ""
	}
	return "En moyenne, les heures les plus chargées vont de " + hourName(from) + " à " + hourName(to+1) + ". "
}

// remarks are the sentences under the map: clock changes, weeks left out, unread rows.
func (h *heat) remarks() (out []string) {
	days := make([]time.Time, 0, len(h.hours))
	for d := range h.hours {
		days = append(days, d)
	}
	sort.Slice(days, func(i, j int) bool { return days[i].Before(days[j]) })
	for _, d := range days {
		for hour := 0; hour < 24; hour++ {
			switch {
			case h.skipped(d, hour):
				out = append(out, capital("le "+belvedere.LongDate(d)+", l’heure de "+hourName(hour)+" n’existe pas (passage à l’heure d’été)."))
			case h.repeated(d, hour) && len(h.hours[d][hour]) > 0:
				out = append(out, capital("le "+belvedere.LongDate(d)+", l’heure de "+hourName(hour)+" dure deux heures (passage à l’heure d’hiver)."))
			}
		}
	}
	if h.cut > 0 {
		out = append(out, "Seules les "+strconv.Itoa(mostWeeks)+" dernières semaines sont montrées"+semicolon+belvedere.Plural(h.cut, "semaine précède", "semaines précèdent")+".")
	}
	if h.unread > 0 {
		out = append(out, belvedere.Plural(h.unread, "ligne n’a pas de jour ou d’heure lisible", "lignes n’ont pas de jour ou d’heure lisible")+".")
	}
	return out
}
