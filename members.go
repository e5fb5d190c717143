package belvedere

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// A Member is a code that a file brought to an open list: étapes, services, countries are the
// institution's own, and no declaration can know them.
type Member struct {
	List  string
	Code  string
	Label string // as the file first wrote it; Namings tell what it was called since
}

// A Naming is a label that a member took after its first one. Results of before find the former: see At.
type Naming struct {
	Member
	Delivery int64  // that brought it, 0 for someone's correction
	Author   string // of a correction, which no later file undoes
	At       time.Time
}

// LabelColumn is the column of a published file that names the members of an open list, beside that of a dimension.
func LabelColumn(dimension string) string { return "libelle_" + dimension }

// Members are the codes that files brought to open lists. The lists of all models of one program
// share them, those of older catalogues too: a receipt finds the names that it showed. It is safe
// for concurrent use.
type Members struct {
	mu    sync.RWMutex
	lists map[string][]Code // by label; Aliases are the former ones
	first []Member
	since []Naming // in the order of time
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
			ms.first = append(ms.first, m)
			added = append(added, m)
		}
	}
	for name := range grown {
		sortMembers(ms.lists[name])
	}
	return added
}

func sortMembers(list []Code) {
	slices.SortFunc(list, func(a, b Code) int {
		if c := strings.Compare(strings.ToLower(a.Label), strings.ToLower(b.Label)); c != 0 {
			return c
		}
		return strings.Compare(a.Code, b.Code)
	})
}

// Rename gives members the labels that they take, in the order of time; the former ones stay spellings of theirs.
func (ms *Members) Rename(list []Naming) {
	ms.mu.Lock()
	defer ms.mu.Unlock()
	for _, n := range list {
		codes := slices.Clone(ms.lists[n.List]) // readers hold the slice before
		at := slices.IndexFunc(codes, func(c Code) bool { return c.Code == n.Code })
		if at < 0 || codes[at].Label == n.Label {
			continue
		}
		c := codes[at]
		c.Aliases = append(slices.Clone(c.Aliases), c.Label)
		c.Label = n.Label
		codes[at] = c
		sortMembers(codes)
		ms.lists[n.List], ms.since = codes, append(ms.since, n)
	}
}

// At gives the members under the labels that they had at a time, so that a receipt finds the names that it
// showed; the members themselves when nothing was renamed since.
func (ms *Members) At(t time.Time) *Members {
	if ms == nil {
		return nil
	}
	ms.mu.RLock()
	first, since := slices.Clone(ms.first), slices.Clone(ms.since)
	ms.mu.RUnlock()
	before := slices.DeleteFunc(slices.Clone(since), func(n Naming) bool { return n.At.After(t) })
	if len(before) == len(since) {
		return ms
	}
	was := &Members{}
	was.Add(first)
	was.Rename(before)
	return was
}

// Open gives the open lists of a model that share members, by name.
func (m *Model) Open() (list []*CodeList) {
	for _, l := range m.CodeLists {
		if l.Open {
			list = append(list, l)
		}
	}
	slices.SortFunc(list, func(a, b *CodeList) int { return strings.Compare(a.Name, b.Name) })
	return list
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
