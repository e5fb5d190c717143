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

const grantsPath = "/administration/habilitations"

// grantRoutes show who may do what beyond the rights of accounts, and let administrators give and
// take it back.
func (s *server) grantRoutes() []route {
	if s.Grants == nil || s.Users == nil {
		return nil
	}
	const one = grantsPath + "/{id}"
	return []route{
		get(grantsPath, auditor, "consultation", s.grants),
		get(grantsPath+"/nouvelle", administrator, "", s.newGrant),
		post(grantsPath+"/nouvelle", administrator, "habilitation", s.giveGrant).upTo(mostUserForm),
		get(one+"/retirer", administrator, "", s.askRevokeGrant),
		post(one+"/retirer", administrator, "habilitation", s.revokeGrant),
		get(one+"/renouveler", administrator, "", s.askRenewGrant),
		post(one+"/renouveler", administrator, "habilitation", s.renewGrant),
	}
}

// grantEntries lead to the grants.
func (s *server) grantEntries() []menuEntry {
	if s.Grants == nil || s.Users == nil {
		return nil
	}
	return []menuEntry{{"Habilitations", grantsPath, auditor}}
}

var grantDone = map[string]string{
	"donnee":     "L’habilitation est donnée : elle vaut dès la prochaine page.",
	"retiree":    "L’habilitation est retirée : elle ne vaut plus dès la prochaine demande.",
	"renouvelee": "La fin de l’habilitation est déplacée.",
}

func (s *server) grantFrame(r *http.Request, title string) parts.Frame {
	f := s.frame(r, title)
	if title != "Habilitations" {
		f.Crumbs = append(f.Crumbs, parts.Link{Label: "Habilitations", Address: grantsPath})
	}
	f.Crumbs = append(f.Crumbs, parts.Link{Label: title})
	return f
}

// grants lists them, of all or of one person.
func (s *server) grants(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	q := admin.GrantQuery{Login: clean(query.Get("personne"), 254), State: query.Get("etat")}
	p := pages.Grants{Frame: s.grantFrame(r, "Habilitations"), Login: q.Login, Done: grantDone[query.Get("fait")]}
	p.Manages, _ = administrator.allows(viewerOf(r))
	for _, one := range []parts.Link{{Label: "Toutes"}, {Label: "En vigueur", Address: "en_vigueur"}, {Label: "Finies", Address: "finies"}} {
		v := url.Values{}
		if q.Login != "" {
			v.Set("personne", q.Login)
		}
		if one.Address != "" {
			v.Set("etat", one.Address)
		}
		p.States = append(p.States, parts.Link{Label: one.Label, Address: withQuery(grantsPath, v), Current: one.Address == q.State})
	}
	var err error
	if p.List, err = s.Grants.List(r.Context(), q); err != nil {
		return err
	}
	return s.write(w, r, http.StatusOK, pages.GrantsPage(p))
}

// newGrant shows the empty form, for a person when the address names one.
func (s *server) newGrant(w http.ResponseWriter, r *http.Request) error {
	p := pages.Grant{Form: admin.GrantForm{Login: clean(r.URL.Query().Get("personne"), 254), LastDay: s.Now().In(s.Zone).AddDate(1, 0, -1).Format("2006-01-02")}}
	return s.grantForm(w, r, http.StatusOK, p, url.Values{})
}

// giveGrant gives what the form says.
func (s *server) giveGrant(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	p := pages.Grant{Form: s.readGrantForm(form)}
	traceOf(r).about("nouvelle habilitation", "recherche d’établissements, rien d’enregistré")
	if form.Get("geste") == "chercher" || searchesMembers(form) {
		return s.grantForm(w, r, http.StatusOK, p, form)
	}
	made, err := s.Grants.Give(r.Context(), viewerOf(r), p.Form)
	var flaws admin.Flaws
	switch {
	case errors.As(err, &flaws):
		p.Errors = fieldErrors(flaws)
	case belvedere.KindOf(err) == belvedere.Forbidden:
		p.Errors.Add("personne", belvedere.Message(err))
	case err != nil:
		return err
	}
	if len(p.Errors) > 0 {
		traceOf(r).about("nouvelle habilitation", cut(p.Errors[0].Message, 300))
		return s.grantForm(w, r, http.StatusUnprocessableEntity, p, form)
	}
	traceOf(r).about(admin.GrantObject(made), cut("donnée : "+made.Opens+", jusqu’au "+belvedere.ShortDate(made.LastDay)+" : "+made.Purpose, 1500))
	doneAt(w, r, grantsPath, "donnee")
	return nil
}

func (s *server) readGrantForm(form url.Values) admin.GrantForm {
	asked := form["rubrique"]
	all := len(asked) > 0 && !slices.ContainsFunc(s.Users.Widgets, func(wg belvedere.Widget) bool { return !slices.Contains(asked, wg.Code) })
	return admin.GrantForm{Login: form.Get("personne"), Capability: form.Get("capacite"), Level: form.Get("niveau"), AllWidgets: all, Widgets: asked,
		AllSchools: form.Get("portee") == "tous", Schools: form["etablissement"], Within: readWithin(form), Purpose: form.Get("finalite"), LastDay: form.Get("fin")}
}

// grantForm shows the form with what was typed.
func (s *server) grantForm(w http.ResponseWriter, r *http.Request, status int, p pages.Grant, form url.Values) (err error) {
	p.Frame = s.grantFrame(r, "Nouvelle habilitation")
	if p.People, err = s.peopleOptions(r, viewerOf(r).ID); err != nil {
		return err
	}
	p.Menus = s.widgetBoxes(p.Form.AllWidgets, p.Form.Widgets)
	if p.Picker, err = s.picker(r, p.Form.Schools, form); err != nil {
		return err
	}
	p.Picker.Legend, p.Picker.Error = "Établissements", p.Errors.Of("etablissement")
	p.Members = s.memberPicker(p.Form.Within, form, p.Errors.Of("perimetre"))
	p.Members.Hint = "L’habilitation n’ouvre alors que les chiffres et les lignes de ces membres. Sans membre coché, elle vaut pour les établissements cochés entiers, ou pour ce que le compte voit des siens."
	return s.write(w, r, status, pages.GrantPage(p))
}

// widgetBoxes are the menus with their widgets to tick.
func (s *server) widgetBoxes(all bool, open []string) (menus []pages.WidgetMenu) {
	for _, wg := range s.Users.Widgets {
		if n := len(menus); n == 0 || menus[n-1].Label != wg.Menu {
			menus = append(menus, pages.WidgetMenu{Label: wg.Menu})
		}
		m := &menus[len(menus)-1]
		m.Widgets = append(m.Widgets, pages.WidgetBox{Code: wg.Code, Label: wg.Label, Checked: all || slices.Contains(open, wg.Code)})
	}
	return menus
}

// mostListedPeople is how many people a list offers; beyond, one types an identifier.
const mostListedPeople = 300

// peopleOptions are the active accounts but one, nil when they are too many to list.
func (s *server) peopleOptions(r *http.Request, but int64) ([]parts.Option, error) {
	list, total, err := s.Users.Registry.ListAccounts(r.Context(), registry.AccountFilter{State: registry.Active}, registry.Page{Limit: mostListedPeople})
	if err != nil || total > mostListedPeople {
		return nil, err
	}
	out := []parts.Option{{Label: "Choisissez"}}
	for _, a := range list {
		if a.ID == but {
			continue
		}
		label := a.Name()
		if a.Function != "" {
			label += ", " + a.Function
		}
		out = append(out, parts.Option{Value: a.Login, Label: label})
	}
	return out, nil
}

// askRevokeGrant asks why, and says what stops.
func (s *server) askRevokeGrant(w http.ResponseWriter, r *http.Request) error {
	return s.grantAct(w, r, http.StatusOK, pages.GrantAct{Revoke: true})
}

// askRenewGrant asks until when.
func (s *server) askRenewGrant(w http.ResponseWriter, r *http.Request) error {
	return s.grantAct(w, r, http.StatusOK, pages.GrantAct{Value: s.Now().In(s.Zone).AddDate(1, 0, -1).Format("2006-01-02")})
}

func (s *server) grantAct(w http.ResponseWriter, r *http.Request, status int, p pages.GrantAct) (err error) {
	if p.Grant, err = s.Grants.One(r.Context(), pathNumber(r)); err != nil {
		return err
	}
	title := "Renouveler une habilitation"
	p.Action = grantsPath + "/" + strconv.FormatInt(p.Grant.ID, 10) + "/renouveler"
	if p.Revoke {
		title = "Retirer une habilitation"
		p.Action = grantsPath + "/" + strconv.FormatInt(p.Grant.ID, 10) + "/retirer"
	}
	p.Frame = s.grantFrame(r, title)
	return s.write(w, r, status, pages.GrantActPage(p))
}

// revokeGrant ends one at once.
func (s *server) revokeGrant(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	g, err := s.Grants.Revoke(r.Context(), viewerOf(r), pathNumber(r), form.Get("motif"))
	return s.grantActed(w, r, pages.GrantAct{Revoke: true, Value: form.Get("motif")}, g, err, "motif", "retirée : "+g.RevokedWhy, "retiree")
}

// renewGrant moves the end of one.
func (s *server) renewGrant(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	g, err := s.Grants.Renew(r.Context(), viewerOf(r), pathNumber(r), form.Get("fin"))
	return s.grantActed(w, r, pages.GrantAct{Value: form.Get("fin")}, g, err, "fin", "renouvelée jusqu’au "+belvedere.ShortDate(g.LastDay), "renouvelee")
}

// grantActed leads back to the list, or shows the form with what is wrong.
func (s *server) grantActed(w http.ResponseWriter, r *http.Request, p pages.GrantAct, g admin.GrantView, err error, field, detail, word string) error {
	traceOf(r).about("habilitation "+strconv.FormatInt(pathNumber(r), 10), "rien de changé")
	switch belvedere.KindOf(err) {
	case belvedere.Invalid, belvedere.Forbidden, belvedere.Conflict:
		p.Errors.Add(field, belvedere.Message(err))
		return s.grantAct(w, r, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	traceOf(r).about(admin.GrantObject(g), cut(detail, 1500))
	doneAt(w, r, grantsPath, word)
	return nil
}
