package chart

import (
	"hash/fnv"
	"io"
	"strconv"
	"sync"
	"time"

	"belvedere"
)

// Options say what a result does not: how the chart is called and what surrounds it. The zero
// value draws with sensible defaults.
type Options struct {
	ID    string // unique in the page; made of the title and the columns when empty
	Title string // "Évolution du nombre d’élèves"; the labels of the columns when empty
	Desc  string // replaces the computed description

	// Today is the last day that can have data: what lies after it is to come, not missing.
	Today time.Time
	// Zone is the clock of the territory, Europe/Paris when nil: days of 23 and 25 hours.
	Zone *time.Location

	Compare  string            // key of a column drawn as the dashed comparison of the others
	Marks    []Mark            // events along the axis of Lines
	Groups   map[string]string // code of a line of Bars → its group; groups are set apart
	Absolute bool              // Stacked: lengths are counts, not shares
	Column   int               // column that Heat and Map draw
	Outlines []Outline         // ground of Map

	// Running is the code of a step of Lines that is not over: a school year or a month whose
	// counts still grow. Its part of the line is dotted and said, lest it read as a fall.
	Running string
}

// A Mark is an event: a dotted line before the point of the axis with that code.
type Mark struct {
	Code, Label string
	broken      bool // a change of definition: dashed, not dotted
}

// An Outline is a polygon of the ground of a map: rings of longitude and latitude, in degrees.
// Border draws it as the limit of the territory, otherwise as a commune.
type Outline struct {
	Name   string
	Border bool
	Rings  [][][2]float64
}

// The kinds of chart, as declared in a page.
const (
	KindLines   = "lignes"
	KindBars    = "barres"
	KindStacked = "empilees"
	KindHeat    = "chaleur"
	KindMap     = "carte"
)

// Draw writes the chart of a declared kind. An unknown kind is an Invalid error; all other
// errors come from w.
func Draw(w io.Writer, kind string, r *belvedere.Result, o Options) error {
	if err := draw(w, kind, r, o); err != nil {
		return err
	}
	return sayBreaks(w, r)
}

func draw(w io.Writer, kind string, r *belvedere.Result, o Options) error {
	switch kind {
	case KindLines:
		return Lines(w, r, o)
	case KindBars:
		return Bars(w, r, o)
	case KindStacked:
		return Stacked(w, r, o)
	case KindHeat:
		return Heat(w, r, o)
	case KindMap:
		return Map(w, r, o)
	case KindScatter:
		return Scatter(w, r, o)
	case KindSteps:
		return Steps(w, r, o)
	}
	return belvedere.Errorf(belvedere.Invalid, "Le genre de graphique « %s » n’existe pas.", kind)
}

// id is a name fit for an attribute: what the caller gave, reduced to safe characters.
func (o Options) id(r *belvedere.Result) string {
	if safe := safeID(o.ID); safe != "" {
		return safe
	}
	h := fnv.New32a()
	io.WriteString(h, o.Title)
	if r != nil {
		io.WriteString(h, r.Receipt.Hash)
		for _, c := range r.Columns {
			io.WriteString(h, c.Key)
		}
	}
	return "g" + strconv.FormatUint(uint64(h.Sum32()), 36)
}

func safeID(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s) && len(b) < 60; i++ {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			b = append(b, c)
		case c >= '0' && c <= '9', c == '-', c == '_':
			if len(b) == 0 {
				b = append(b, 'g')
			}
			b = append(b, c)
		}
	}
	return string(b)
}

// zone is the clock of the territory, nil when it cannot be had.
func (o Options) zone() *time.Location {
	if o.Zone != nil {
		return o.Zone
	}
	return paris()
}

var paris = sync.OnceValue(func() *time.Location {
	loc, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		return nil
	}
	return loc
})
