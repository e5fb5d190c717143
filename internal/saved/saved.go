// Package saved is what people do with questions of the explorer that they want to ask again: name
// them, say which choices readers may change, share them, stand for them, copy them, go back to an
// earlier version. Pages, API and command line come through it.
//
// A saved query holds a question, never figures: whoever opens one is answered with his or her own
// rights, whatever its author may see.
package saved

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
	"belvedere/internal/words"
)

// Path is where saved queries stand in the console.
const Path = "/requetes"

// An Explorer answers states: a report.Reporter is one.
type Explorer interface {
	Explore(ctx context.Context, viewer belvedere.Viewer, e report.Explore) (*report.ExploreResult, error)
}

// Config is what a Service needs.
type Config struct {
	Registry registry.Registry
	Explorer func() Explorer // gives nil beside a server, which holds the warehouse
	// Uses tells what shows a saved query, for those who remove it; nil tells nothing.
	Uses func(ctx context.Context, id int64) ([]Use, error)
	Now  func() time.Time
}

// A Use is something that shows a saved query: a dashboard.
type Use struct{ Label, Address string }

// A Service is safe for concurrent use.
type Service struct{ Config }

// New makes a Service.
func New(c Config) *Service {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Service{c}
}

// A Query is a saved query as someone finds it.
type Query struct {
	registry.SavedQuery
	Explore report.Explore
	Mine    bool // the viewer owns it
	Edits   bool // the viewer may change, share and remove it
	Stands  bool // the viewer may verify it
	Copies  bool // the viewer may compose, so copy it
}

// Object is how the journal names it.
func (q *Query) Object() string { return "requête " + number(q.ID) + " (" + q.Title + ")" }

// Address is its page.
func (q *Query) Address() string { return Path + "/" + number(q.ID) }

func manages(v belvedere.Viewer) bool { return v.Admin || v.Kind == belvedere.Operator }

func owns(v belvedere.Viewer, q registry.SavedQuery) bool {
	return v.Kind == belvedere.AccountViewer && v.ID > 0 && q.Owner == v.ID || v.Kind == belvedere.Operator && q.Owner == 0
}

// composes tells whether a viewer may make queries.
func composes(v belvedere.Viewer) bool {
	return v.May(belvedere.Author) || v.Kind == belvedere.Operator
}

// opens tells whether a viewer may open a query: its owner, those that it is shared with, and who
// manages the console. A program opens what all may.
func opens(v belvedere.Viewer, q registry.SavedQuery) bool {
	switch {
	case v.Kind == belvedere.Nobody:
		return false
	case owns(v, q), manages(v), q.Sharing == registry.SharedAll:
		return true
	case q.Sharing != registry.SharedChosen:
		return false
	}
	return v.Kind == belvedere.AccountViewer && slices.Contains(q.Accounts, v.ID) ||
		slices.ContainsFunc(q.Schools, func(u belvedere.UAI) bool { return slices.Contains(v.Scope.Own, u) })
}

func (s *Service) query(v belvedere.Viewer, q registry.SavedQuery) *Query {
	out := &Query{SavedQuery: q, Mine: owns(v, q)}
	out.Edits = out.Mine || manages(v)
	out.Stands = v.May(belvedere.DataOfficer) || v.Kind == belvedere.Operator
	out.Copies = composes(v)
	if values, err := url.ParseQuery(q.State); err == nil {
		out.Explore, _ = report.ParseExplore(values) // what a later version does not read any more is empty, and says so when asked
	}
	return out
}

// Find gives a query that a viewer may open. NotFound for the others: their existence is not told.
func (s *Service) Find(ctx context.Context, v belvedere.Viewer, id int64) (_ *Query, err error) {
	defer belvedere.Wrap(&err, "Find(%d)", id)
	q, err := s.Registry.SavedQuery(ctx, id)
	if err != nil {
		return nil, err
	}
	if !opens(v, q) {
		return nil, belvedere.Errorf(belvedere.NotFound, "Cette requête n’existe pas, ou plus.")
	}
	return s.query(v, q), nil
}

// List gives the queries that a viewer may open and whose words hold what is typed, verified ones first.
func (s *Service) List(ctx context.Context, v belvedere.Viewer, typed string) (out []*Query, err error) {
	defer belvedere.Wrap(&err, "List")
	all, err := s.Registry.ListSaved(ctx)
	if err != nil {
		return nil, err
	}
	asked := strings.Fields(words.Fold(typed))
	for _, q := range all {
		text := words.Fold(q.Title + " " + q.Description + " " + q.OwnerName + " " + q.State)
		if opens(v, q) && !slices.ContainsFunc(asked, func(w string) bool { return !strings.Contains(text, w) }) {
			out = append(out, s.query(v, q))
		}
	}
	slices.SortStableFunc(out, func(a, b *Query) int {
		rank := func(q *Query) int {
			if q.VerifiedBy != "" {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(words.Fold(a.Title), words.Fold(b.Title)))
	})
	return out, nil
}

// always are the parameters that any reader may change: the order and the page of the lines, and the
// edition, which change no figure of the selection.
var always = []string{"tri", "page", "edition"}

// Bound is the state of a query with the choices of a reader: those that its author leaves open, the
// others as they were saved. An unknown choice is refused rather than left aside in silence.
func (q *Query) Bound(values url.Values) (report.Explore, error) {
	state, err := url.ParseQuery(q.State)
	if err != nil {
		return report.Explore{}, belvedere.Errorf(belvedere.Invalid, "Cette requête ne se lit plus : son auteur doit l’enregistrer à nouveau.")
	}
	for name, list := range values {
		if name == "format" || name == "fait" || name == "detail" {
			continue
		}
		if !slices.Contains(always, name) && !slices.Contains(q.Parameters, name) {
			return report.Explore{}, belvedere.Errorf(belvedere.Invalid, "« %s » ne se change pas dans cette requête : son auteur ne l’a pas laissé au choix.", name)
		}
		state[name] = list
		if name == "annee" { // a year that the reader chooses stands alone
			delete(state, "depuis")
			delete(state, "du")
			delete(state, "au")
		}
	}
	return report.ParseExplore(state)
}

// Run answers a query for a viewer, with his or her rights.
func (s *Service) Run(ctx context.Context, v belvedere.Viewer, id int64, values url.Values, all bool) (_ *Query, _ *report.ExploreResult, err error) {
	defer belvedere.Wrap(&err, "Run(%d)", id)
	q, err := s.Find(ctx, v, id)
	if err != nil {
		return nil, nil, err
	}
	e, err := q.Bound(values)
	if err != nil {
		return q, nil, err
	}
	explorer := s.Explorer()
	if explorer == nil {
		return q, nil, belvedere.Errorf(belvedere.Unavailable, "Le serveur tient l’entrepôt : posez la question par lui.")
	}
	e.All = all
	x, err := explorer.Explore(ctx, v, e)
	return q, x, err
}
