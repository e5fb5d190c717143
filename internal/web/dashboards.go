package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/dashboard"
	"belvedere/internal/registry"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const boardsPath = dashboard.Path

// dashRoutes are the dashboards: reading is for all, composing for authors.
func (s *server) dashRoutes() []route {
	if s.Dashboards == nil {
		return nil
	}
	one := boardsPath + "/{tableau}"
	return []route{
		get(boardsPath, signedIn, "consultation", s.dashboards),
		get(boardsPath+"/nouveau", author, "", s.newBoard),
		post(boardsPath+"/nouveau", author, "tableau", s.createBoard),
		get(one, signedIn, "consultation", s.dashboard),
		post(one+"/copier", author, "tableau", s.copyBoard),
		post(one+"/accueil", signedIn, "compte", s.homeBoard),
		get(one+"/retirer", signedIn, "", s.askDeleteBoard),
		post(one+"/retirer", signedIn, "tableau", s.deleteBoard),
		get(one+"/partage", author, "", s.shareForm),
		post(one+"/partage", author, "tableau", s.shareBoard),
		post(one+"/verifier", officer, "tableau", s.verifyBoard),
		get(one+"/versions", author, "", s.boardVersions),
		post(one+"/versions", author, "tableau", s.revertBoard),
		get(one+"/apercu", author, "consultation", s.previewBoard),
		get(one+"/modifier", author, "", s.editBoard),
		post(one+"/modifier", author, "tableau", s.alterBoard),
		get(one+"/modifier/{element}", author, "", s.tileForm),
		post(one+"/modifier/{element}", author, "tableau", s.putTile),
	}
}

// boardEntries lead to dashboards from the menu.
func (s *server) dashEntries() []menuEntry {
	if s.Dashboards == nil {
		return nil
	}
	return []menuEntry{{"Tableaux de bord", boardsPath, signedIn}}
}

var dashDone = map[string]string{
	"copie":       "Le tableau de bord est copié\u00a0: cette copie est à vous, privée tant que vous ne la partagez pas.",
	"enregistre":  "La nouvelle version est enregistrée.",
	"accueil":     "La console s’ouvrira sur cette page.",
	"sans":        "La console s’ouvrira de nouveau sur sa première page.",
	"partage":     "Le partage est enregistré.",
	"verifie":     "Ce tableau de bord est marqué comme vérifié.",
	"non_verifie": "La vérification est retirée.",
	"retire":      "Le tableau de bord est supprimé.",
	"revenu":      "La version choisie est de nouveau en cours.",
}

func refOf(r *http.Request) string { return r.PathValue("tableau") }

func (s *server) dashFrame(r *http.Request, b *dashboard.Board, title string) parts.Frame {
	full := title
	if b != nil && title == "" {
		full = b.Title
	} else if b != nil {
		full = title + ", " + b.Title
	}
	f := s.frame(r, full)
	if b == nil && title == "Tableaux de bord" {
		f.Crumbs = append(f.Crumbs, parts.Link{Label: title})
		return f
	}
	f.Crumbs = append(f.Crumbs, parts.Link{Label: "Tableaux de bord", Address: boardsPath})
	switch {
	case b != nil && title == "":
		f.Crumbs = append(f.Crumbs, parts.Link{Label: b.Title})
	case b != nil:
		f.Crumbs = append(f.Crumbs, parts.Link{Label: b.Title, Address: b.Address()}, parts.Link{Label: title})
	default:
		f.Crumbs = append(f.Crumbs, parts.Link{Label: title})
	}
	return f
}

// boards lists the dashboards that the reader may open.
func (s *server) dashboards(w http.ResponseWriter, r *http.Request) error {
	viewer := viewerOf(r)
	p := pages.Boards{Frame: s.dashFrame(r, nil, "Tableaux de bord"), Search: cut(r.URL.Query().Get("q"), 200), Done: dashDone[r.URL.Query().Get("fait")], Composes: dashboard.Composes(viewer)}
	var err error
	if p.List, err = s.Dashboards.List(r.Context(), viewer, p.Search); err != nil {
		return err
	}
	if home := s.Dashboards.Home(r.Context(), viewer); home != nil {
		p.Home = home.Ref
	}
	return s.write(w, r, http.StatusOK, pages.DashboardsPage(p))
}

// board shows a dashboard with the figures of its reader, or writes it as a file.
func (s *server) dashboard(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Dashboards.Find(r.Context(), viewerOf(r), refOf(r))
	if err != nil {
		return err
	}
	traceOf(r).about(b.Object(), r.URL.RawQuery)
	if format := r.URL.Query().Get("format"); format != "" {
		return s.exportDashboard(w, r, b, format)
	}
	return s.showDashboard(w, r, b, false)
}

// previewBoard shows what the reader is changing.
func (s *server) previewBoard(w http.ResponseWriter, r *http.Request) error {
	e, err := s.Dashboards.Open(r.Context(), viewerOf(r), refOf(r))
	if err != nil {
		return err
	}
	draft := *e.Board
	draft.Dashboard = e.Draft
	traceOf(r).about(draft.Object(), "aperçu")
	return s.showDashboard(w, r, &draft, true)
}

func (s *server) showDashboard(w http.ResponseWriter, r *http.Request, b *dashboard.Board, draft bool) error {
	viewer, query := viewerOf(r), r.URL.Query()
	a, err := s.Dashboards.Answer(r.Context(), viewer, b, query, false)
	if err != nil {
		return err
	}
	if address := s.dashAddress(a, draft); untidy(r.URL.RawQuery, query) && address != localAddress(r) {
		http.Redirect(w, r, address, http.StatusSeeOther)
		return nil
	}
	traceOf(r).covers(viewer.Scope, a.State.Filters["etablissement"])
	return s.write(w, r, http.StatusOK, pages.DashboardPage(s.dashPage(r, a, viewer, draft)))
}

// dashAddress is the short address of the state of a dashboard.
func (s *server) dashAddress(a *dashboard.Answer, draft bool) string {
	address := a.State.Address(a.Page)
	if draft {
		path, query, found := strings.Cut(address, "?")
		if address = path + "/apercu"; found {
			address += "?" + query
		}
	}
	return address
}

func (s *server) dashPage(r *http.Request, a *dashboard.Answer, viewer belvedere.Viewer, draft bool) pages.BoardView {
	h := a.Bar.Heading
	p := pages.BoardView{
		Frame: s.dashFrame(r, a.Board, ""), Board: a.Board, Done: dashDone[r.URL.Query().Get("fait")], Title: a.Title, Selection: h.Selection,
		Filters: filterForm(a.Page, a.Bar), Empty: a.Bar.Empty, KeptBack: !a.Bar.Empty && a.KeptBack(), Draft: draft, Composes: dashboard.Composes(viewer), Verifies: dashboard.Verifies(viewer),
		Why: s.whyPage(a.Page, h, viewer, a.Address()),
	}
	p.Why.Rule = "" // the rules are those of each element
	if draft {
		p.Filters.Action += "/apercu"
		p.Frame.Crumbs = append(p.Frame.Crumbs[:len(p.Frame.Crumbs)-1], parts.Link{Label: a.Title, Address: a.Board.Address()}, parts.Link{Label: "Aperçu"})
	}
	if home := s.Dashboards.Home(r.Context(), viewer); home != nil && home.Ref == a.Ref {
		p.IsHome = true
	}
	p.Tiles = s.dashTiles(a, viewer)
	if a.Edition > 0 {
		p.Edition = "Édition " + strconv.Itoa(a.Edition)
	}
	if s.DashboardFile != nil && !p.Empty && !draft {
		p.Files = fileLinks(a.State.Address(a.Page), -1)
		p.FilesSay = belvedere.Plural(len(a.Tiles), "élément", "éléments")
		p.Follow = s.dashFollow(a)
	}
	return p
}

// dashFollow leads to the dashboard by mail.
func (s *server) dashFollow(a *dashboard.Answer) []parts.Link {
	if s.Notice == nil {
		return nil
	}
	return []parts.Link{{Label: "Recevoir ce tableau de bord par courrier", Address: withQuery(sendingsPath+"/nouveau", url.Values{"page": {a.State.Address(a.Page)}, "format": {"pdf"}})}}
}

// newBoard asks how a new dashboard is called.
func (s *server) newBoard(w http.ResponseWriter, r *http.Request) error {
	return s.write(w, r, http.StatusOK, pages.BoardNewPage(pages.BoardNew{Frame: s.dashFrame(r, nil, "Nouveau")}))
}

// createBoard makes one and opens the editor.
func (s *server) createBoard(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	d := belvedere.Dashboard{Title: strings.TrimSpace(form.Get("titre")), Description: oneLine(form.Get("description")), Filters: []string{"annee"}}
	b, err := s.Dashboards.Create(r.Context(), viewerOf(r), d, "")
	if belvedere.KindOf(err) == belvedere.Invalid || belvedere.KindOf(err) == belvedere.Conflict {
		p := pages.BoardNew{Frame: s.dashFrame(r, nil, "Nouveau"), Title: d.Title, Description: d.Description}
		p.Errors.Add("titre", belvedere.Message(err))
		return s.write(w, r, http.StatusUnprocessableEntity, pages.BoardNewPage(p))
	}
	if err != nil {
		return err
	}
	traceOf(r).about(b.Object(), "créé")
	http.Redirect(w, r, b.Address()+"/modifier", http.StatusSeeOther)
	return nil
}

// oneLine joins the lines of a text area: a description is one paragraph.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// copyBoard makes one's own of a dashboard.
func (s *server) copyBoard(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Dashboards.Copy(r.Context(), viewerOf(r), refOf(r))
	if err != nil {
		return err
	}
	traceOf(r).about(b.Object(), "copié de "+b.Held.Origin)
	doneAt(w, r, b.Address(), "copie")
	return nil
}

// homeBoard makes a dashboard one's own first page, or not any more.
func (s *server) homeBoard(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	ref, word := refOf(r), "accueil"
	b, err := s.Dashboards.Find(r.Context(), viewerOf(r), ref)
	if err != nil {
		return err
	}
	if form.Get("geste") == "retirer" {
		ref, word = "", "sans"
	}
	if err := s.Dashboards.SetHome(r.Context(), viewerOf(r), ref); err != nil {
		return err
	}
	traceOf(r).about(b.Object(), "page d’accueil\u00a0: "+word)
	doneAt(w, r, b.Address(), word)
	return nil
}

// askDeleteBoard says what goes with a dashboard.
func (s *server) askDeleteBoard(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Dashboards.Find(r.Context(), viewerOf(r), refOf(r))
	if err != nil {
		return err
	}
	if b.Shipped || !b.Mine && !b.Edits {
		return belvedere.Errorf(belvedere.Forbidden, "Seul son propriétaire, ou un administrateur, supprime ce tableau de bord.")
	}
	c := pages.Confirm{
		Frame: s.dashFrame(r, b, "Supprimer"), Title: "Supprimer «\u00a0" + b.Title + "\u00a0»\u202f?",
		Text:   []string{"Il disparaît avec ses versions, pour vous et pour ceux à qui il est ouvert. Aucun chiffre n’est perdu."},
		Action: r.URL.Path, Button: "Supprimer", Back: b.Address(),
	}
	return s.write(w, r, http.StatusOK, pages.ConfirmPage(c))
}

func (s *server) deleteBoard(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Dashboards.Delete(r.Context(), viewerOf(r), refOf(r))
	if err != nil {
		return err
	}
	traceOf(r).about(b.Object(), "supprimé")
	doneAt(w, r, boardsPath, "retire")
	return nil
}

// shareForm asks who may open a dashboard.
func (s *server) shareForm(w http.ResponseWriter, r *http.Request) error {
	e, err := s.Dashboards.Open(r.Context(), viewerOf(r), refOf(r))
	if err != nil {
		return err
	}
	logins, err := s.Dashboards.Logins(r.Context(), e.Held)
	if err != nil {
		return err
	}
	var schools []string
	for _, u := range e.Held.Schools {
		schools = append(schools, string(u))
	}
	p := pages.BoardShare{Frame: s.dashFrame(r, e.Board, "Partager"), Board: e.Board, Kind: string(e.Held.Sharing), Logins: strings.Join(logins, "\n"), Schools: strings.Join(schools, "\n")}
	return s.write(w, r, http.StatusOK, pages.BoardSharePage(p))
}

func (s *server) shareBoard(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	to := dashboard.Sharing{Kind: registry.DashboardSharing(form.Get("partage")), Logins: strings.Split(form.Get("personnes"), "\n"), Schools: strings.Split(form.Get("etablissements"), "\n")}
	b, err := s.Dashboards.Share(r.Context(), viewerOf(r), refOf(r), to)
	if belvedere.KindOf(err) == belvedere.Invalid {
		e, openErr := s.Dashboards.Open(r.Context(), viewerOf(r), refOf(r))
		if openErr != nil {
			return openErr
		}
		p := pages.BoardShare{Frame: s.dashFrame(r, e.Board, "Partager"), Board: e.Board, Kind: form.Get("partage"), Logins: form.Get("personnes"), Schools: form.Get("etablissements")}
		p.Errors.Add("personnes", belvedere.Message(err))
		return s.write(w, r, http.StatusUnprocessableEntity, pages.BoardSharePage(p))
	}
	if err != nil {
		return err
	}
	traceOf(r).about(b.Object(), "partage\u00a0: "+string(b.Held.Sharing))
	doneAt(w, r, b.Address(), "partage")
	return nil
}

// verifyBoard says that a data officer stands for the version that he or she saw.
func (s *server) verifyBoard(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	version, _ := strconv.Atoi(form.Get("version"))
	stands, word := form.Get("geste") == "verifier", "non_verifie"
	if stands {
		word = "verifie"
	}
	b, err := s.Dashboards.Verify(r.Context(), viewerOf(r), refOf(r), version, stands)
	if err != nil {
		return err
	}
	traceOf(r).about(b.Object(), word)
	doneAt(w, r, b.Address(), word)
	return nil
}

// boardVersions lists the history of a dashboard.
func (s *server) boardVersions(w http.ResponseWriter, r *http.Request) error {
	b, list, err := s.Dashboards.Versions(r.Context(), viewerOf(r), refOf(r))
	if err != nil {
		return err
	}
	return s.write(w, r, http.StatusOK, pages.BoardVersionsPage(pages.BoardVersions{Frame: s.dashFrame(r, b, "Versions"), Board: b, List: list, Done: dashDone[r.URL.Query().Get("fait")]}))
}

func (s *server) revertBoard(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	number, _ := strconv.Atoi(form.Get("version"))
	b, err := s.Dashboards.Revert(r.Context(), viewerOf(r), refOf(r), number)
	if err != nil {
		return err
	}
	traceOf(r).about(b.Object(), "retour à la version "+strconv.Itoa(number))
	doneAt(w, r, b.Address()+"/versions", "revenu")
	return nil
}

// ownHome is the dashboard that the reader chose to open on, for who arrives at the console: from
// elsewhere, or from the door. Within the console its first page stays what it is.
func (s *server) ownHome(r *http.Request) string {
	if s.Dashboards == nil || r.URL.Path != "/" || r.URL.RawQuery != "" {
		return ""
	}
	if from, err := url.Parse(r.Referer()); err != nil || r.Referer() != "" && from.Host == r.Host && !strings.HasPrefix(from.Path, "/connexion") {
		return ""
	}
	b := s.Dashboards.Home(r.Context(), viewerOf(r))
	if b == nil {
		return ""
	}
	return b.Address()
}
