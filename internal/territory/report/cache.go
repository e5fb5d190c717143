package report

import (
	"fmt"
	"slices"
	"sync"

	"belvedere"
)

// A cache keeps the last answers by a key that holds all they depend on: question, definitions,
// edition, rights. An entry is never wrong, only old; the least recently used goes first.
type cache[V any] struct {
	mu    sync.Mutex
	most  int
	items map[string]*entry[V]
	clock int64
}

type entry[V any] struct {
	value V
	used  int64
}

func newCache[V any](most int) *cache[V] {
	return &cache[V]{most: most, items: map[string]*entry[V]{}}
}

func (c *cache[V]) get(key string) (V, bool) {
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

func (c *cache[V]) put(key string, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.most <= 0 {
		return
	}
	if len(c.items) >= c.most {
		oldest := ""
		for k, e := range c.items {
			if oldest == "" || e.used < c.items[oldest].used {
				oldest = k
			}
		}
		delete(c.items, oldest)
	}
	c.clock++
	c.items[key] = &entry[V]{v, c.clock}
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
	return fmt.Sprint(a.edition.Number, a.scope.Fingerprint, where, a.q.Period.From.Unix(), a.q.Period.To.Unix(), what)
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
