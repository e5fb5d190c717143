package audit

import (
	"context"
	"errors"
	"fmt"
	"math"

	"belvedere/internal/registry"
)

// farthest is how many entries, removed while the others were numbered again, are told from
// other faults.
const farthest = 1000

// diagnose names what was done at the first entry that does not follow. That something was is
// certain; what exactly is the simplest act that explains what stands there now.
func (c *checker) diagnose(ctx context.Context, e registry.Entry) error {
	fault := func(kind FaultKind, seq int64, format string, args ...any) {
		c.r.Fault = &Fault{kind, seq, fmt.Sprintf(format, args...)}
	}
	if e.Seq > c.prev.Seq+1 {
		kind, where := Deleted, ""
		if c.r.Entries == 0 {
			kind, where = Beheaded, " au début du journal"
		}
		fault(kind, c.prev.Seq+1, "Les entrées n°\u00a0%d à %d manquent%s.", c.prev.Seq+1, e.Seq-1, where)
		return nil
	}
	if e.Seq <= c.prev.Seq {
		fault(Inserted, e.Seq, "L’entrée n°\u00a0%d n’a pas été écrite par la console\u00a0: ce numéro était déjà purgé.", e.Seq)
		return nil
	}
	next, found, err := c.after(ctx, e.Seq)
	if err != nil {
		return err
	}
	keys := c.j.keys
	switch {
	case found && (follows(keys, link{e.Seq, e.Seal}, next) || follows(keys, link{e.Seq, seal(keys, c.prev.Seal, e)}, next)):
		fault(Altered, e.Seq, "L’entrée n°\u00a0%d a été modifiée\u00a0: son sceau ne correspond plus à ce qu’elle dit.", e.Seq)
		return nil
	case found && sealedAt(keys, next.Seal, e, next.Seq) == e.Seal:
		fault(Moved, e.Seq, "L’entrée n°\u00a0%d a changé de place avec la suivante.", e.Seq)
		return nil
	case found && (sealedAt(keys, c.prev.Seal, next, e.Seq) == next.Seal || follows(keys, c.prev, next)):
		fault(Inserted, e.Seq, "L’entrée n°\u00a0%d n’a pas été écrite par la console.", e.Seq)
		return nil
	case found && c.renumbered(e, next):
		fault(Deleted, e.Seq, "Des entrées manquent à partir de la n°\u00a0%d, et les suivantes ont été renumérotées.", e.Seq)
		return nil
	}
	moved, err := c.moved(ctx, e)
	switch {
	case err != nil:
		return err
	case moved:
		fault(Moved, e.Seq, "L’entrée n°\u00a0%d n’est pas à sa place\u00a0: la console l’a écrite sous un autre numéro.", e.Seq)
	case !found && c.anchored(c.prev.Seq):
		fault(Inserted, e.Seq, "L’entrée n°\u00a0%d, à la fin, n’a pas été écrite par la console.", e.Seq)
	default:
		fault(Altered, e.Seq, "L’entrée n°\u00a0%d a été modifiée, ou n’a pas été écrite par la console.", e.Seq)
	}
	return nil
}

// after gives the entry that follows a number.
func (c *checker) after(ctx context.Context, seq int64) (next registry.Entry, found bool, err error) {
	err = c.j.store.WalkJournal(ctx, seq+1, func(e registry.Entry) error {
		next, found = e, true
		return errStop
	})
	if errors.Is(err, errStop) {
		err = nil
	}
	return next, found, err
}

// renumbered tells whether two neighbours were written one after the other under higher numbers.
func (c *checker) renumbered(e, next registry.Entry) bool {
	for by := int64(1); by <= farthest; by++ {
		if sealedAt(c.j.keys, e.Seal, next, next.Seq+by) == next.Seal {
			return true
		}
	}
	return false
}

// moved looks for the place where an entry was sealed.
func (c *checker) moved(ctx context.Context, e registry.Entry) (found bool, err error) {
	err = c.j.store.WalkJournal(ctx, math.MinInt64, func(x registry.Entry) error {
		// The one before it stands at its place, or has changed places with it.
		if sealedAt(c.j.keys, x.Seal, e, x.Seq+1) == e.Seal || sealedAt(c.j.keys, x.Seal, e, x.Seq) == e.Seal {
			found = true
			return errStop
		}
		return nil
	})
	if errors.Is(err, errStop) {
		err = nil
	}
	if !found && c.mark.Seq == 0 {
		found = sealedAt(c.j.keys, "", e, 1) == e.Seal // was the very first
	}
	return found, err
}

// anchored tells whether an anchor takes a number for the end.
func (c *checker) anchored(seq int64) bool {
	for _, p := range c.pins {
		if p.seq > seq {
			return false
		}
	}
	return len(c.pins) > 0
}
