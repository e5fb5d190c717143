package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/web/pages"
)

// userRights shows the tab « Autorisations »: the menus and widgets that are open.
func (s *server) userRights(w http.ResponseWriter, r *http.Request) error {
	u, err := s.askedUser(r)
	if err != nil {
		return err
	}
	p := pages.UserRights{User: u, Version: u.Version, Done: userDone[r.URL.Query().Get("fait")]}
	return s.userRightsPage(w, r, http.StatusOK, p, u.AllWidgets, u.Widgets, u.Within, url.Values{})
}

// updateUserRights opens the widgets that are ticked, and no other. All of them ticked means all
// there are, those that come later included.
func (s *server) updateUserRights(w http.ResponseWriter, r *http.Request) error {
	u, err := s.askedUser(r)
	if err != nil {
		return err
	}
	form, err := posted(r)
	if err != nil {
		return err
	}
	version, _ := strconv.ParseInt(form.Get("version"), 10, 64)
	asked := form["rubrique"]
	all := !slices.ContainsFunc(s.Users.Widgets, func(wg belvedere.Widget) bool { return !slices.Contains(asked, wg.Code) })
	within := readWithin(form)
	if searchesMembers(form) {
		traceOf(r).about(admin.UserObject(u.Account), "recherche de membres, rien d’enregistré")
		return s.userRightsPage(w, r, http.StatusOK, pages.UserRights{User: u, Version: version}, all, asked, within, form)
	}
	if u.Admin { // the page offers no limit: what the account has is kept
		within = u.Within
	}
	before, after, err := s.Users.SetRights(r.Context(), u.ID, version, all, asked, within)
	var stale *admin.Stale
	var flaws admin.Flaws
	switch {
	case errors.As(err, &flaws):
		traceOf(r).about(admin.UserObject(u.Account), cut(flaws.Error(), 300))
		p := pages.UserRights{User: u, Version: version, Errors: fieldErrors(flaws)}
		return s.userRightsPage(w, r, http.StatusUnprocessableEntity, p, all, asked, within, form)
	case errors.As(err, &stale):
		traceOf(r).about(admin.UserObject(u.Account), cut(stale.Error(), 300))
		p := pages.UserRights{User: u, Stale: stale, Version: stale.Kept.Version}
		return s.userRightsPage(w, r, http.StatusConflict, p, all, asked, within, form)
	case err != nil:
		return err
	}
	traceOf(r).about(admin.UserObject(before), cut(s.Users.Changes(r.Context(), before, after), 1500))
	doneAt(w, r, userPath(u.ID)+"/autorisations", "autorisations")
	return nil
}

func (s *server) userRightsPage(w http.ResponseWriter, r *http.Request, status int, p pages.UserRights, all bool, open []string, within []belvedere.Within, form url.Values) error {
	for _, wg := range s.Users.Widgets {
		if n := len(p.Menus); n == 0 || p.Menus[n-1].Label != wg.Menu {
			p.Menus = append(p.Menus, pages.WidgetMenu{Label: wg.Menu, Doc: wg.Doc})
		}
		m := &p.Menus[len(p.Menus)-1]
		m.Widgets = append(m.Widgets, pages.WidgetBox{Code: wg.Code, Label: wg.Label, Checked: all || slices.Contains(open, wg.Code)})
	}
	p.Members = s.memberPicker(within, form, p.Errors.Of("perimetre"))
	p.Members.Hint = "Le responsable d’un département ne voit ainsi que les inscriptions, résultats, heures, budget et personnels de son département\u00a0: les chiffres qui ne sont connus par aucune de ces dimensions lui sont fermés. Sans membre coché, le droit porte sur l’établissement entier."
	p.Frame, p.Tabs, p.Action = s.userFrame(r, p.User.Name(), nil), userTabs(p.User.ID, "autorisations"), userPath(p.User.ID)+"/autorisations"
	return s.write(w, r, status, pages.UserRightsPage(p))
}
