package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/saved"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// savedRoutes are the questions that people keep. Opening one is for all, each with his or her rights;
// who may change, share or stand for one is decided by the use case.
func (s *server) savedRoutes() []route {
	if s.Saved == nil {
		return nil
	}
	const one = saved.Path + "/{id}"
	return []route{
		get(saved.Path, signedIn, "consultation", s.savedList),
		post(saved.Path, author, "requete", s.saveQuery),
		get(one, signedIn, "consultation", s.savedQuery),
		post(one+"/partager", author, "requete", s.shareQuery),
		post(one+"/verifier", officer, "requete", s.verifyQuery),
		post(one+"/copier", author, "requete", s.copyQuery),
		post(one+"/supprimer", author, "requete", s.deleteQuery),
		get(one+"/versions", author, "consultation", s.savedVersions),
	}
}

var savedDone = map[string]string{
	"enregistree": "La requête est enregistrée.",
	"partagee":    "Le partage est enregistré. Chacun lit la requête avec ses propres droits.",
	"verifiee":    "La requête est vérifiée. La vérification tombe si la question change.",
	"reprise":     "La vérification est retirée.",
	"copiee":      "La copie est à vous : adaptez-la.",
	"supprimee":   "La requête est supprimée.",
}

func (s *server) savedFrame(r *http.Request, title string, here ...parts.Link) parts.Frame {
	f := s.frame(r, title)
	if len(here) > 0 {
		f.Crumbs = append(f.Crumbs, parts.Link{Label: "Requêtes", Address: saved.Path})
	}
	f.Crumbs = append(append(f.Crumbs, here...), parts.Link{Label: title})
	return f
}

// savedList lists the queries that the reader may open.
func (s *server) savedList(w http.ResponseWriter, r *http.Request) error {
	viewer := viewerOf(r)
	p := pages.SavedList{Frame: s.savedFrame(r, "Requêtes"), Text: clean(r.URL.Query().Get("q"), mostSearch), Done: savedDone[r.URL.Query().Get("fait")]}
	p.Composes, _ = author.allows(viewer)
	var err error
	if p.List, err = s.Saved.List(r.Context(), viewer, p.Text); err != nil {
		return err
	}
	return s.write(w, r, http.StatusOK, pages.SavedListPage(p))
}

// savedQuery shows a query with the figures of its reader, or writes them as a file.
func (s *server) savedQuery(w http.ResponseWriter, r *http.Request) error {
	viewer, query, id := viewerOf(r), r.URL.Query(), pathNumber(r)
	q, err := s.Saved.Find(r.Context(), viewer, id)
	if err != nil {
		return err
	}
	traceOf(r).about(q.Object(), cut(r.URL.RawQuery, 500))
	choices := url.Values{}
	for name, list := range query {
		if list = slices.DeleteFunc(slices.Clone(list), func(v string) bool { return v == "" }); len(list) > 0 && !slices.Contains(notState, name) {
			choices[name] = list
		}
	}
	if format := query.Get("format"); format != "" {
		return s.exportExplore(w, r, format, func(all bool) (*report.ExploreResult, error) {
			_, x, err := s.Saved.Run(r.Context(), viewer, id, choices, all)
			return x, err
		})
	}
	_, x, err := s.Saved.Run(r.Context(), viewer, id, choices, false)
	state := q.Explore
	if bound, unbound := q.Bound(choices); unbound == nil {
		state = bound
	}
	p := pages.SavedQuery{Query: q, Done: savedDone[query.Get("fait")], Frame: s.savedFrame(r, q.Title, parts.Link{Label: "Requêtes", Address: saved.Path})}
	p.Frame.Crumbs = p.Frame.Crumbs[:len(p.Frame.Crumbs)-2]
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Requêtes", Address: saved.Path}, parts.Link{Label: q.Title})
	switch kind := belvedere.KindOf(err); {
	case err != nil && kind != belvedere.Invalid && kind != belvedere.TooLarge && kind != belvedere.NotFound && kind != belvedere.Forbidden:
		return err
	case err != nil:
		p.Refused, p.Gone = parts.Capital(belvedere.Message(err)), len(choices) == 0
	case x.Result == nil:
		p.Empty = true
	default:
		traceOf(r).covers(viewer.Scope, chosenSchools(x.State))
		p.Sentence = x.Sentence
		a := &answerLayout{s: s, r: r, x: x, form: "etat-requete", address: func(e report.Explore) string { return boundAddress(q, e) }}
		p.Answer = a.layout()
		p.Answer.Values = ""
		state = x.State
	}
	// The choices stay when they have no answer: another one may have.
	if err := s.savedParameters(r, &p, state); err != nil && belvedere.KindOf(err) != belvedere.Invalid && belvedere.KindOf(err) != belvedere.NotFound {
		return err
	}
	if q.Edits {
		if p.Uses, err = s.Saved.UsesOf(r.Context(), id); err != nil {
			return err
		}
		if p.Logins, err = s.Saved.Logins(r.Context(), q); err != nil {
			return err
		}
	}
	return s.write(w, r, http.StatusOK, pages.SavedQueryPage(p))
}

// boundAddress is the page of a query with what differs of a state from the saved one.
func boundAddress(q *saved.Query, e report.Explore) string {
	base, now := q.Explore.Values(), e.Values()
	v := url.Values{}
	for name, list := range now {
		if !slices.Equal(base[name], list) && (slices.Contains(q.Parameters, name) || slices.Contains([]string{"tri", "page", "edition"}, name)) {
			v[name] = list
		}
	}
	return withQuery(q.Address(), v)
}

// savedParameters are the fields of what a reader may change.
func (s *server) savedParameters(r *http.Request, p *pages.SavedQuery, state report.Explore) error {
	fields, err := s.Explorer.ExploreFields(r.Context(), viewerOf(r), state)
	if err != nil {
		return err
	}
	values := state.Values()
	for _, name := range p.Query.Parameters {
		f := report.FilterView{Name: name, Kind: "choix"}
		add := func(value, label string) {
			f.Options = append(f.Options, report.Option{Value: value, Label: label, Selected: values.Get(name) == value})
		}
		switch name {
		case "annee":
			f.Label = "Année scolaire"
			add("", "Comme enregistrée")
			for _, y := range fields.Years {
				add(y.String()[:4], y.String())
			}
		case "periode":
			f.Label = "Période"
			add("", "Comme enregistrée")
			for _, k := range []belvedere.PeriodKind{belvedere.LastDay, belvedere.ThisMonth, belvedere.LastMonth, belvedere.ThisYear, belvedere.LastYear} {
				add(string(k), k.Label())
			}
		case "comparer":
			f.Label = "Comparer à"
			for _, c := range []belvedere.Compare{"", belvedere.Previous, belvedere.YearBefore} {
				add(string(c), c.Label())
			}
		case "mode":
			f.Label = "Afficher"
			add("valeurs", "Valeurs")
			add("taux", "Taux")
		case "forme":
			f.Label = "Représentation"
			for _, shape := range report.Shapes {
				add(string(shape), shape.Label())
			}
		default:
			at := slices.IndexFunc(fields.Fields, func(o report.FilterView) bool { return o.Name == name })
			if at < 0 {
				continue
			}
			f = fields.Fields[at]
		}
		p.Fields = append(p.Fields, f)
	}
	return nil
}

// saveQuery keeps a question of the explorer: a new query, or a version of one.
func (s *server) saveQuery(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	d := saved.Draft{Title: clean(form.Get("titre"), 300), Description: strings.TrimSpace(form.Get("description")), State: form.Get("question"), Parameters: form["parametres"], Note: clean(form.Get("note"), 300)}
	var q *saved.Query
	if id, failed := strconv.ParseInt(firstFilled(form["requete"]), 10, 64); failed == nil && form.Get("requete") != "" && !slices.Contains(form["requete"], "") {
		version, _ := strconv.Atoi(form.Get("version"))
		traceOf(r).about("requête "+strconv.FormatInt(id, 10), "enregistrement")
		q, err = s.Saved.Save(r.Context(), viewerOf(r), id, version, d)
	} else {
		traceOf(r).about("nouvelle requête", cut(d.Title, 200))
		q, err = s.Saved.Create(r.Context(), viewerOf(r), d)
	}
	if err != nil {
		return err
	}
	traceOf(r).about(q.Object(), cut(q.State, 1000))
	doneAt(w, r, q.Address(), "enregistree")
	return nil
}

func firstFilled(list []string) string {
	for _, v := range list {
		if v != "" {
			return v
		}
	}
	return ""
}

func (s *server) shareQuery(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	split := func(text string) []string {
		return strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ';' || c == '\n' || c == '\r' })
	}
	to := saved.Sharing{With: registry.DashboardSharing(form.Get("avec")), Logins: trimAll(split(form.Get("personnes"))), Schools: trimAll(split(form.Get("etablissements")))}
	traceOf(r).about("requête "+r.PathValue("id"), "partage : "+string(to.With))
	q, err := s.Saved.Share(r.Context(), viewerOf(r), pathNumber(r), to)
	if err != nil {
		return err
	}
	traceOf(r).about(q.Object(), cut("partage : "+string(to.With)+" "+strings.Join(append(to.Logins, to.Schools...), ", "), 1000))
	doneAt(w, r, q.Address(), "partagee")
	return nil
}

func trimAll(list []string) (out []string) {
	for _, v := range list {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

func (s *server) verifyQuery(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	stands := form.Get("decision") != "retirer"
	version, _ := strconv.Atoi(form.Get("version"))
	q, err := s.Saved.Verify(r.Context(), viewerOf(r), pathNumber(r), version, stands)
	if err != nil {
		return err
	}
	word := map[bool]string{true: "verifiee", false: "reprise"}[stands]
	traceOf(r).about(q.Object(), word)
	doneAt(w, r, q.Address(), word)
	return nil
}

func (s *server) copyQuery(w http.ResponseWriter, r *http.Request) error {
	q, err := s.Saved.Copy(r.Context(), viewerOf(r), pathNumber(r))
	if err != nil {
		return err
	}
	traceOf(r).about(q.Object(), "copie de la requête "+r.PathValue("id"))
	doneAt(w, r, q.Address(), "copiee")
	return nil
}

func (s *server) deleteQuery(w http.ResponseWriter, r *http.Request) error {
	q, err := s.Saved.Delete(r.Context(), viewerOf(r), pathNumber(r))
	if err != nil {
		return err
	}
	traceOf(r).about(q.Object(), "suppression")
	doneAt(w, r, saved.Path, "supprimee")
	return nil
}

// savedVersions tells what a query was.
func (s *server) savedVersions(w http.ResponseWriter, r *http.Request) error {
	q, err := s.Saved.Find(r.Context(), viewerOf(r), pathNumber(r))
	if err != nil {
		return err
	}
	p := pages.SavedVersions{Query: q, Zone: s.Zone, Frame: s.savedFrame(r, "Versions", parts.Link{Label: q.Title, Address: q.Address()})}
	if p.List, err = s.Saved.Versions(r.Context(), viewerOf(r), q.ID); err != nil {
		return err
	}
	return s.write(w, r, http.StatusOK, pages.SavedVersionsPage(p))
}
