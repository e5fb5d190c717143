package connlog

import (
	"slices"

	"belvedere"
	"belvedere/internal/source/record"
	"belvedere/internal/source/sheet"
)

// An entry is one row of a log.
type entry struct {
	line                       int64
	when, user                 string
	profile, medium, way, name string
}

// A writer gives entries as connections. Those whose date may be read in two ways wait for one
// that tells.
type writer struct {
	v       record.Visitor
	tool    string // where to mend, in French
	order   order
	guessed bool // the order was not told by any row
	waiting []entry
	unknown map[string]bool
	keep    func(e entry, instant string) bool // nil keeps all
}

// mostWaiting is how many entries wait for one that tells the order of day and month.
const mostWaiting = 20_000

func newWriter(v record.Visitor, tool string) *writer {
	return &writer{v: v, tool: tool, unknown: map[string]bool{}}
}

// put gives an entry, or keeps it until its date can be read.
func (w *writer) put(e entry) error {
	if e.user == "" {
		return w.fault(e, belvedere.SeverityError, "utilisateur", "", "sans_utilisateur", "La ligne ne dit pas qui s’est connecté"+belvedere.NoBreak+": elle n’est pas comptée.",
			"Exportez le journal avec la colonne des identifiants, ou sans les lignes anonymes.")
	}
	if instant, ok := plain(e.when); ok {
		return w.give(e, instant)
	}
	s, ok := parseSlashed(e.when)
	if !ok {
		return w.unreadable(e)
	}
	if w.order == unsettled {
		w.order = s.tells()
		if w.order == unsettled {
			if w.waiting = append(w.waiting, e); len(w.waiting) < mostWaiting {
				return nil
			}
			return w.guess()
		}
		if err := w.release(); err != nil {
			return err
		}
	}
	return w.dated(e, s)
}

// dated gives an entry whose order is settled.
func (w *writer) dated(e entry, s slashed) error {
	if t := s.tells(); t != unsettled && t != w.order && w.guessed {
		return belvedere.Errorf(belvedere.Invalid, "L’ordre du jour et du mois est incertain dans ce journal"+belvedere.NoBreak+
			": ses premières dates se lisent des deux façons, et la ligne %d contredit l’usage français. Exportez-le depuis %s avec des dates comme 2026-09-14 08:12.", e.line, w.tool)
	}
	instant, ok := s.instant(w.order)
	if !ok {
		return w.unreadable(e)
	}
	return w.give(e, instant)
}

// release gives the entries that waited.
func (w *writer) release() error {
	list := w.waiting
	w.waiting = nil
	for _, e := range list {
		s, _ := parseSlashed(e.when)
		if err := w.dated(e, s); err != nil {
			return err
		}
	}
	return nil
}

// guess reads the dates that wait as the language of the log does, and says so.
func (w *writer) guess() error {
	if len(w.waiting) == 0 {
		return nil
	}
	first := w.waiting[0]
	s, _ := parseSlashed(first.when)
	w.order, w.guessed = dayFirst, true
	said := "jour/mois"
	if s.english {
		w.order, said = monthFirst, "mois/jour"
	}
	if !slices.ContainsFunc(w.waiting, ambiguous) {
		return w.release()
	}
	if err := w.fault(first, belvedere.SeverityWarning, "instant", first.when, "date_ambigue",
		"Aucune date de ce journal ne dit si le jour précède le mois"+belvedere.NoBreak+": elles sont lues "+said+".",
		"Vérifiez une date connue, ou exportez le journal depuis "+w.tool+" avec des dates comme 2026-09-14 08:12."); err != nil {
		return err
	}
	return w.release()
}

// ambiguous tells whether the date of an entry is another one in the other order.
func ambiguous(e entry) bool {
	s, _ := parseSlashed(e.when)
	return s.a != s.b
}

func (w *writer) finish() error { return w.guess() }

func (w *writer) unreadable(e entry) error {
	return w.fault(e, belvedere.SeverityError, "instant", e.when, "date_illisible", "La date de la connexion ne se lit pas"+belvedere.NoBreak+": la ligne n’est pas comptée.",
		"Écrivez les dates comme 2026-09-14 08:12.")
}

func (w *writer) fault(e entry, severity belvedere.Severity, field, value, rule, message, mend string) error {
	f := sheet.Doubt(e.line, field, value, rule, message, mend)
	f.Severity = severity
	return w.v.Fault(f)
}

func (w *writer) give(e entry, instant string) error {
	if w.keep != nil && !w.keep(e, instant) {
		return nil
	}
	said := func(s string) record.Value { return record.Value{Text: s, Present: s != ""} }
	return w.v.Record(record.Record{Kind: Connection, Line: e.line, Values: []record.Value{
		said(instant), said(e.user), said(e.profile), said(e.medium), said(e.way), said(e.name)}})
}
