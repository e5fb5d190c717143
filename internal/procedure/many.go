package procedure

import (
	"context"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// MostAtOnce is how many files one decision takes together.
const MostAtOnce = 50

// An Outcome is what became of one of several files that were decided together.
type Outcome struct {
	ID    int64
	Title string
	Kept  registry.Request
	Err   error // why it was not
}

// DecideMany takes one decision on several files, each judged by itself as if it were alone: what one
// lacks keeps nothing from the others. Files that ask for what is decided alone (names of people) are not
// taken; nor is more than what was asked, or a field of the step filled in.
func (s *Service) DecideMany(ctx context.Context, v belvedere.Viewer, list []Decision) (out []Outcome, err error) {
	defer belvedere.Wrap(&err, "DecideMany(%d)", len(list))
	switch {
	case len(list) == 0:
		return nil, belvedere.Errorf(belvedere.Invalid, "Cochez au moins une demande.")
	case len(list) > MostAtOnce:
		return nil, belvedere.Errorf(belvedere.Invalid, "On décide %d demandes à la fois, au plus.", MostAtOnce)
	}
	for _, d := range list {
		one := Outcome{ID: d.ID}
		st, err := s.stage(ctx, d.ID)
		switch {
		case err != nil:
			one.Err = err
		case !s.mayRead(ctx, v, &st):
			one.Err = belvedere.Errorf(belvedere.NotFound, "Cette demande n’existe pas, ou plus.")
		case st.step().alone(st.effective()):
			one.Title, one.Err = st.r.Title, belvedere.Errorf(belvedere.Forbidden, "Cette demande se décide seule, sur sa page.")
		default:
			one.Title = st.r.Title
			one.Kept, one.Err = s.Decide(ctx, v, Decision{ID: d.ID, Version: d.Version, Act: d.Act, Reason: d.Reason})
		}
		out = append(out, one)
	}
	return out, nil
}

const (
	// mostOpen is how many files of one procedure an account may have open, mostDrafts how many drafts,
	// mostFiledADay how many it files in a day: each of them writes to other people.
	mostOpen      = 20
	mostDrafts    = 50
	mostFiledADay = 30
)

// bounded refuses a file more when an account has too many.
func (s *Service) bounded(ctx context.Context, r registry.Request, file bool) error {
	list, _, err := s.Registry.ListRequests(ctx, registry.RequestFilter{Account: r.Account}, registry.Page{})
	if err != nil {
		return err
	}
	open, drafts, today := 0, 0, 0
	for _, o := range list {
		switch {
		case o.ID == r.ID:
		case o.State == registry.RequestDraft:
			drafts++
		case o.Step != "" && o.Procedure == r.Procedure && !granted(o.State):
			open++
		}
		if o.ID != r.ID && s.Now().Sub(o.Filed) < 24*time.Hour {
			today++
		}
	}
	switch {
	case file && open >= mostOpen:
		return belvedere.Errorf(belvedere.Conflict, "Vous avez déjà %d demandes en cours\u00a0: attendez leur réponse, ou retirez-en.", open)
	case file && today >= mostFiledADay:
		return belvedere.Errorf(belvedere.Conflict, "Vous avez déposé %d demandes en un jour\u00a0: gardez celle-ci en brouillon, et déposez-la demain.", today)
	case !file && r.ID == 0 && drafts >= mostDrafts:
		return belvedere.Errorf(belvedere.Conflict, "Vous avez déjà %d brouillons\u00a0: effacez ceux qui ne servent plus.", drafts)
	}
	return nil
}

// granted tells whether a file waits for nobody: what it asked for is in force.
func granted(state registry.RequestState) bool {
	return state == registry.RequestGranted || state == registry.RequestGrantedPart
}
