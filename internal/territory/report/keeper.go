package report

import (
	"context"
	"maps"
	"sync"
	"time"

	"belvedere/internal/registry"
)

// mostHeld bounds the receipts, and the parts, that are known to be kept without asking the registry.
const mostHeld = 20_000

// keepPatience is how long a transaction of receipts may last.
const keepPatience = 30 * time.Second

// A keeper keeps receipts before their results are shown, at the cost of what is new only: it
// knows those kept last, and while one transaction commits the receipts of others gather for the next.
type keeper struct {
	store registry.Receipts

	mu      sync.Mutex
	known   map[string]heldReceipt // by hash
	parts   map[string]bool
	waiting []*keeping
	busy    bool // someone writes, and will write what waits
}

// A heldReceipt is what the registry gave for a hash.
type heldReceipt struct {
	code  string
	at    time.Time
	filed bool
}

// A keeping is what one asker waits for.
type keeping struct {
	list  []registry.NewReceipt
	parts map[string]string
	kept  []registry.Receipt
	err   error
	done  chan struct{}
}

func newKeeper(store registry.Receipts) *keeper {
	return &keeper{store: store, known: map[string]heldReceipt{}, parts: map[string]bool{}}
}

// held finds a receipt that is known to be kept; for a file, to be kept as one of files.
func (k *keeper) held(hash string, filed bool) (heldReceipt, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	h, ok := k.known[hash]
	return h, ok && (h.filed || !filed)
}

// holds tells whether a part is known to be kept.
func (k *keeper) holds(part string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.parts[part]
}

// keep returns once the receipts are committed. When the context ends they may be kept all the same.
func (k *keeper) keep(ctx context.Context, list []registry.NewReceipt, parts map[string]string) ([]registry.Receipt, error) {
	mine := &keeping{list: list, parts: parts, done: make(chan struct{})}
	k.mu.Lock()
	k.waiting = append(k.waiting, mine)
	lead := !k.busy
	k.busy = true
	k.mu.Unlock()
	if lead {
		k.write(context.WithoutCancel(ctx))
	}
	select {
	case <-mine.done:
		return mine.kept, mine.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// write commits what waits, until nothing does.
func (k *keeper) write(ctx context.Context) {
	for {
		k.mu.Lock()
		batch := k.waiting
		k.waiting = nil
		if len(batch) == 0 {
			k.busy = false
			k.mu.Unlock()
			return
		}
		var list []registry.NewReceipt
		parts := map[string]string{}
		for _, one := range batch {
			list = append(list, one.list...)
			maps.Copy(parts, one.parts)
		}
		maps.DeleteFunc(parts, func(name, _ string) bool { return k.parts[name] })
		k.mu.Unlock()
		k.commit(ctx, batch, list, parts)
	}
}

// commit writes one transaction and tells those who wait for it.
func (k *keeper) commit(ctx context.Context, batch []*keeping, list []registry.NewReceipt, parts map[string]string) {
	ctx, cancel := context.WithTimeout(ctx, keepPatience)
	defer cancel()
	kept, err := k.store.KeepReceipts(ctx, list, parts)
	if err == nil {
		k.mu.Lock()
		if len(k.known) > mostHeld || len(k.parts) > mostHeld {
			k.known, k.parts = map[string]heldReceipt{}, map[string]bool{}
		}
		for _, r := range kept {
			k.known[r.Hash] = heldReceipt{r.Code, r.At, r.Filed}
		}
		for name := range parts {
			k.parts[name] = true
		}
		k.mu.Unlock()
	}
	for _, one := range batch {
		if one.err = err; err == nil {
			one.kept, kept = kept[:len(one.list):len(one.list)], kept[len(one.list):]
		}
		close(one.done)
	}
}

// purge forgets receipts by rule. Nothing is written meanwhile: a part that is known to be kept
// could go with the last receipt that named it.
func (k *keeper) purge(ctx context.Context, screens, files time.Time) (int, error) {
	for {
		k.mu.Lock()
		if !k.busy {
			break
		}
		k.mu.Unlock()
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	k.busy = true
	k.mu.Unlock()
	n, err := k.store.PurgeReceipts(ctx, screens, files)
	k.mu.Lock()
	k.known, k.parts = map[string]heldReceipt{}, map[string]bool{}
	k.mu.Unlock()
	k.write(context.WithoutCancel(ctx)) // what came meanwhile
	return n, err
}

// PurgeReceipts forgets receipts issued before an instant, one for those seen on screen only and
// one for those of files, and says how many.
func (r *Reporter) PurgeReceipts(ctx context.Context, screens, files time.Time) (int, error) {
	return r.keeper.purge(ctx, screens, files)
}
