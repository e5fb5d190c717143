package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sync"

	"belvedere"
)

// Perimeters that stand in entries without a list of their own.
const (
	AllSchools = "*"
	NoSchool   = ""
)

// Perimeter gives the name under which a list of schools stands in entries, and keeps the list.
// The name is the hash of the list, so that a list that was altered no longer bears its name.
func (j *Journal) Perimeter(ctx context.Context, schools []belvedere.UAI, all bool) (_ string, err error) {
	if all {
		return AllSchools, nil
	}
	if len(schools) == 0 {
		return NoSchool, nil
	}
	defer belvedere.Wrap(&err, "Perimeter(%d schools)", len(schools))
	list := slices.Clone(schools)
	slices.Sort(list)
	list = slices.Compact(list)
	name := perimeterName(list)
	if j.perimeters.holds(name) {
		return name, nil
	}
	if err := j.store.PutPerimeter(ctx, name, list); err != nil {
		return "", err
	}
	j.perimeters.add(name)
	return name, nil
}

// perimeterName hashes a list that is sorted and without double.
func perimeterName(list []belvedere.UAI) string {
	h := sha256.New()
	for _, u := range list {
		h.Write([]byte(u))
		h.Write([]byte{'\n'})
	}
	return "p-" + hex.EncodeToString(h.Sum(nil)[:16])
}

// mostNames bounds the names that are remembered: there are about as many as different rights.
const mostNames = 10_000

// A memory of names that are kept already.
type memory struct {
	mu    sync.Mutex
	names map[string]bool
}

func (m *memory) holds(name string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.names[name]
}

func (m *memory) add(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.names == nil || len(m.names) >= mostNames {
		m.names = map[string]bool{}
	}
	m.names[name] = true
}
