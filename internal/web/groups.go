package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/registry"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
	"belvedere/internal/words"
)

const groupsPath = "/administration/groupes"

// groupRoutes manage the groups of schools.
func (s *server) groupRoutes() []route {
	if s.Groups == nil || s.Users == nil {
		return nil
	}
	const one = groupsPath + "/{id}"
	return []route{
		get(groupsPath, administrator, "consultation", s.groups),
		get(groupsPath+"/nouveau", administrator, "", s.newGroup),
		post(groupsPath+"/nouveau", administrator, "groupe", s.putGroup).upTo(mostUserForm),
		get(one, administrator, "consultation", s.group),
		post(one, administrator, "groupe", s.putGroup).upTo(mostUserForm),
		get(one+"/supprimer", administrator, "", s.askDeleteGroup),
		post(one+"/supprimer", administrator, "groupe", s.deleteGroup),
	}
}

var groupDone = map[string]string{
	"cree":     "Le groupe est créé : donnez-le à des utilisateurs depuis leurs fiches.",
	"modifie":  "Le groupe est enregistré : les droits suivent dès la prochaine page.",
	"supprime": "Le groupe est supprimé, et retiré des comptes qui l’avaient.",
}

func groupPath(id int64) string { return groupsPath + "/" + strconv.FormatInt(id, 10) }

func (s *server) groupFrame(r *http.Request, title string, under *parts.Link) parts.Frame {
	f := s.frame(r, title)
	if title != "Groupes d’établissements" {
		f.Crumbs = append(f.Crumbs, parts.Link{Label: "Groupes d’établissements", Address: groupsPath})
	}
	if under != nil {
		f.Crumbs = append(f.Crumbs, *under)
	}
	f.Crumbs = append(f.Crumbs, parts.Link{Label: title})
	return f
}

// groups lists them.
func (s *server) groups(w http.ResponseWriter, r *http.Request) error {
	list, err := s.Groups.List(r.Context())
	if err != nil {
		return err
	}
	p := pages.Groups{Frame: s.groupFrame(r, "Groupes d’établissements", nil), List: list, Done: groupDone[r.URL.Query().Get("fait")], Label: s.codeLabel}
	return s.write(w, r, http.StatusOK, pages.GroupsPage(p))
}

// codeLabel is how people read a value of a rule: the catalogue names types and sectors.
func (s *server) codeLabel(rule, value string) string {
	for _, ds := range s.model.Datasets {
		for _, d := range ds.Dimensions {
			if ds.Kind != belvedere.Register || d.Name != rule || d.List == nil {
				continue
			}
			if c := d.List.Find(value); c != nil {
				return c.Label
			}
		}
	}
	return value
}

// newGroup shows the empty form.
func (s *server) newGroup(w http.ResponseWriter, r *http.Request) error {
	return s.groupForm(w, r, http.StatusOK, pages.Group{Form: admin.GroupForm{Rule: "type"}}, url.Values{})
}

// group shows one with its schools.
func (s *server) group(w http.ResponseWriter, r *http.Request) error {
	g, err := s.Groups.Group(r.Context(), userID(r))
	if err != nil {
		return err
	}
	p := pages.Group{Group: g, Form: admin.FormOfGroup(g.Group), Done: groupDone[r.URL.Query().Get("fait")], Preview: g.Held, Shown: true}
	return s.groupForm(w, r, http.StatusOK, p, url.Values{})
}

// putGroup creates or changes a group, shows which schools it would hold, or searches some.
func (s *server) putGroup(w http.ResponseWriter, r *http.Request) (err error) {
	form, err := posted(r)
	if err != nil {
		return err
	}
	p := pages.Group{Form: readGroupForm(form)}
	if r.PathValue("id") != "" {
		if p.Group, err = s.Groups.Group(r.Context(), userID(r)); err != nil {
			return err
		}
	}
	object := "nouveau groupe"
	if p.Group.ID != 0 {
		object = admin.GroupObject(p.Group.Group)
	}
	traceOf(r).about(object, "recherche ou aperçu, rien d’enregistré")
	var before, after registry.Group
	switch form.Get("geste") {
	case "chercher":
		return s.groupForm(w, r, http.StatusOK, p, form)
	case "apercu":
		p.Preview, err = s.Groups.Preview(r.Context(), p.Group.ID, p.Form)
		p.Shown = err == nil
	default:
		before, after, err = s.Groups.Put(r.Context(), p.Group.ID, p.Form)
	}
	var flaws admin.Flaws
	switch {
	case errors.As(err, &flaws):
		p.Errors = fieldErrors(flaws)
		traceOf(r).about(object, cut(flaws.Error(), 300))
		return s.groupForm(w, r, http.StatusUnprocessableEntity, p, form)
	case belvedere.KindOf(err) == belvedere.Conflict:
		p.Errors.Add("", belvedere.Message(err))
		traceOf(r).about(object, belvedere.Message(err))
		return s.groupForm(w, r, http.StatusConflict, p, form)
	case err != nil:
		return err
	case p.Shown:
		return s.groupForm(w, r, http.StatusOK, p, form)
	}
	traceOf(r).about(admin.GroupObject(after), cut(admin.SayGroupChange(before, after), 1500))
	word := "modifie"
	if before.ID == 0 {
		word = "cree"
	}
	doneAt(w, r, groupPath(after.ID), word)
	return nil
}

// readGroupForm takes the values of the chosen rule only: the others are there in case one comes back to them.
func readGroupForm(form url.Values) admin.GroupForm {
	f := admin.GroupForm{Name: form.Get("nom"), Rule: form.Get("regle"), Schools: form["etablissement"]}
	f.Version, _ = strconv.ParseInt(form.Get("version"), 10, 64)
	for _, v := range form["valeurs_"+f.Rule] {
		f.Values = append(f.Values, strings.FieldsFunc(v, func(c rune) bool { return c == '\n' || c == '\r' || c == ';' })...)
	}
	return f
}

// mostBoxes is how many values of a rule are shown as boxes; beyond, they are typed.
const mostBoxes = 60

// groupForm shows the form of a group, new or not.
func (s *server) groupForm(w http.ResponseWriter, r *http.Request, status int, p pages.Group, form url.Values) (err error) {
	choices, err := s.Groups.Choices(r.Context())
	if err != nil {
		return err
	}
	for _, rule := range admin.Rules() {
		view := pages.GroupRule{Rule: rule, Error: p.Errors.Of("valeurs_" + rule.Code)}
		mine := []string{}
		if rule.Code == p.Form.Rule {
			mine = p.Form.Values
		}
		view.Typed = strings.Join(mine, "\n")
		if list := choices[rule.Code]; len(list) > 0 && len(list) <= mostBoxes {
			view.Boxes = s.groupBoxes(rule.Code, list, mine)
		}
		p.Rules = append(p.Rules, view)
	}
	if p.Picker, err = s.picker(r, p.Form.Schools, form); err != nil {
		return err
	}
	p.Picker.Legend, p.Picker.Error = "Établissements du groupe", p.Errors.Of("etablissement")
	p.Title, p.Action = "Nouveau groupe", groupsPath+"/nouveau"
	if p.Group.ID != 0 {
		p.Title, p.Action = p.Group.Name, groupPath(p.Group.ID)
	}
	p.Frame = s.groupFrame(r, p.Title, nil)
	return s.write(w, r, status, pages.GroupPage(p))
}

// groupBoxes are the values of a rule to tick; one that no school has any more stays as it was ticked.
func (s *server) groupBoxes(rule string, list []admin.GroupChoice, mine []string) (out []pages.ValueBox) {
	isMine := func(v string) bool {
		return slices.ContainsFunc(mine, func(m string) bool { return words.Fold(m) == words.Fold(v) })
	}
	for _, c := range list {
		out = append(out, pages.ValueBox{Value: c.Value, Label: s.codeLabel(rule, c.Value), Schools: c.Schools, Checked: isMine(c.Value)})
	}
	for _, m := range mine {
		if !slices.ContainsFunc(list, func(c admin.GroupChoice) bool { return words.Fold(c.Value) == words.Fold(m) }) {
			out = append(out, pages.ValueBox{Value: m, Label: s.codeLabel(rule, m), Checked: true})
		}
	}
	return out
}

// askDeleteGroup says who loses what before a group is removed.
func (s *server) askDeleteGroup(w http.ResponseWriter, r *http.Request) error {
	g, err := s.Groups.Group(r.Context(), userID(r))
	if err != nil {
		return err
	}
	c := pages.Confirm{
		Title: "Supprimer le groupe « " + g.Name + " » ?",
		Text:  []string{"Aucun compte n’a ce groupe : personne ne perd de droit."}, Action: groupPath(g.ID) + "/supprimer",
		Button: "Supprimer", Version: g.Version, Back: groupPath(g.ID),
	}
	if g.Accounts > 0 {
		c.Text[0] = belvedere.Plural(g.Accounts, "compte perd", "comptes perdent") + " aussitôt l’accès à ses établissements (" +
			belvedere.FormatNumber(float64(len(g.Held)), 0) + "), sauf à ceux qui leur sont donnés autrement."
	}
	c.Frame = s.groupFrame(r, c.Button, &parts.Link{Label: g.Name, Address: groupPath(g.ID)})
	return s.write(w, r, http.StatusOK, pages.ConfirmPage(c))
}

// deleteGroup removes it, unless it has changed since the question.
func (s *server) deleteGroup(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	version, _ := strconv.ParseInt(form.Get("version"), 10, 64)
	g, err := s.Groups.Delete(r.Context(), userID(r), max(version, 1))
	if g.ID != 0 {
		traceOf(r).about(admin.GroupObject(g), "groupe supprimé")
	}
	if err != nil {
		return err
	}
	doneAt(w, r, groupsPath, "supprime")
	return nil
}
