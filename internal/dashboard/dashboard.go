// Package dashboard is what people do with dashboards: compose them, share them, go back to an
// earlier version, open one with their own figures, print it. Pages, API and command line come
// through it.
//
// A dashboard holds questions, never figures. Whoever opens one is answered by report with his or
// her own rights, element by element: what one may not see says so, and one element that fails
// never takes the others along.
package dashboard

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
	"belvedere/internal/territory/semantic"
	"belvedere/internal/words"
)

// Config is what a Service needs.
type Config struct {
	Registry registry.Registry
	Reports  func() *report.Reporter // nil gives nil beside a server, which holds the warehouse
	Shipped  []*belvedere.Dashboard  // declared, in the order of lists
	Model    *belvedere.Model
	// Saved finds a saved query that a viewer may use: its question and its title. nil has none.
	Saved func(ctx context.Context, viewer belvedere.Viewer, id int64) (question, title string, err error)
	// Search finds those that a viewer may use by their words; nil has none.
	Search func(ctx context.Context, viewer belvedere.Viewer, typed string) ([]SavedQuery, error)
	Now    func() time.Time
}

// A SavedQuery is one that elements may show.
type SavedQuery struct {
	ID    int64
	Title string
}

// A Service is safe for concurrent use.
type Service struct{ Config }

// New makes a Service.
func New(c Config) *Service {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Service{c}
}

// Path is where dashboards stand in the console.
const Path = "/tableaux-de-bord"

// A Board is a dashboard as someone finds it.
type Board struct {
	belvedere.Dashboard
	Ref     string             // number, or the code of a declared one
	Held    registry.Dashboard // the zero value for a declared one
	Shipped bool
	Mine    bool // the viewer owns it
	Edits   bool // the viewer may change it
}

// Address is its page.
func (b *Board) Address() string { return Path + "/" + b.Ref }

// Object is how the journal names it.
func (b *Board) Object() string { return "tableau de bord " + b.Ref + " (" + b.Title + ")" }

// manages tells who may see and remove any dashboard.
func manages(v belvedere.Viewer) bool { return v.Admin || v.Kind == belvedere.Operator }

// owns tells whether a viewer made a dashboard.
func owns(v belvedere.Viewer, d registry.Dashboard) bool {
	return v.Kind == belvedere.AccountViewer && v.ID > 0 && d.Owner == v.ID
}

// opens tells whether a viewer may open a dashboard.
func opens(v belvedere.Viewer, d registry.Dashboard) bool {
	if manages(v) || owns(v, d) {
		return true
	}
	switch d.Sharing {
	case registry.SharedAll:
		return v.Kind != belvedere.Nobody
	case registry.SharedChosen:
		return v.Kind == belvedere.AccountViewer && slices.Contains(d.Accounts, v.ID) ||
			v.School && slices.ContainsFunc(v.Scope.Own, func(u belvedere.UAI) bool { return slices.Contains(d.Schools, u) })
	}
	return false
}

// edits tells whether a viewer may change a dashboard: its owner who may compose, and managers.
func edits(v belvedere.Viewer, d registry.Dashboard) bool {
	return manages(v) || owns(v, d) && v.May(belvedere.Author)
}

// Composes tells whether a viewer may make dashboards.
func Composes(v belvedere.Viewer) bool { return v.May(belvedere.Author) || manages(v) }

// Verifies tells whether a viewer may stand for a dashboard.
func Verifies(v belvedere.Viewer) bool { return v.May(belvedere.DataOfficer) || manages(v) }

func (s *Service) board(v belvedere.Viewer, d registry.Dashboard) (*Board, error) {
	b := &Board{Ref: strconv.FormatInt(d.ID, 10), Held: d, Mine: owns(v, d), Edits: edits(v, d)}
	if d.Content != "" {
		if err := json.Unmarshal([]byte(d.Content), &b.Dashboard); err != nil {
			return nil, err
		}
	}
	b.Code, b.Title, b.Description = "", d.Title, d.Description
	return b, nil
}

func shipped(d *belvedere.Dashboard) *Board {
	return &Board{Dashboard: copied(d), Ref: d.Code, Shipped: true}
}

func copied(d *belvedere.Dashboard) belvedere.Dashboard {
	c := *d
	c.Filters, c.Widgets = slices.Clone(d.Filters), slices.Clone(d.Widgets)
	return c
}

var errNone = belvedere.Errorf(belvedere.NotFound, "Ce tableau de bord n’existe pas, ou ne vous est pas ouvert.")

// Find gives the dashboard of a number or of a code, to who may open it. To others it does not exist.
func (s *Service) Find(ctx context.Context, v belvedere.Viewer, ref string) (_ *Board, err error) {
	defer belvedere.Wrap(&err, "Find(%.60s)", ref)
	for _, d := range s.Shipped {
		if d.Code == ref && v.Kind != belvedere.Nobody {
			return shipped(d), nil
		}
	}
	id, err := strconv.ParseInt(ref, 10, 64)
	if err != nil || id <= 0 {
		return nil, errNone
	}
	d, err := s.Registry.Dashboard(ctx, id)
	if belvedere.KindOf(err) == belvedere.NotFound || err == nil && !opens(v, d) {
		return nil, errNone
	}
	if err != nil {
		return nil, err
	}
	return s.board(v, d)
}

// changed finds one that the viewer may change.
func (s *Service) changed(ctx context.Context, v belvedere.Viewer, ref string) (*Board, error) {
	b, err := s.Find(ctx, v, ref)
	switch {
	case err != nil:
		return nil, err
	case b.Shipped:
		return nil, belvedere.Errorf(belvedere.Forbidden, "Ce tableau de bord est livré avec la console\u00a0: copiez-le pour l’adapter.")
	case !b.Edits:
		return nil, belvedere.Errorf(belvedere.Forbidden, "Seul son propriétaire, ou un administrateur, change ce tableau de bord. Copiez-le pour l’adapter.")
	}
	return b, nil
}

// List gives the dashboards that a viewer may open and whose words hold what is typed: one's own
// first, then by title, those that someone stands for before the others.
func (s *Service) List(ctx context.Context, v belvedere.Viewer, typed string) (out []*Board, err error) {
	defer belvedere.Wrap(&err, "List")
	if v.Kind == belvedere.Nobody {
		return nil, nil
	}
	held, err := s.Registry.ListDashboards(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range held {
		if !opens(v, d) {
			continue
		}
		b, err := s.board(v, d)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	for _, d := range s.Shipped {
		out = append(out, shipped(d))
	}
	sought := strings.Fields(words.Fold(typed))
	out = slices.DeleteFunc(out, func(b *Board) bool {
		text := words.Fold(b.Title + " " + b.Description + " " + b.Held.OwnerName)
		return slices.ContainsFunc(sought, func(w string) bool { return !strings.Contains(text, w) })
	})
	rank := func(b *Board) int {
		switch {
		case b.Mine:
			return 0
		case b.Held.VerifiedBy != "":
			return 1
		case b.Shipped:
			return 2
		}
		return 3
	}
	slices.SortStableFunc(out, func(x, y *Board) int {
		return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(words.Fold(x.Title), words.Fold(y.Title)))
	})
	return out, nil
}

// content writes what a dashboard asks.
func content(d belvedere.Dashboard) (string, error) {
	d.Code, d.Title, d.Description = "", "", ""
	text, err := json.Marshal(d)
	return string(text), err
}

// Create makes a dashboard of the viewer's own, private.
func (s *Service) Create(ctx context.Context, v belvedere.Viewer, d belvedere.Dashboard, origin string) (_ *Board, err error) {
	defer belvedere.Wrap(&err, "Create(%.60s)", d.Title)
	if !Composes(v) {
		return nil, belvedere.Errorf(belvedere.Forbidden, "Cette page est réservée à ceux qui composent leurs propres tableaux de bord. Demandez cette habilitation.")
	}
	if err := s.check(d); err != nil {
		return nil, err
	}
	d = copied(&d)
	for i := range d.Widgets {
		if t := &d.Widgets[i]; t.Width == 0 {
			t.Width = WidthOf(t.Kind)
		}
	}
	text, err := content(d)
	if err != nil {
		return nil, err
	}
	held, err := s.Registry.CreateDashboard(ctx, registry.Dashboard{Owner: v.ID, OwnerName: nameOf(v), Title: strings.TrimSpace(d.Title),
		Description: strings.TrimSpace(d.Description), Sharing: registry.SharedNobody, Origin: origin, Content: text, Created: s.Now().UTC()})
	if err != nil {
		return nil, err
	}
	return s.board(v, held)
}

func nameOf(v belvedere.Viewer) string {
	if v.Name != "" {
		return v.Name
	}
	return cmp.Or(v.Login, "exploitant")
}

// check refuses a dashboard that no page could show.
func (s *Service) check(d belvedere.Dashboard) error {
	if len(d.Widgets) > semantic.MostTiles {
		return belvedere.Errorf(belvedere.Invalid, "Un tableau de bord a au plus %d éléments.", semantic.MostTiles)
	}
	for _, f := range d.Filters {
		if !semantic.DashboardFilter(s.Model, f) {
			return belvedere.Errorf(belvedere.Invalid, "Aucun jeu de données n’a la dimension «\u00a0%.60s\u00a0».", f)
		}
	}
	for _, t := range d.Widgets {
		if err := CheckTile(s.Model)(t); err != nil {
			return err
		}
	}
	return nil
}

// Copy makes a dashboard of the viewer's own from one that he or she may open.
func (s *Service) Copy(ctx context.Context, v belvedere.Viewer, ref string) (_ *Board, err error) {
	defer belvedere.Wrap(&err, "Copy(%.60s)", ref)
	from, err := s.Find(ctx, v, ref)
	if err != nil {
		return nil, err
	}
	d := copied(&from.Dashboard)
	d.Title = copyTitle(d.Title)
	return s.Create(ctx, v, d, from.Ref)
}

// copyTitle is what a copy is called, within the length of titles.
func copyTitle(title string) string {
	if runes := []rune(title); len(runes) > 180 {
		title = string(runes[:180])
	}
	return title + " (copie)"
}

// Delete removes one for all.
func (s *Service) Delete(ctx context.Context, v belvedere.Viewer, ref string) (_ *Board, err error) {
	defer belvedere.Wrap(&err, "Delete(%.60s)", ref)
	b, err := s.Find(ctx, v, ref)
	if err == nil && !b.Shipped && b.Mine { // who may not compose any more may still remove
		return b, s.Registry.DeleteDashboard(ctx, b.Held.ID)
	}
	if b, err = s.changed(ctx, v, ref); err != nil {
		return nil, err
	}
	return b, s.Registry.DeleteDashboard(ctx, b.Held.ID)
}

// A Sharing is who may open a dashboard, as typed.
type Sharing struct {
	Kind    registry.DashboardSharing
	Logins  []string
	Schools []string
}

// Share sets who may open one. Their figures stay those of their own rights.
func (s *Service) Share(ctx context.Context, v belvedere.Viewer, ref string, to Sharing) (_ *Board, err error) {
	defer belvedere.Wrap(&err, "Share(%.60s)", ref)
	b, err := s.changed(ctx, v, ref)
	if err != nil {
		return nil, err
	}
	d := b.Held
	d.Sharing, d.Accounts, d.Schools = to.Kind, nil, nil
	if d.Sharing == registry.SharedChosen {
		if err := s.chosen(ctx, to, &d); err != nil {
			return nil, err
		}
	}
	if d.Sharing != registry.SharedAll && d.Sharing != registry.SharedNobody && d.Sharing != registry.SharedChosen {
		return nil, belvedere.Errorf(belvedere.Invalid, "Choisissez à qui ouvrir ce tableau de bord.")
	}
	b.Held = d
	return b, s.Registry.ShareDashboard(ctx, d)
}

// chosen reads the persons and schools of a form.
func (s *Service) chosen(ctx context.Context, to Sharing, d *registry.Dashboard) error {
	for _, login := range to.Logins {
		if login = strings.TrimSpace(login); login == "" {
			continue
		}
		a, err := s.Registry.AccountByLogin(ctx, login)
		if belvedere.KindOf(err) == belvedere.NotFound {
			return belvedere.Errorf(belvedere.Invalid, "Aucun compte n’a l’identifiant «\u00a0%.60s\u00a0».", login)
		} else if err != nil {
			return err
		}
		d.Accounts = append(d.Accounts, a.ID)
	}
	for _, text := range to.Schools {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		u, err := belvedere.ParseUAI(text)
		if err != nil {
			return belvedere.Errorf(belvedere.Invalid, "«\u00a0%.20s\u00a0» n’est pas un UAI.", text)
		}
		d.Schools = append(d.Schools, u)
	}
	if len(d.Accounts)+len(d.Schools) == 0 {
		return belvedere.Errorf(belvedere.Invalid, "Nommez au moins une personne ou un établissement.")
	}
	slices.Sort(d.Schools)
	d.Schools = slices.Compact(d.Schools)
	return nil
}

// Logins gives the identifiers of the persons that one is shared with, for its form.
func (s *Service) Logins(ctx context.Context, d registry.Dashboard) (out []string, err error) {
	for _, id := range d.Accounts {
		a, err := s.Registry.Account(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, a.Login)
	}
	return out, nil
}

// Verify says that the viewer stands for the version seen of a dashboard, or takes it back.
func (s *Service) Verify(ctx context.Context, v belvedere.Viewer, ref string, version int, stands bool) (_ *Board, err error) {
	defer belvedere.Wrap(&err, "Verify(%.60s)", ref)
	b, err := s.Find(ctx, v, ref)
	if err != nil {
		return nil, err
	}
	if b.Shipped || !Verifies(v) {
		return nil, belvedere.Errorf(belvedere.Forbidden, "Seuls les responsables des données vérifient un tableau de bord.")
	}
	by := ""
	if stands {
		by = nameOf(v)
	}
	return b, s.Registry.VerifyDashboard(ctx, b.Held.ID, version, by, s.Now().UTC())
}

// Home is the dashboard that an account opens on, nil for none: one that is not open to it any
// more is none.
func (s *Service) Home(ctx context.Context, v belvedere.Viewer) *Board {
	if v.ID == 0 || v.Kind != belvedere.AccountViewer {
		return nil
	}
	ref, err := s.Registry.HomeDashboard(ctx, v.ID)
	if err != nil || ref == "" {
		return nil
	}
	b, err := s.Find(ctx, v, ref)
	if err != nil {
		return nil
	}
	return b
}

// SetHome chooses it; "" takes it back.
func (s *Service) SetHome(ctx context.Context, v belvedere.Viewer, ref string) error {
	if v.ID == 0 || v.Kind != belvedere.AccountViewer {
		return belvedere.Errorf(belvedere.Forbidden, "Une page d’accueil est celle d’un compte.")
	}
	if ref != "" {
		if _, err := s.Find(ctx, v, ref); err != nil {
			return err
		}
	}
	return s.Registry.PutHomeDashboard(ctx, v.ID, ref)
}
