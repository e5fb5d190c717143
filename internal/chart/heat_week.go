package chart

import (
	"strconv"
	"strings"
	"time"

	"belvedere"
)

// Places of a timetable: % across, px down.
const (
	heatLeft  = 9.5
	heatStep  = 12.9
	heatWidth = 12.4
	heatTop   = 34.0
	heatRow   = 16.0
	heatHigh  = 15.0
)

// week draws one timetable.
func (h *heat) week(monday time.Time, n int) {
	name, closed := weekName(monday), h.closed(monday)
	h.s(`<figure><h3>`).t(name)
	if closed != "" {
		h.s(` <span>`).t(closed).s(`</span>`)
	}
	h.s(`</h3>`)
	title := name
	if h.o.Title != "" {
		title = h.o.Title + ", " + strings.ToLower(name[:1]) + name[1:]
	}
	part := h.id + "-s" + strconv.Itoa(n)
	h.s(`<svg class="chart heat" height="444" data-heat="" data-from="`, monday.Format("2006-01-02"), `"`)
	h.named(part, title, h.weekDesc(monday))
	if n == 0 {
		h.hatches()
	}
	for i := 0; i < 7; i++ {
		d := monday.AddDate(0, 0, i)
		h.text("middle", dayX(i)+heatWidth/2, 11, belvedere.DayName(d.Weekday())[:3]+".")
		h.text("strong middle", dayX(i)+heatWidth/2, 26, strconv.Itoa(d.Day()))
	}
	var rings []byte
	for hour := 0; hour < 24; hour++ {
		if hour%3 == 0 {
			h.text("end", 7.5, hourY(hour)+12, hourName(hour))
		}
		for i := 0; i < 7; i++ {
			rings = append(rings, h.slot(monday.AddDate(0, 0, i), i, hour)...)
		}
	}
	h.totals(monday)
	h.s(string(rings), `</svg></figure>`)
}

func dayX(i int) float64     { return heatLeft + heatStep*float64(i) }
func hourY(hour int) float64 { return heatTop + heatRow*float64(hour) }

// slot draws one hour and gives back the ring that must lie over its neighbours.
func (h *heat) slot(d time.Time, i, hour int) []byte {
	cells := h.cells(d, hour)
	if len(cells) == 0 {
		words := "hors de la période"
		if h.skipped(d, hour) {
			words = "cette heure n’existe pas"
		}
		h.s(`<rect class="out"`).place(dayX(i), hourY(hour), heatWidth).s(` data-v="`, words, `"/>`)
		return nil
	}
	var rings []byte
	width := heatWidth / float64(len(cells))
	for k, c := range cells {
		x := dayX(i) + float64(k)*width
		w := width
		if len(cells) > 1 {
			w -= .3
		}
		h.s(`<rect`)
		if c.State.Shown() {
			h.s(` class="`, h.shade(c.Value), `"`)
		} else {
			h.missing()
		}
		h.place(x, hourY(hour), w).s(` data-v="`).t(h.said(c)).s(`"/>`)
		if c.State == belvedere.Partial && h.partial {
			h.s(`<rect class="partial-edge"`).place(x, hourY(hour), w).s(`/>`)
		}
		if h.rings(c) {
			b := len(h.b)
			h.s(`<rect class="ring halo"`).place(x, hourY(hour), w).s(`/><rect class="ring"`).place(x, hourY(hour), w).s(`/>`)
			rings = append(rings, h.b[b:]...)
			h.b = h.b[:b]
		}
	}
	return rings
}

func (p *page) place(x, y, width float64) *page {
	return p.pc("x", x).a("y", y).pc("width", width).s(` height="15"`)
}

// said is what a reader learns of one hour.
func (h *heat) said(c belvedere.Cell) string {
	switch {
	case !c.State.Shown():
		return word(c)
	case c.State == belvedere.Partial:
		return figure(h.col, c.Value) + ", partiel"
	}
	return figure(h.col, c.Value)
}

// totals writes the sum of each day under its column; a sum that lacks hours is marked. Rates
// do not add up and have none.
func (h *heat) totals(monday time.Time) {
	if h.col.Percent || h.col.Rate || h.col.Unit == "%" {
		return
	}
	for i := 0; i < 7; i++ {
		d := monday.AddDate(0, 0, i)
		sum, shown, lacks := 0.0, false, false
		for hour := 0; hour < 24; hour++ {
			for _, c := range h.cells(d, hour) {
				if c.State.Shown() {
					sum, shown = sum+c.Value, true
				}
				lacks = lacks || !c.State.Shown() || c.State == belvedere.Partial && h.partial
			}
		}
		if !shown {
			continue
		}
		class := "middle"
		if lacks {
			class = "middle partial"
		}
		h.text(class, dayX(i)+heatWidth/2, 435, compact(sum, h.col.Decimals))
	}
}

// weekDesc says the range of one week.
func (h *heat) weekDesc(monday time.Time) string {
	var t tally
	top, at := 0.0, ""
	for i := 0; i < 7; i++ {
		d := monday.AddDate(0, 0, i)
		for hour := 0; hour < 24; hour++ {
			for _, c := range h.cells(d, hour) {
				t.add(c)
				if c.State.Shown() && (at == "" || c.Value > top) {
					top, at = c.Value, belvedere.LongDate(d)+" à "+hourName(hour)
				}
			}
		}
	}
	if at == "" {
		return strings.TrimSpace("Aucune valeur cette semaine. " + t.sentence())
	}
	return strings.TrimSpace("Maximum " + amount(h.col, top) + " en une heure, le " + at + ". " + t.sentence())
}

// weekName is "Semaine du 27 octobre au 2 novembre 2025".
func weekName(monday time.Time) string {
	sunday := monday.AddDate(0, 0, 6)
	from := belvedere.DayMonthYear(monday)
	switch {
	case monday.Month() == sunday.Month():
		from, _, _ = strings.Cut(from, " ")
	case monday.Year() == sunday.Year():
		from = from[:strings.LastIndex(from, " ")]
	}
	return "Semaine du " + from + " au " + belvedere.DayMonthYear(sunday)
}

// closed names the public holidays of a week: "11, férié".
func (h *heat) closed(monday time.Time) string {
	var out []string
	for i := 0; i < 5; i++ {
		d := monday.AddDate(0, 0, i)
		if words := holiday(d); words != "" && !d.Before(h.first) && !d.After(h.last) {
			out = append(out, strconv.Itoa(d.Day())+", "+words)
		}
	}
	return strings.Join(out, semicolon)
}

// ramp is the key: the classes with the value from which each starts, then the hatch.
func (h *heat) ramp() {
	h.s(`<ul class="key ramp" aria-label="`).t(columnLabel(h.col)).s(`, valeurs de chaque teinte">`)
	if !h.noZero {
		h.s(`<li><svg width="100%" height="10" aria-hidden="true"><rect class="q0" width="100%" height="10"/></svg>0</li>`)
	}
	for i, v := range h.bounds {
		h.s(`<li><svg width="100%" height="10" aria-hidden="true"><rect class="`, h.shade(v), `" width="100%" height="10"/></svg>`)
		h.t(h.rampLabel(v))
		if i == len(h.bounds)-1 {
			h.s(`<span class="hidden-words"> et plus</span>`)
		}
		h.s(`</li>`)
	}
	if len(h.sum.words) > 0 {
		h.s(`<li class="apart"><svg width="40" height="10" aria-hidden="true"><rect width="40" height="10"`).missing().s(`/></svg>`)
		h.t(h.sum.legend()).s(`</li>`)
	}
	if h.partial {
		h.s(`<li class="apart"><svg width="40" height="10" aria-hidden="true"><rect class="partial-edge" x="1" y="1" width="38" height="8"/></svg>partiel</li>`)
	}
	h.s(`</ul>`)
}

func (h *heat) rampLabel(v float64) string {
	if h.col.Percent {
		return belvedere.FormatNumber(v*100, decimalsOf(v*100)) + belvedere.NarrowSpace + "%"
	}
	if v >= 1e6 {
		return compact(v, 0)
	}
	return belvedere.FormatNumber(v, decimalsOf(v))
}
