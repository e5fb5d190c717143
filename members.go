package belvedere

import (
	"slices"
	"strings"
	"sync"
)

// A Member is a code that a file brought to an open list: étapes, services, countries are the
// institution's own, and no declaration can know them.
type Member struct {
	List  string
	Code  string
	Label string // as the file first wrote it; it never changes, so that old results keep their bytes
}

// Members are the codes that files brought to open lists. The lists of all models of one program
// share them, those of older catalogues too: a receipt finds the names that it showed. It is safe
// for concurrent use.
type Members struct {
	mu    sync.RWMutex
	lists map[string][]Code // by label
}

// Add takes new members; those that a list has already stay as they are. It gives the new ones.
func (ms *Members) Add(list []Member) (added []Member) {
	ms.mu.Lock()
	defer ms.mu.Unlock()
	if ms.lists == nil {
		ms.lists = map[string][]Code{}
	}
	grown := map[string]bool{}
	known := map[[2]string]bool{}
	for _, m := range list {
		if !grown[m.List] {
			grown[m.List] = true
			ms.lists[m.List] = slices.Clone(ms.lists[m.List]) // readers hold the slice before
			for _, c := range ms.lists[m.List] {
				known[[2]string{m.List, c.Code}] = true
			}
		}
		if key := [2]string{m.List, m.Code}; !known[key] {
			known[key] = true
			ms.lists[m.List] = append(ms.lists[m.List], Code{Code: m.Code, Label: m.Label})
			added = append(added, m)
		}
	}
	for name := range grown {
		slices.SortFunc(ms.lists[name], func(a, b Code) int {
			if c := strings.Compare(strings.ToLower(a.Label), strings.ToLower(b.Label)); c != 0 {
				return c
			}
			return strings.Compare(a.Code, b.Code)
		})
	}
	return added
}

// of gives the members of a list, by label. They may not be changed.
func (ms *Members) of(list string) []Code {
	if ms == nil {
		return nil
	}
	ms.mu.RLock()
	defer ms.mu.RUnlock()
	return ms.lists[list]
}

// Share makes the open lists of a model hold these members, then and later.
func (m *Model) Share(members *Members) {
	m.members = members
	for _, l := range m.CodeLists {
		if l.Open {
			l.members = members
		}
	}
}

// Members are those that the open lists of the model share, nil when nothing was shared.
func (m *Model) Members() *Members { return m.members }

// All gives the declared codes of a list, then those that files brought to it.
func (l *CodeList) All() []Code {
	learned := l.members.of(l.Name)
	if len(learned) == 0 {
		return l.Codes
	}
	out := slices.Clone(l.Codes)
	for _, c := range learned {
		if !slices.ContainsFunc(l.Codes, func(d Code) bool { return d.Code == c.Code }) {
			out = append(out, c)
		}
	}
	return out
}
