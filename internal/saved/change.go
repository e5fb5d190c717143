package saved

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
)

func number(n int64) string { return strconv.FormatInt(n, 10) }

// A Draft is a query as someone writes it.
type Draft struct {
	Title       string
	Description string
	State       string // an address of the explorer, or the part of one after its "?"
	Parameters  []string
	Note        string // of the version
}

// Choices are the parameters of a state that can be left to readers, with their names.
func Choices(e report.Explore) []report.Option {
	out := []report.Option{{Value: "annee", Label: "Année scolaire"}, {Value: "periode", Label: "Période"}, {Value: "comparer", Label: "Comparaison"},
		{Value: "mode", Label: "Valeurs ou taux"}, {Value: "forme", Label: "Forme"}}
	for _, f := range e.Where {
		name := "filtre."
		if f.Not {
			name = "sauf."
		}
		out = append(out, report.Option{Value: name + f.Dim, Label: f.Dim})
	}
	for _, dim := range append(slices.Clone(e.Lines), e.Across) {
		base := strings.TrimSuffix(dim, ".groupe")
		if value := "filtre." + base; dim != "" && !slices.Contains([]string{"annee", "mois", "jour", "heure"}, base) &&
			!slices.ContainsFunc(out, func(o report.Option) bool { return o.Value == value }) {
			out = append(out, report.Option{Value: value, Label: base})
		}
	}
	return out
}

// written checks a draft and gives its state in its one form.
func written(d Draft) (Draft, error) {
	d.Title, d.Description, d.Note = strings.TrimSpace(d.Title), strings.TrimSpace(d.Description), strings.TrimSpace(d.Note)
	if _, after, address := strings.Cut(d.State, "?"); address {
		d.State = after
	}
	values, err := url.ParseQuery(strings.TrimSpace(d.State))
	if err != nil {
		return d, belvedere.Errorf(belvedere.Invalid, "La question n’est pas une adresse de l’explorateur.")
	}
	e, err := report.ParseExplore(values)
	if err != nil {
		return d, err
	}
	if len(e.Columns) == 0 {
		return d, belvedere.Errorf(belvedere.Invalid, "Une requête demande au moins un indicateur.")
	}
	e.Page = 1
	d.State = e.Encode()
	for _, p := range d.Parameters {
		plain := strings.TrimPrefix(strings.TrimPrefix(p, "filtre."), "sauf.")
		if p == plain && !slices.Contains([]string{"annee", "depuis", "periode", "du", "au", "comparer", "mode", "forme", "premiers", "population", "perimetre"}, p) || plain == "" {
			return d, belvedere.Errorf(belvedere.Invalid, "« %s » ne peut pas être laissé au choix.", p)
		}
	}
	slices.Sort(d.Parameters)
	d.Parameters = slices.Compact(d.Parameters)
	return d, nil
}

func nameOf(v belvedere.Viewer) string {
	if v.Name != "" {
		return v.Name
	}
	return v.Login
}

// Create keeps a new query, private until it is shared.
func (s *Service) Create(ctx context.Context, v belvedere.Viewer, d Draft) (_ *Query, err error) {
	defer belvedere.Wrap(&err, "Create(%s)", d.Title)
	if !composes(v) {
		return nil, belvedere.Errorf(belvedere.Forbidden, "Enregistrer une requête est réservé à ceux qui composent les leurs. Demandez cette habilitation.")
	}
	if d, err = written(d); err != nil {
		return nil, err
	}
	q, err := s.Registry.CreateSaved(ctx, registry.SavedQuery{Owner: v.ID, OwnerName: nameOf(v), Title: d.Title, Description: d.Description,
		State: d.State, Parameters: d.Parameters, Sharing: registry.SharedNobody, Created: s.Now()})
	if err != nil {
		return nil, err
	}
	return s.query(v, q), nil
}

// changed finds a query that a viewer may change.
func (s *Service) changed(ctx context.Context, v belvedere.Viewer, id int64) (*Query, error) {
	q, err := s.Find(ctx, v, id)
	if err != nil {
		return nil, err
	}
	if !q.Edits {
		return nil, belvedere.Errorf(belvedere.Forbidden, "Cette requête est à %s : copiez-la pour l’adapter.", q.OwnerName)
	}
	return q, nil
}

// Save adds a version to a query; version is the one that the change began from. Who stood for it does
// no longer when its question, its choices or its title changed.
func (s *Service) Save(ctx context.Context, v belvedere.Viewer, id int64, version int, d Draft) (_ *Query, err error) {
	defer belvedere.Wrap(&err, "Save(%d)", id)
	held, err := s.changed(ctx, v, id)
	if err != nil {
		return nil, err
	}
	if d, err = written(d); err != nil {
		return nil, err
	}
	if version > 0 {
		held.Version = version
	}
	q, err := s.Registry.SaveSaved(ctx, held.SavedQuery, registry.SavedVersion{Title: d.Title, Description: d.Description, State: d.State, Parameters: d.Parameters,
		By: nameOf(v), At: s.Now(), Note: d.Note})
	if err != nil {
		return nil, err
	}
	return s.query(v, q), nil
}

// Copy keeps a query of one's own with the question of another.
func (s *Service) Copy(ctx context.Context, v belvedere.Viewer, id int64) (_ *Query, err error) {
	defer belvedere.Wrap(&err, "Copy(%d)", id)
	q, err := s.Find(ctx, v, id)
	if err != nil {
		return nil, err
	}
	return s.Create(ctx, v, Draft{Title: "Copie de " + q.Title, Description: q.Description, State: q.State, Parameters: q.Parameters})
}

// Delete removes a query for good.
func (s *Service) Delete(ctx context.Context, v belvedere.Viewer, id int64) (_ *Query, err error) {
	defer belvedere.Wrap(&err, "Delete(%d)", id)
	q, err := s.changed(ctx, v, id)
	if err != nil {
		return nil, err
	}
	return q, s.Registry.DeleteSaved(ctx, id)
}

// UsesOf tells what shows a query: it will say that the query is gone.
func (s *Service) UsesOf(ctx context.Context, id int64) ([]Use, error) {
	if s.Uses == nil {
		return nil, nil
	}
	return s.Uses(ctx, id)
}

// A Sharing is who may open a query.
type Sharing struct {
	With    registry.DashboardSharing
	Logins  []string
	Schools []string
}

// Share sets who may open a query. Sharing opens no figure: each reader is answered with his or her rights.
func (s *Service) Share(ctx context.Context, v belvedere.Viewer, id int64, to Sharing) (_ *Query, err error) {
	defer belvedere.Wrap(&err, "Share(%d)", id)
	q, err := s.changed(ctx, v, id)
	if err != nil {
		return nil, err
	}
	q.Sharing, q.Accounts, q.Schools = to.With, nil, nil
	if to.With == registry.SharedChosen {
		for _, login := range to.Logins {
			account, err := s.Registry.AccountByLogin(ctx, strings.TrimSpace(login))
			if belvedere.KindOf(err) == belvedere.NotFound {
				return nil, belvedere.Errorf(belvedere.Invalid, "Aucun compte n’a l’identifiant « %s ».", login)
			} else if err != nil {
				return nil, err
			}
			q.Accounts = append(q.Accounts, account.ID)
		}
		for _, text := range to.Schools {
			u, err := belvedere.ParseUAI(strings.TrimSpace(text))
			if err != nil {
				return nil, belvedere.Errorf(belvedere.Invalid, "%v", err)
			}
			q.Schools = append(q.Schools, u)
		}
		if len(q.Accounts)+len(q.Schools) == 0 {
			return nil, belvedere.Errorf(belvedere.Invalid, "Dites avec qui : des identifiants, ou des établissements.")
		}
	}
	slices.Sort(q.Schools)
	if err := s.Registry.ShareSaved(ctx, q.SavedQuery); err != nil {
		return nil, err
	}
	return s.Find(ctx, v, id)
}

// Logins are the identifiants of those that a query is shared with.
func (s *Service) Logins(ctx context.Context, q *Query) (out []string, err error) {
	for _, id := range q.Accounts {
		account, err := s.Registry.Account(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, account.Login)
	}
	return out, nil
}

// Verify says that a data officer stands for a version of a query, or takes it back.
func (s *Service) Verify(ctx context.Context, v belvedere.Viewer, id int64, version int, stands bool) (_ *Query, err error) {
	defer belvedere.Wrap(&err, "Verify(%d)", id)
	q, err := s.Find(ctx, v, id)
	if err != nil {
		return nil, err
	}
	if !q.Stands {
		return nil, belvedere.Errorf(belvedere.Forbidden, "Vérifier une requête est réservé aux responsables des données.")
	}
	by := ""
	if stands {
		by = nameOf(v)
	}
	if version == 0 {
		version = q.Version
	}
	if err := s.Registry.VerifySaved(ctx, id, version, by, s.Now()); err != nil {
		return nil, err
	}
	return s.Find(ctx, v, id)
}

// Versions gives those of a query, newest first, to whoever may change it.
func (s *Service) Versions(ctx context.Context, v belvedere.Viewer, id int64) (_ []registry.SavedVersion, err error) {
	defer belvedere.Wrap(&err, "Versions(%d)", id)
	if _, err := s.changed(ctx, v, id); err != nil {
		return nil, err
	}
	return s.Registry.SavedVersions(ctx, id)
}
