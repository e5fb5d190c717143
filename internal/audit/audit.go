// Package audit keeps the journal of who read, exported, granted or was refused what, and shows
// tampering.
//
// Record returns once its entry is committed; what cannot be kept fails, and its caller answers
// nothing. Each entry is sealed with a key that lies outside the registry, over the seal of the
// one before it: whoever writes into the registry by another way can neither alter, add, move
// nor remove an entry without Verify saying which. The end of the chain is anchored in a file
// beside the registry, and in the codes that people note elsewhere.
package audit

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/secret"
)

const (
	mostWaiting = 1024 // entries that wait for their turn; those that come then wait with their caller
	mostAtOnce  = 256  // entries of one transaction
	mostPatient = 30 * time.Second
)

// Journal records and checks. It is safe for concurrent use; several processes may share one
// registry.
type Journal struct {
	store registry.Journal
	keys  *secret.Keys
	path  string // of the anchor
	now   func() time.Time
	log   *slog.Logger

	mu     sync.RWMutex // held for reading by those who send to in
	closed bool
	in     chan waiting
	ends   chan end // to anchor: the latest stands for those before it
	done   chan struct{}

	perimeters memory

	// Of the goroutine that writes.
	last     link // the last entry that this process wrote
	examined bool // the anchor was compared with the journal
}

// A waiting entry, and whom to tell.
type waiting struct {
	entry registry.Entry
	done  chan error
}

// A link of the chain: an entry and its seal. The zero link is what stands before the first.
type link struct {
	Seq  int64
	Seal string
}

// New opens the journal over a store. AnchorPath is the file of the anchor; several processes
// of one machine share it. Nothing is read or written before the first use.
func New(store registry.Journal, keys *secret.Keys, anchorPath string, now func() time.Time, log *slog.Logger) *Journal {
	j := &Journal{
		store: store, keys: keys, path: anchorPath, now: now, log: log,
		in: make(chan waiting, mostWaiting), ends: make(chan end, 1), done: make(chan struct{}),
	}
	go j.run()
	go j.anchorEnds()
	return j
}

// Record keeps an entry and returns once it is committed. At is now when it is zero; Seq and
// Seal are given by the journal; texts are cut and made visible. When the context ends the
// entry may be kept all the same.
func (j *Journal) Record(ctx context.Context, e registry.Entry) (err error) {
	defer belvedere.Wrap(&err, "Record(%s)", e.Action)
	if e.Action == "" || e.Door == "" || e.Result == "" {
		return belvedere.Errorf(belvedere.Internal, "an entry of the journal needs an action, a door and a result: %q, %q, %q", e.Action, e.Door, e.Result)
	}
	if e.At.IsZero() {
		e.At = j.now()
	}
	w := waiting{tidy(e), make(chan error, 1)}
	if err := j.send(ctx, w); err != nil {
		return err
	}
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (j *Journal) send(ctx context.Context, w waiting) error {
	j.mu.RLock()
	defer j.mu.RUnlock()
	if j.closed {
		return belvedere.Errorf(belvedere.Unavailable, "Le journal est fermé\u00a0: le serveur s’arrête. Réessayez dans un instant.")
	}
	select {
	case j.in <- w:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close keeps what waits, then refuses what comes.
func (j *Journal) Close() error {
	j.mu.Lock()
	if !j.closed {
		j.closed = true
		close(j.in)
	}
	j.mu.Unlock()
	<-j.done
	return nil
}

// run writes what waits in as few transactions as it comes: while one commits, the next gathers.
func (j *Journal) run() {
	defer close(j.ends)
	for w := range j.in {
		batch := []waiting{w}
	gather:
		for len(batch) < mostAtOnce {
			select {
			case w, ok := <-j.in:
				if !ok {
					break gather
				}
				batch = append(batch, w)
			default:
				break gather
			}
		}
		j.flush(batch)
	}
}

// flush commits a batch, tells those who wait, and has the anchor follow.
func (j *Journal) flush(batch []waiting) {
	ctx, cancel := context.WithTimeout(context.Background(), mostPatient)
	defer cancel()
	list := make([]registry.Entry, len(batch))
	for i, w := range batch {
		list[i] = w.entry
	}
	err := j.examine(ctx)
	if err == nil {
		err = j.append(ctx, list)
	}
	if err != nil {
		j.log.Error("the journal cannot be written", "entries", len(batch), "error", err)
	}
	for _, w := range batch {
		w.done <- err
	}
	if err == nil {
		j.anchorAt(end{link: j.last})
	}
}

// append seals and commits entries, and notices when the end that this process knows is gone.
func (j *Journal) append(ctx context.Context, list []registry.Entry) error {
	var before, first, last link
	err := j.store.AppendJournal(ctx, list, func(previous string, e *registry.Entry) error {
		e.Seal = seal(j.keys, previous, *e)
		// A transaction that is tried again begins with the first entry again.
		if last.Seal == "" || last.Seal != previous {
			before, first = link{e.Seq - 1, previous}, link{e.Seq, e.Seal}
		}
		last = link{e.Seq, e.Seal}
		return nil
	})
	if err != nil {
		return err
	}
	known := j.last
	j.last = last
	if known.Seq > 0 && (first.Seq <= known.Seq || before.Seq == known.Seq && before.Seal != known.Seal) {
		return j.report(ctx, "La fin du journal a été supprimée ou modifiée pendant que le serveur tournait\u00a0: "+
			"sa dernière entrée était la n°\u00a0"+number(known.Seq)+", la suivante a reçu le n°\u00a0"+number(first.Seq)+".")
	}
	return nil
}

// report keeps for good that the journal was tampered with, or that its end could not be
// checked, before a new anchor hides it.
func (j *Journal) report(ctx context.Context, detail string) error {
	j.log.Error("the journal was tampered with, or its anchor was", "detail", detail)
	e := tidy(registry.Entry{
		At: j.now(), Login: "serveur", Door: Server, Action: Break, Object: "ancre", Result: Failed, Detail: detail,
	})
	err := j.store.AppendJournal(ctx, []registry.Entry{e}, func(previous string, e *registry.Entry) error {
		e.Seal = seal(j.keys, previous, *e)
		j.last = link{e.Seq, e.Seal}
		return nil
	})
	if err == nil {
		j.anchorAt(end{j.last, true})
	}
	return err
}
