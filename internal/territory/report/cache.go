package report

import (
	"fmt"
	"slices"
	"sync"

	"belvedere"
)

// A cache keeps the last answers by a key that holds all they depend on: question, definitions,
// edition, rights. An entry is never wrong, only old; the least recently used goes first. It is
// bounded by entries and by bytes, because whoever asks chooses the keys.
type cache[K comparable, V any] struct {
	mu          sync.Mutex
	most        int // entries
	bytes, held int // allowed, and held by the estimate of those who put
	items       map[K]*entry[V]
	clock       int64
}

type entry[V any] struct {
	value V
	size  int
	used  int64
}

func newCache[K comparable, V any](most, bytes int) *cache[K, V] {
	return &cache[K, V]{most: most, bytes: bytes, items: map[K]*entry[V]{}}
}

func (c *cache[K, V]) get(key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.items[key]
	if !ok {
		var none V
		return none, false
	}
	c.clock++
	e.used = c.clock
	return e.value, true
}

// put keeps a value of about size bytes. One that would take over a quarter of the cache is not
// kept: it would drive out what everyone asks.
func (c *cache[K, V]) put(key K, v V, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if text, ok := any(key).(string); ok {
		size += len(text)
	}
	if c.most <= 0 || size > c.bytes/4 {
		return
	}
	c.drop(key)
	for len(c.items) >= c.most || c.held+size > c.bytes {
		c.dropOldest()
	}
	c.clock++
	c.held += size
	c.items[key] = &entry[V]{v, size, c.clock}
}

func (c *cache[K, V]) dropOldest() {
	var oldest K
	found := false
	for k, e := range c.items {
		if !found || e.used < c.items[oldest].used {
			oldest, found = k, true
		}
	}
	c.drop(oldest)
}

func (c *cache[K, V]) drop(key K) {
	if e, ok := c.items[key]; ok {
		c.held -= e.size
		delete(c.items, key)
	}
}

func (c *cache[K, V]) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.items)
	c.held = 0
}

// keySize is about what one line of a map or one name costs, in bytes.
const keySize = 64

// resultSize is about what a result holds, in bytes. Details of keys are shared with the register.
func resultSize(r *belvedere.Result) int {
	row := 64*len(r.Dims) + 48*len(r.Columns) + 64
	return row*len(r.Rows) + 512*len(r.Columns) + keySize*len(r.Coverage.Missing)
}

// perimeterKey names the schools that a query counts: edition, rights, filters, period. It is ""
// when the rights have no fingerprint, and then nothing is kept.
func (a *answer) perimeterKey(what ...any) string {
	if a.scope.Fingerprint == "" {
		return ""
	}
	var where []belvedere.Filter
	for _, f := range a.q.Where {
		if f.Dim == "etablissement" || slices.Contains(attributeDims, f.Dim) {
			where = append(where, f)
		}
	}
	return fmt.Sprintf("%d %q %s %#v %d %d %#v", a.edition.Number, a.scope.Fingerprint, a.directory.edits, where, a.q.Period.From.Unix(), a.q.Period.To.Unix(), what)
}

// attributeDims are the attributes of the register that filters may name.
var attributeDims = []string{"type", "secteur", "commune", "departement", "academie"}

// copied gives a result of its own to each asker: pages trim the details of keys.
func copied(r *belvedere.Result) *belvedere.Result {
	out := *r
	out.Rows = slices.Clone(r.Rows)
	for i := range out.Rows {
		out.Rows[i].Keys = slices.Clone(out.Rows[i].Keys)
	}
	return &out
}
