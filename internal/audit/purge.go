package audit

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/secret"
)

// Months that entries are kept: what the CNIL advises for such journals.
const (
	LeastMonths  = 6
	NormalMonths = 12
	MostMonths   = 36
)

// Retention reads the setting; "" is NormalMonths.
func Retention(value string) (months int, err error) {
	if value == "" {
		return NormalMonths, nil
	}
	months, err = strconv.Atoi(value)
	if err != nil || months < LeastMonths || months > MostMonths {
		return NormalMonths, belvedere.Errorf(belvedere.Invalid,
			"La durée de conservation du journal, «\u00a0%s\u00a0», doit être un nombre de mois de %d à %d.", visible(value, 20), LeastMonths, MostMonths)
	}
	return months, nil
}

// Cutoff is the instant before which entries are no longer kept.
func Cutoff(now time.Time, months int) time.Time { return now.UTC().AddDate(0, -months, 0) }

// A mark stands in the place of the entries that a purge removed: the chain goes on from it.
type mark struct {
	Seq    int64  `json:"entree"` // last one removed
	Seal   string `json:"sceau"`  // its seal
	Before int64  `json:"avant"`  // microseconds: what is older was removed
	At     int64  `json:"le"`     // microseconds
	Code   string `json:"code"`   // of the four others
}

func (m mark) link() link { return link{m.Seq, m.Seal} }

func (m mark) code(keys *secret.Keys) string {
	return hex.EncodeToString(keys.MAC(secret.Journal+"/purge", whole(m.Seq), []byte(m.Seal), whole(m.Before), whole(m.At)))
}

// errBadMark is a mark that this journal did not write.
var errBadMark = errors.New("the mark of the purge was altered")

// mark reads the mark, zero when nothing was ever purged.
func (j *Journal) mark(ctx context.Context) (m mark, err error) {
	text, err := j.store.JournalMark(ctx)
	if err != nil || text == "" {
		return m, err
	}
	if json.Unmarshal([]byte(text), &m) != nil || m.Seq < 1 || !secret.Equal([]byte(m.code(j.keys)), []byte(m.Code)) {
		return mark{}, errBadMark
	}
	return m, nil
}

// Purge removes the entries before an instant, from the first on, and records that it did. It
// checks what it removes: a journal that was tampered with stays whole until someone has looked.
func (j *Journal) Purge(ctx context.Context, before time.Time) (removed int64, err error) {
	defer belvedere.Wrap(&err, "Purge(%v)", before)
	tampered := func() error {
		return belvedere.Errorf(belvedere.Conflict, "Le journal présente une anomalie parmi les entrées à purger. "+
			"Rien n’a été supprimé. Lancez «\u00a0belvedere audit verify\u00a0» et conservez une sauvegarde.")
	}
	start, err := j.mark(ctx)
	if errors.Is(err, errBadMark) {
		return 0, tampered()
	} else if err != nil {
		return 0, err
	}
	last := start.link()
	err = j.store.WalkJournal(ctx, math.MinInt64, func(e registry.Entry) error {
		if !e.At.Before(before) {
			return errStop
		}
		if !follows(j.keys, last, e) {
			return tampered()
		}
		last = link{e.Seq, e.Seal}
		removed++
		return nil
	})
	if err != nil && !errors.Is(err, errStop) {
		return 0, err
	}
	if removed == 0 {
		return 0, nil
	}
	m := mark{Seq: last.Seq, Seal: last.Seal, Before: before.UnixMicro(), At: j.now().UnixMicro()}
	m.Code = m.code(j.keys)
	text, err := json.Marshal(m)
	if err != nil {
		return 0, err
	}
	if err := j.store.PurgeJournal(ctx, last.Seq, string(text)); err != nil {
		return 0, err
	}
	return removed, j.Record(ctx, registry.Entry{
		Login: "serveur", Door: Server, Action: Purged, Result: Done,
		Object: "entrées jusqu’à la n°\u00a0" + number(last.Seq),
		Detail: belvedere.Plural(int(removed), "entrée antérieure", "entrées antérieures") + " au " + belvedere.DayMonthYear(before.UTC()),
	})
}
