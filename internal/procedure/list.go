package procedure

import (
	"cmp"
	"context"
	"slices"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/words"
)

// A Query chooses files.
type Query struct {
	Procedure string
	State     registry.RequestState
	Step      string
	Text      string
	Mine      bool  // of the viewer
	Turn      bool  // those whose turn it is for the viewer
	Late      bool  // past the deadline of their step
	Order     Order // "" is the newest first; those whose turn it is, the most urgent first
}

// An Order is how a list is sorted; with a minus before it, from the end.
type Order string

// The orders.
const (
	ByDue       Order = "echeance"
	ByFiled     Order = "depot"
	ByPerson    Order = "personne"
	ByTitle     Order = "objet"
	ByProcedure Order = "procedure"
	ByStep      Order = "etape"
	ByVotes     Order = "voix"
)

// List gives the files that a query chooses among those that the viewer may see.
func (s *Service) List(ctx context.Context, v belvedere.Viewer, q Query) (out []*View, err error) {
	defer belvedere.Wrap(&err, "List")
	f := registry.RequestFilter{Procedure: q.Procedure, Text: q.Text, Open: q.Turn}
	if q.State != "" {
		f.States = []registry.RequestState{q.State}
	}
	if q.Mine {
		f.Account = v.ID
	}
	list, _, err := s.Registry.ListRequests(ctx, f, registry.Page{})
	if err != nil {
		return nil, err
	}
	seats := stage{}
	if err := s.seats(ctx, &seats); err != nil {
		return nil, err
	}
	voted, err := s.Registry.Voted(ctx, v.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range list {
		if q.Mine && r.Account != v.ID || q.Step != "" && r.Step != q.Step || !r.Purged.IsZero() && !s.ofAuthority(v) {
			continue
		}
		st := seats
		if st.r = r; r.Step == "" && q.Late {
			continue
		}
		one, err := s.listed(ctx, v, &st, q)
		if err != nil {
			return nil, err
		}
		if one != nil && (one.Late || !q.Late) {
			one.Voted = voted[r.ID]
			out = append(out, one)
		}
	}
	q.sort(out)
	return out, nil
}

// listed is a file as a line of a list, nil when it is not for the viewer.
func (s *Service) listed(ctx context.Context, v belvedere.Viewer, st *stage, q Query) (one *View, err error) {
	r := st.r
	if st.p, err = s.of(ctx, r); err != nil {
		return nil, err
	}
	if q.Turn || !st.p.Public && r.Account != v.ID && !s.ofAuthority(v) {
		if st.events, err = s.Registry.RequestEvents(ctx, r.ID); err != nil {
			return nil, err
		}
	}
	if !s.mayRead(ctx, v, st) {
		return nil, nil
	}
	one = &View{Request: r, Procedure: st.p, Mine: r.Account == v.ID && v.ID != 0, MayVote: st.p.Public && r.Step != "", Late: s.late(st)}
	if q.Turn {
		forWhom, ok, _ := s.mayDecide(ctx, v, st)
		if !ok {
			return nil, nil
		}
		if one.Decides = true; forWhom != 0 {
			one.For = s.nameOf(ctx, forWhom)
		}
		one.Asked, one.Own = st.asked(), st.own()
		one.Alone = st.step().alone(st.effective())
		return one, s.name(ctx, one)
	}
	return one, nil
}

// late tells whether whose turn it is lets a file go past its deadline.
func (s *Service) late(st *stage) bool {
	return !st.r.Due.IsZero() && s.Now().After(st.r.Due) && (st.step().decides() || st.r.State == registry.RequestToComplete)
}

// sort puts a list in its order; files that are alike stay the newest first.
func (q Query) sort(list []*View) {
	order := q.Order
	if order == "" && q.Turn {
		order = ByDue
	}
	back := len(order) > 0 && order[0] == '-'
	if back {
		order = order[1:]
	}
	compare, ok := orders[order]
	if !ok {
		return
	}
	slices.SortStableFunc(list, func(a, b *View) int {
		if back {
			return -compare(a, b)
		}
		return compare(a, b)
	})
}

var orders = map[Order]func(a, b *View) int{
	ByDue: func(a, b *View) int {
		switch x, y := a.Due, b.Due; {
		case x.IsZero() && y.IsZero():
			return cmp.Compare(a.ID, b.ID)
		case x.IsZero():
			return 1
		case y.IsZero():
			return -1
		default:
			return x.Compare(y)
		}
	},
	ByFiled:     func(a, b *View) int { return a.Filed.Compare(b.Filed) },
	ByPerson:    func(a, b *View) int { return cmp.Compare(words.Fold(a.Name), words.Fold(b.Name)) },
	ByTitle:     func(a, b *View) int { return cmp.Compare(words.Fold(a.Title), words.Fold(b.Title)) },
	ByProcedure: func(a, b *View) int { return cmp.Compare(words.Fold(a.Procedure.Label), words.Fold(b.Procedure.Label)) },
	ByStep:      func(a, b *View) int { return cmp.Compare(a.Step, b.Step) },
	ByVotes:     func(a, b *View) int { return cmp.Compare(a.Votes, b.Votes) },
}

// Summary is what a file asks for in a few words: the answers that may be reduced.
func (v *View) Summary() (out []string) {
	for _, f := range v.Procedure.Fields {
		values := v.Asked[f.Name]
		if !f.Reduce || len(values) == 0 {
			continue
		}
		said := v.Say(f, values)
		switch {
		case len(said) > 3:
			out = append(out, f.Label+belvedere.NoBreak+": "+belvedere.FormatNumber(float64(len(said)), 0))
		case f.Type == DateField:
			out = append(out, f.Label+" "+said[0])
		default:
			for _, one := range said {
				if one == "tous" {
					one = f.Label + belvedere.NoBreak + ": tous"
				}
				out = append(out, one)
			}
		}
	}
	return out
}
