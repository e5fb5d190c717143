package report

import (
	"slices"
	"strings"

	"belvedere"
)

// A genealogy is which schools went on under which others: merged, split, or renumbered. A link
// is what the record of the predecessor says (attribute devient), so that whoever sees that
// record knows the link, and nobody else. Links that lead back to where they come from are
// followed nowhere, and reported.
type genealogy struct {
	next   map[belvedere.UAI][]belvedere.UAI // successors
	prev   map[belvedere.UAI][]belvedere.UAI // predecessors
	broken []BrokenLink
}

// A BrokenLink is a succession that the register states and that cannot be followed.
type BrokenLink struct {
	From, Into belvedere.UAI
	Why        string // one sentence
}

// Successors reads the attribute devient: one UAI, or several when a school was split. What is no
// UAI is left aside: files and forms check it where it comes in.
func Successors(attribute string) []belvedere.UAI {
	var out []belvedere.UAI
	for _, text := range strings.FieldsFunc(attribute, func(r rune) bool { return r == ',' || r == ' ' || r == ';' || r == '|' || r == '/' }) {
		if u, err := belvedere.ParseUAI(text); err == nil && !slices.Contains(out, u) {
			out = append(out, u)
		}
	}
	return out
}

// kinship is the genealogy of the register, made once.
func (d *Directory) kinship() *genealogy {
	d.kinOnce.Do(func() { d.kin = newGenealogy(d.ordered) })
	return d.kin
}

func newGenealogy(schools []*School) *genealogy {
	g := &genealogy{next: map[belvedere.UAI][]belvedere.UAI{}, prev: map[belvedere.UAI][]belvedere.UAI{}}
	stated := map[belvedere.UAI][]belvedere.UAI{}
	for _, s := range schools {
		if list := Successors(s.Attribute("devient")); len(list) > 0 {
			stated[s.UAI] = list
		}
	}
	endless := withoutEnd(stated)
	for _, s := range schools {
		for _, into := range stated[s.UAI] {
			switch {
			case into == s.UAI:
				g.broken = append(g.broken, BrokenLink{s.UAI, into, "L’établissement se succéderait à lui-même."})
			case endless[s.UAI] && endless[into]:
				g.broken = append(g.broken, BrokenLink{s.UAI, into, "Ces établissements se succéderaient l’un à l’autre sans fin."})
			default:
				g.next[s.UAI] = append(g.next[s.UAI], into)
				g.prev[into] = append(g.prev[into], s.UAI)
			}
		}
	}
	return g
}

// withoutEnd are the schools whose successions turn in a circle: those that are left when the
// schools that nothing leads to, and those that lead nowhere, are taken away one after the other.
func withoutEnd(links map[belvedere.UAI][]belvedere.UAI) map[belvedere.UAI]bool {
	left := map[belvedere.UAI]bool{}
	back := map[belvedere.UAI][]belvedere.UAI{}
	for u, list := range links {
		left[u] = true
		for _, v := range list {
			left[v] = true
			back[v] = append(back[v], u)
		}
	}
	for _, way := range []struct {
		out, in map[belvedere.UAI][]belvedere.UAI
	}{{links, back}, {back, links}} {
		count := map[belvedere.UAI]int{}
		var free []belvedere.UAI
		for u := range left {
			for _, v := range way.out[u] {
				if left[v] && v != u {
					count[u]++
				}
			}
			if count[u] == 0 {
				free = append(free, u)
			}
		}
		for len(free) > 0 {
			u := free[len(free)-1]
			free = free[:len(free)-1]
			delete(left, u)
			for _, v := range way.in[u] {
				if count[v]--; left[v] && v != u && count[v] == 0 {
					free = append(free, v)
				}
			}
		}
	}
	return left
}

// withPredecessors adds to a selection the predecessors that a viewer sees, as far back as they
// go. One that was split belongs to the series of its successors only together: it is added when
// all of them are selected, since its figures are those of none of them alone.
func (g *genealogy) withPredecessors(selected []belvedere.UAI, sees func(belvedere.UAI) bool) (all, added []belvedere.UAI) {
	in := map[belvedere.UAI]bool{}
	for _, u := range selected {
		in[u] = true
	}
	all = slices.Clone(selected)
	for at := 0; at < len(all); at++ {
		for _, p := range g.prev[all[at]] {
			outside := slices.ContainsFunc(g.next[p], func(v belvedere.UAI) bool { return !in[v] })
			if in[p] || outside || !sees(p) {
				continue
			}
			in[p] = true
			all, added = append(all, p), append(added, p)
		}
	}
	slices.Sort(added)
	return all, added
}

// A family is schools that genealogy ties together, as far as a viewer sees them: the unit of a
// constant perimeter.
type family struct {
	members []belvedere.UAI // sorted
	heads   []belvedere.UAI // those that go on under no other, sorted
	cut     bool            // it goes on under a school that the viewer does not see
}

// families parts schools into families: each school alone, but for those that links tie. The
// schools are those of the register that a viewer sees, and of others with data.
func (g *genealogy) families(schools []belvedere.UAI) []*family {
	seen := make(map[belvedere.UAI]bool, len(schools))
	for _, u := range schools {
		seen[u] = true
	}
	done := map[belvedere.UAI]bool{}
	var out []*family
	for _, u := range schools {
		if done[u] {
			continue
		}
		f := &family{}
		left := []belvedere.UAI{u}
		done[u] = true
		for len(left) > 0 {
			x := left[len(left)-1]
			left = left[:len(left)-1]
			f.add(g, x, seen)
			for _, v := range slices.Concat(g.next[x], g.prev[x]) {
				if seen[v] && !done[v] {
					done[v] = true
					left = append(left, v)
				}
			}
		}
		slices.Sort(f.members)
		slices.Sort(f.heads)
		out = append(out, f)
	}
	return out
}

func (f *family) add(g *genealogy, u belvedere.UAI, seen map[belvedere.UAI]bool) {
	f.members = append(f.members, u)
	goesOn := false
	for _, v := range g.next[u] {
		goesOn = goesOn || seen[v]
		f.cut = f.cut || !seen[v]
	}
	if !goesOn {
		f.heads = append(f.heads, u)
	}
}

// brokenFor are the broken links that a viewer may know of: those whose record is seen.
func (g *genealogy) brokenFor(sees func(belvedere.UAI) bool) []BrokenLink {
	var out []BrokenLink
	for _, b := range g.broken {
		if sees(b.From) {
			out = append(out, b)
		}
	}
	return out
}
