package auth

import (
	"container/list"
	"sync"
)

// mostKept bounds each memory: whoever floods the doors makes the oldest entries go, not the
// process grow.
const mostKept = 1 << 16

// A memory keeps the values of the keys that were used last.
type memory[V any] struct {
	mu    sync.Mutex
	most  int
	order *list.List // of *kept[V], newest first
	at    map[string]*list.Element
}

type kept[V any] struct {
	key   string
	value V
}

func newMemory[V any](most int) *memory[V] {
	return &memory[V]{most: most, order: list.New(), at: map[string]*list.Element{}}
}

// with lets f change the value of a key, its zero value when it is new.
func (m *memory[V]) with(key string, f func(*V)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.at[key]
	if ok {
		m.order.MoveToFront(e)
	} else {
		if len(m.at) >= m.most {
			oldest := m.order.Back()
			m.order.Remove(oldest)
			delete(m.at, oldest.Value.(*kept[V]).key)
		}
		e = m.order.PushFront(&kept[V]{key: key})
		m.at[key] = e
	}
	f(&e.Value.(*kept[V]).value)
}

// forget drops a key.
func (m *memory[V]) forget(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.at[key]; ok {
		m.order.Remove(e)
		delete(m.at, key)
	}
}
