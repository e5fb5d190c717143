package chart

import (
	"time"

	"belvedere"
)

// This file places the rows of a result on the clock of the territory.

// read fills the hours from the rows; false when none can be read.
func (h *heat) read(r *belvedere.Result) bool {
	if r == nil || len(r.Columns) == 0 {
		return false
	}
	h.col = r.Columns[max(0, min(h.o.Column, len(r.Columns)-1))]
	h.col.Decimals = max(0, min(6, h.col.Decimals))
	day, hour := dimAt(r, "jour", 0), dimAt(r, "heure", 1)
	for _, row := range r.Rows {
		d, ok := readDate(keyAt(row, day).Code)
		if !ok {
			h.unread++
			continue
		}
		if len(r.Dims) == 1 {
			h.across(d, r, row)
			continue
		}
		at, ok := readHour(keyAt(row, hour).Code)
		if !ok {
			h.unread++
			continue
		}
		h.put(d, at, cellAt(row, max(0, min(h.o.Column, len(r.Columns)-1))))
	}
	return len(h.hours) > 0
}

// clocked tells whether a result is a timetable: hours of days, in lines or in columns.
func clocked(r *belvedere.Result) bool {
	if r == nil || len(r.Dims) == 0 || len(r.Dims) > 2 {
		return r == nil || len(r.Dims) == 0
	}
	var days, hours bool
	for _, d := range r.Dims {
		days, hours = days || d.Name == "jour", hours || d.Name == "heure"
	}
	for _, c := range r.Columns {
		for _, f := range c.Where {
			hours = hours || f.Dim == "heure"
		}
	}
	return days && hours
}

func dimAt(r *belvedere.Result, name string, otherwise int) int {
	for i, d := range r.Dims {
		if d.Name == name {
			return i
		}
	}
	return otherwise
}

// across reads a row whose columns are hours.
func (h *heat) across(d time.Time, r *belvedere.Result, row belvedere.ResultRow) {
	for j, c := range r.Columns {
		for _, f := range c.Where {
			if f.Dim != "heure" || len(f.Values) != 1 || f.Not {
				continue
			}
			if at, ok := readHour(f.Values[0]); ok {
				h.put(d, at, cellAt(row, j))
			}
		}
	}
}

func (h *heat) put(d time.Time, hour int, c belvedere.Cell) {
	if h.hours[d] == nil {
		h.hours[d] = new([24][]belvedere.Cell)
		if h.first.IsZero() || d.Before(h.first) {
			h.first = d
		}
		if d.After(h.last) {
			h.last = d
		}
	}
	if slot := &h.hours[d][hour]; len(*slot) < 2 {
		*slot = append(*slot, c)
	}
}

func mondayOf(d time.Time) time.Time { return d.AddDate(0, 0, -(int(d.Weekday())+6)%7) }

// cutWeeks keeps the last weeks of a long result.
func (h *heat) cutWeeks() {
	weeks := int(mondayOf(h.last).Sub(mondayOf(h.first)).Hours()/24/7) + 1
	if weeks <= mostWeeks {
		return
	}
	h.cut = weeks - mostWeeks
	h.first = mondayOf(h.last).AddDate(0, 0, -7*(mostWeeks-1))
	for d := range h.hours {
		if d.Before(h.first) {
			delete(h.hours, d)
		}
	}
}

// cells gives what an hour shows: nothing outside of the result, after Today or where the
// clock skips it.
func (h *heat) cells(d time.Time, hour int) []belvedere.Cell {
	if d.Before(h.first) || d.After(h.last) || h.skipped(d, hour) {
		return nil
	}
	if day := h.hours[d]; day != nil && len(day[hour]) > 0 {
		return day[hour]
	}
	if !h.o.Today.IsZero() && d.After(h.o.Today) {
		return nil
	}
	return []belvedere.Cell{{State: belvedere.Expected}}
}

// skipped and repeated tell what a clock change does to an hour.
func (h *heat) skipped(d time.Time, hour int) bool {
	if h.zone == nil || h.hours[d] != nil && h.shownAt(d, hour) {
		return false
	}
	return time.Date(d.Year(), d.Month(), d.Day(), hour, 0, 0, 0, h.zone).Hour() != hour
}

func (h *heat) shownAt(d time.Time, hour int) bool {
	for _, c := range h.hours[d][hour] {
		if c.State.Shown() {
			return true
		}
	}
	return false
}

func (h *heat) repeated(d time.Time, hour int) bool {
	if h.zone == nil {
		return false
	}
	t := time.Date(d.Year(), d.Month(), d.Day(), hour, 30, 0, 0, h.zone)
	return t.Add(time.Hour).Hour() == t.Hour() || t.Add(-time.Hour).Hour() == t.Hour()
}

// each visits all hours of the weeks in order.
func (h *heat) each(visit func(d time.Time, hour int, c belvedere.Cell)) {
	for d := h.first; !d.After(h.last); d = d.AddDate(0, 0, 1) {
		for hour := 0; hour < 24; hour++ {
			for _, c := range h.cells(d, hour) {
				visit(d, hour, c)
			}
		}
	}
}
