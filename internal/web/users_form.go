package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/registry"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// newUser shows the empty form.
func (s *server) newUser(w http.ResponseWriter, r *http.Request) error {
	return s.userForm(w, r, http.StatusOK, pages.User{Form: admin.UserForm{Place: registry.InTerritory}}, url.Values{})
}

// createUser adds a user, or shows the form again with what is wrong or what was searched.
func (s *server) createUser(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	p := pages.User{Form: readUserForm(form)}
	if form.Get("geste") == "chercher" {
		traceOf(r).about("nouvel utilisateur", "recherche d’établissements, rien d’enregistré")
		return s.userForm(w, r, http.StatusOK, p, form)
	}
	a, err := s.Users.Create(r.Context(), p.Form)
	var flaws admin.Flaws
	switch {
	case errors.As(err, &flaws):
		p.Errors = fieldErrors(flaws)
		traceOf(r).about("nouvel utilisateur", cut(flaws.Error(), 300))
		return s.userForm(w, r, http.StatusUnprocessableEntity, p, form)
	case err != nil && a.ID == 0:
		return err
	}
	traceOf(r).about(admin.UserObject(a), s.Users.Changes(r.Context(), registry.Account{}, a))
	word := "cree"
	if err != nil {
		s.Log.Error("invitation", "account", a.ID, "err", err)
		word = "cree-sans-mail"
	}
	doneAt(w, r, userPath(a.ID), word)
	return nil
}

// user shows the tab « Compte ».
func (s *server) user(w http.ResponseWriter, r *http.Request) error {
	u, err := s.askedUser(r)
	if err != nil {
		return err
	}
	p := pages.User{User: u, Form: admin.FormOf(u.Account), Done: userDone[r.URL.Query().Get("fait")]}
	return s.userForm(w, r, http.StatusOK, p, url.Values{})
}

// updateUser writes the tab « Compte ». When someone else has changed the user meanwhile, the
// page says what, keeps what was typed and writes nothing.
func (s *server) updateUser(w http.ResponseWriter, r *http.Request) error {
	u, err := s.askedUser(r)
	if err != nil {
		return err
	}
	form, err := posted(r)
	if err != nil {
		return err
	}
	p := pages.User{User: u, Form: readUserForm(form)}
	if form.Get("geste") == "chercher" {
		traceOf(r).about(admin.UserObject(u.Account), "recherche d’établissements, rien d’enregistré")
		return s.userForm(w, r, http.StatusOK, p, form)
	}
	before, after, err := s.Users.Update(r.Context(), viewerOf(r), u.ID, p.Form)
	var flaws admin.Flaws
	var stale *admin.Stale
	switch {
	case errors.As(err, &flaws):
		p.Errors = fieldErrors(flaws)
		traceOf(r).about(admin.UserObject(u.Account), cut(flaws.Error(), 300))
		return s.userForm(w, r, http.StatusUnprocessableEntity, p, form)
	case errors.As(err, &stale):
		p.Stale, p.Form.Version = stale, stale.Kept.Version
		traceOf(r).about(admin.UserObject(u.Account), cut(stale.Error(), 300))
		return s.userForm(w, r, http.StatusConflict, p, form)
	case err != nil && belvedere.KindOf(err) != belvedere.Unavailable:
		return err
	}
	traceOf(r).about(admin.UserObject(before), cut(s.Users.Changes(r.Context(), before, after), 1500))
	word := "modifie"
	if err != nil {
		s.Log.Error("invitation", "account", u.ID, "err", err)
		word = "modif-sans-mail"
	}
	doneAt(w, r, userPath(u.ID), word)
	return nil
}

// readUserForm takes the fields of the form by name, and no other: what else is posted is nothing.
func readUserForm(form url.Values) admin.UserForm {
	f := admin.UserForm{
		LastName: form.Get("nom"), FirstName: form.Get("prenom"), Email: form.Get("mail"), Login: form.Get("identifiant"),
		Function: form.Get("fonction"), Place: registry.AccountPlace(form.Get("place")),
		Admin: form.Get("administrateur") == "oui", Auditor: form.Get("dpo") == "oui",
		AllSchools: form.Get("portee") == "tous", Schools: form["etablissement"],
	}
	f.Version, _ = strconv.ParseInt(form.Get("version"), 10, 64)
	for _, g := range form["groupe"] {
		id, err := strconv.ParseInt(g, 10, 64)
		if err != nil {
			id = -1 // no group has it: the form says so
		}
		f.Groups = append(f.Groups, id)
	}
	return f
}

// userForm shows the form of a user, new or not.
func (s *server) userForm(w http.ResponseWriter, r *http.Request, status int, p pages.User, form url.Values) error {
	groups, err := s.Groups.List(r.Context())
	if err != nil {
		return err
	}
	for _, g := range groups {
		p.Groups = append(p.Groups, pages.GroupBox{ID: g.ID, Name: g.Name, Schools: len(g.Held), Checked: slices.Contains(p.Form.Groups, g.ID)})
	}
	if p.Picker, err = s.picker(r, p.Form.Schools, form); err != nil {
		return err
	}
	p.Picker.Legend, p.Picker.Error = "Établissements choisis un par un", p.Errors.Of("etablissement")
	p.Zone = s.Zone
	p.Frame, p.Title, p.Action = s.userFrame(r, "Nouvel utilisateur", nil), "Nouvel utilisateur", usersPath+"/nouveau"
	if p.User.ID != 0 {
		p.Title, p.Action = p.User.Name(), userPath(p.User.ID)
		p.Frame = s.userFrame(r, p.Title, nil)
		p.Tabs = userTabs(p.User.ID, "")
	}
	return s.write(w, r, status, pages.UserPage(p))
}

// userTabs are the two sides of a user.
func userTabs(id int64, current string) []parts.Link {
	return []parts.Link{
		{Label: "Compte", Address: userPath(id), Current: current == ""},
		{Label: "Autorisations", Address: userPath(id) + "/autorisations", Current: current == "autorisations"},
	}
}
