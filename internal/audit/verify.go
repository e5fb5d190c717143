package audit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// A Report is what a verification found.
type Report struct {
	Entries      int64 // checked
	First, Last  int64 // their numbers
	Since, Until time.Time
	Purged       int64     // number of the last entry that a purge removed, 0 for none
	PurgedBefore time.Time // the instant of that purge

	Fault  *Fault           // the first one, nil for a sound journal
	Breaks []registry.Entry // what the journal itself has noticed and kept, the first 100
	Notes  []string         // what could not be checked, and why
	Anchor string           // code of the end, to note elsewhere; "" with a fault
}

// OK tells whether the journal is as it was written, as far as the anchors reach.
func (r Report) OK() bool { return r.Fault == nil }

// A FaultKind is what was done to the journal.
type FaultKind string

// The kinds of fault, as people read them.
const (
	Altered        FaultKind = "entrée modifiée"
	Deleted        FaultKind = "entrées supprimées"
	Inserted       FaultKind = "entrée ajoutée"
	Moved          FaultKind = "entrée déplacée ou recopiée"
	Truncated      FaultKind = "fin supprimée"
	Beheaded       FaultKind = "début supprimé"
	ForgedMark     FaultKind = "marque de purge falsifiée"
	BadAnchor      FaultKind = "ancre falsifiée"
	LostAnchor     FaultKind = "ancre absente"
	AlteredSchools FaultKind = "périmètre modifié"
)

// A Fault is the first place where the journal is not what was written.
type Fault struct {
	Kind    FaultKind
	Seq     int64 // number of the first bad entry, or of the first that is missing; 0 when it is none
	Message string
}

// mostBreaks bounds the breaks of a report.
const mostBreaks = 100

// Verify reads the whole journal and compares it with the anchor of this machine and with those
// that were noted elsewhere. Its error is about the verification itself: Invalid for an anchor
// that is none.
func (j *Journal) Verify(ctx context.Context, anchors ...string) (r Report, err error) {
	defer belvedere.Wrap(&err, "Verify")
	var pins []pin
	for _, text := range anchors {
		p, err := parseNoted(j.keys, text)
		if err != nil {
			return r, err
		}
		pins = append(pins, p)
	}
	// A purge that runs meanwhile moves the beginning: look again.
	for range 3 {
		before, err := j.store.JournalMark(ctx)
		if err != nil {
			return r, err
		}
		if r, err = j.verify(ctx, slices.Clone(pins)); err != nil || r.Fault == nil {
			return r, err
		}
		after, err := j.store.JournalMark(ctx)
		if err != nil || after == before {
			return r, err
		}
	}
	return r, nil
}

// verify is one look at the journal.
func (j *Journal) verify(ctx context.Context, pins []pin) (r Report, err error) {
	// The anchor is read before the journal: what comes meanwhile is later than it.
	a, err := j.readAnchor()
	var lost *Fault
	switch {
	case err == nil:
		pins = append(pins, pin{a.Seq, "l’ancre de ce serveur", func(l link) bool { return l == link{a.Seq, a.Seal} }})
	case errors.Is(err, fs.ErrNotExist):
		lost = &Fault{LostAnchor, 0, "Le fichier de l’ancre manque\u00a0: rien ne prouve que la fin du journal n’a pas été supprimée. Donnez une ancre notée ailleurs (--anchor)."}
	case errors.Is(err, errBadAnchor):
		r.Fault = &Fault{BadAnchor, 0, "Le fichier de l’ancre a été modifié, ou vient d’une autre installation."}
		return r, nil
	default:
		return r, err
	}
	c := &checker{j: j, pins: pins, met: make([]bool, len(pins)), perimeters: map[string]int64{}, r: &r}
	if err := c.chain(ctx); err != nil || r.Fault != nil {
		return r, err
	}
	if c.ends(); r.Fault != nil {
		return r, nil
	}
	if lost != nil && c.prev.Seq > 0 && len(pins) == 0 {
		r.Fault = lost
		return r, nil
	}
	if err := c.schools(ctx); err != nil || r.Fault != nil {
		return r, err
	}
	r.Anchor = noted(j.keys, c.prev)
	return r, nil
}

// A checker walks along the chain.
type checker struct {
	j          *Journal
	mark       mark
	prev       link
	pins       []pin
	met        []bool
	perimeters map[string]int64 // names, with the first entry that bears them
	unread     bool             // there are more of them
	r          *Report
}

// chain follows the seals to the end or to the first that is wrong.
func (c *checker) chain(ctx context.Context) (err error) {
	c.mark, err = c.j.mark(ctx)
	if errors.Is(err, errBadMark) {
		c.r.Fault = &Fault{ForgedMark, 0, "La marque de purge n’est pas celle que la console a écrite\u00a0: des entrées du début ont pu être supprimées."}
		return nil
	} else if err != nil {
		return err
	}
	c.prev = c.mark.link()
	if c.r.Purged = c.mark.Seq; c.mark.Seq > 0 {
		c.r.PurgedBefore = time.UnixMicro(c.mark.Before).UTC()
		c.pin(c.prev)
	}
	var bad *registry.Entry
	err = c.j.store.WalkJournal(ctx, math.MinInt64, func(e registry.Entry) error {
		if !follows(c.j.keys, c.prev, e) {
			bad = &e
			return errStop
		}
		c.sound(e)
		return nil
	})
	if bad != nil {
		return c.diagnose(ctx, *bad)
	}
	return err
}

// sound counts an entry that is as it was written.
func (c *checker) sound(e registry.Entry) {
	if c.r.Entries++; c.r.Entries == 1 {
		c.r.First, c.r.Since = e.Seq, e.At
	}
	c.r.Last, c.r.Until = e.Seq, e.At
	c.prev = link{e.Seq, e.Seal}
	c.pin(c.prev)
	if e.Action == Break && len(c.r.Breaks) < mostBreaks {
		c.r.Breaks = append(c.r.Breaks, e)
	}
	if e.Perimeter != AllSchools && e.Perimeter != NoSchool {
		switch _, known := c.perimeters[e.Perimeter]; {
		case known:
		case len(c.perimeters) < mostNames:
			c.perimeters[e.Perimeter] = e.Seq
		default:
			c.unread = true
		}
	}
}

// pin compares a link with the anchors that name its number.
func (c *checker) pin(l link) {
	for i, p := range c.pins {
		if p.seq == l.Seq {
			c.met[i] = p.matches(l)
		}
	}
}

// ends judges the anchors that the chain did not meet.
func (c *checker) ends() {
	for i, p := range c.pins {
		switch {
		case c.met[i] || p.seq == 0:
		case p.seq > c.prev.Seq:
			c.r.Fault = &Fault{Truncated, c.prev.Seq + 1, fmt.Sprintf("Les entrées n°\u00a0%d à %d manquent à la fin\u00a0: %s les connaît.", c.prev.Seq+1, p.seq, p.where)}
		case p.seq < c.mark.Seq:
			c.r.Notes = append(c.r.Notes, fmt.Sprintf("L’entrée n°\u00a0%d, que désigne %s, a été purgée depuis\u00a0: elle ne peut plus être comparée.", p.seq, p.where))
		default:
			c.r.Fault = &Fault{Altered, p.seq, fmt.Sprintf("L’entrée n°\u00a0%d n’est pas celle que désigne %s.", p.seq, p.where)}
		}
		if c.r.Fault != nil {
			return
		}
	}
}

// schools compares each list of schools with its name, which is its hash.
func (c *checker) schools(ctx context.Context) error {
	if c.unread {
		c.r.Notes = append(c.r.Notes, fmt.Sprintf("Le journal nomme plus de %d listes d’établissements : les suivantes n’ont pas été comparées.", mostNames))
	}
	for _, name := range slices.Sorted(maps.Keys(c.perimeters)) {
		list, err := c.j.store.Perimeter(ctx, name)
		if err != nil && belvedere.KindOf(err) != belvedere.NotFound {
			return err
		}
		slices.Sort(list)
		if perimeterName(list) != name {
			seq := c.perimeters[name]
			c.r.Fault = &Fault{AlteredSchools, seq, fmt.Sprintf("La liste des établissements de l’entrée n°\u00a0%d a été modifiée.", seq)}
			return nil
		}
	}
	return nil
}
