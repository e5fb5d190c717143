package web

import (
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

const (
	usersPath    = "/administration/utilisateurs"
	usersPerPage = 50
	mostUserForm = 512 << 10 // bytes of a form that names thousands of schools
)

// userRoutes manage who may sign in, and with which rights.
func (s *server) userRoutes() []route {
	if s.Users == nil {
		return nil
	}
	const one = usersPath + "/{id}"
	return []route{
		get(usersPath, administrator, "consultation", s.users),
		get(usersPath+"/nouveau", administrator, "", s.newUser),
		post(usersPath+"/nouveau", administrator, "utilisateur", s.createUser).upTo(mostUserForm),
		get(usersPath+"/export.csv", administrator, "export", s.exportUsers),
		get(usersPath+"/import", administrator, "", s.usersFile),
		post(usersPath+"/import", administrator, "utilisateur", s.tryUsersFile).upTo(admin.MostUsersFile + 64<<10),
		post(usersPath+"/import/appliquer", administrator, "utilisateur", s.applyUsersFile).upTo(2 * admin.MostUsersFile),
		get(one, administrator, "consultation", s.user),
		post(one, administrator, "utilisateur", s.updateUser).upTo(mostUserForm),
		get(one+"/autorisations", administrator, "consultation", s.userRights),
		post(one+"/autorisations", administrator, "droits", s.updateUserRights),
		get(one+"/supprimer", administrator, "", s.askDeleteUser),
		post(one+"/supprimer", administrator, "utilisateur", s.deleteUser),
		get(one+"/second-facteur", administrator, "", s.askResetFactor),
		post(one+"/second-facteur", administrator, "second_facteur", s.resetFactor),
		post(one+"/invitation", administrator, "utilisateur", s.inviteUser),
		post(one+"/mot-de-passe", administrator, "mot_de_passe", s.resetPassword),
		post(one+"/verrouiller", administrator, "utilisateur", s.lockUser),
		post(one+"/deverrouiller", administrator, "utilisateur", s.unlockUser),
	}
}

// userMenu leads to the users and their groups.
func (s *server) userMenu() []menuEntry {
	if s.Users == nil {
		return nil
	}
	menu := []menuEntry{{"Utilisateurs", usersPath, administrator}}
	if s.Groups != nil {
		menu = append(menu, menuEntry{"Groupes d’établissements", groupsPath, administrator})
	}
	return menu
}

// userDone are the sentences of what was done, by the word in the address.
var userDone = map[string]string{
	"cree":            "Le compte est créé. L’invitation est partie : elle est valable 72 heures.",
	"cree-sans-mail":  "Le compte est créé, mais l’invitation n’a pas pu partir : renvoyez-la d’ici.",
	"modifie":         "Le compte est enregistré.",
	"modif-sans-mail": "Le compte est enregistré, mais le courrier à la nouvelle adresse n’a pas pu partir : renvoyez l’invitation.",
	"autorisations":   "Les autorisations sont enregistrées : elles s’appliquent dès la prochaine page.",
	"invite":          "L’invitation est repartie ; les précédentes ne valent plus rien.",
	"mot-de-passe":    "Le lien pour choisir un nouveau mot de passe est parti : il est valable 30 minutes.",
	"verrouille":      "Le compte est verrouillé et ses sessions sont fermées.",
	"deverrouille":    "Le compte est déverrouillé.",
	"facteur":         "La double authentification est levée, les sessions sont fermées et la personne est prévenue.",
	"supprime":        "Le compte est supprimé.",
	"importe":         "Le fichier est importé. Les personnes créées sont invitées par courrier.",
	"importe-sans":    "Le fichier est importé, mais des invitations n’ont pas pu partir : renvoyez-les depuis les fiches marquées « adresse non confirmée ».",
}

// doneAt leads to a page that says what was done.
func doneAt(w http.ResponseWriter, r *http.Request, path, word string) {
	http.Redirect(w, r, withQuery(path, url.Values{"fait": {word}}), http.StatusSeeOther)
}

// userStates are the choices over the list of users: the word in the address, the label, what it keeps.
var userStates = []struct {
	code, label string
	filter      registry.AccountFilter
}{
	{"", "Tous", registry.AccountFilter{}},
	{"administrateurs", "Administrateurs", registry.AccountFilter{Admin: true}},
	{"invites", "Adresse non confirmée", registry.AccountFilter{State: registry.Invited}},
	{"verrouilles", "Verrouillés", registry.AccountFilter{State: registry.Locked}},
}

// users lists them, with search and marks.
func (s *server) users(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	number, err := pageNumber(query)
	if err != nil {
		return err
	}
	p := pages.Users{Frame: s.userFrame(r, "Utilisateurs", nil), Search: clean(query.Get("q"), mostSearch), Done: userDone[query.Get("fait")], Zone: s.Zone}
	filter := registry.AccountFilter{}
	for _, one := range userStates {
		v := url.Values{}
		if p.Search != "" {
			v.Set("q", p.Search)
		}
		if one.code != "" {
			v.Set("etat", one.code)
		}
		current := one.code == query.Get("etat")
		if current {
			filter, p.State = one.filter, one.code
		}
		p.States = append(p.States, parts.Link{Label: one.label, Address: withQuery(usersPath, v), Current: current})
	}
	filter.Text = p.Search
	p.List, p.Total, err = s.Users.List(r.Context(), viewerOf(r), filter, registry.Page{Offset: (number - 1) * usersPerPage, Limit: usersPerPage})
	if err != nil {
		return err
	}
	query.Del("fait")
	p.Pages = pageLinks(usersPath, query, number, p.Total, usersPerPage)
	return s.write(w, r, http.StatusOK, pages.UsersPage(p))
}

// userFrame surrounds a page about users.
func (s *server) userFrame(r *http.Request, title string, under *parts.Link) parts.Frame {
	f := s.frame(r, title)
	if title == "Utilisateurs" {
		f.Crumbs = append(f.Crumbs, parts.Link{Label: title})
		return f
	}
	f.Crumbs = append(f.Crumbs, parts.Link{Label: "Utilisateurs", Address: usersPath})
	if under != nil {
		f.Crumbs = append(f.Crumbs, *under)
	}
	f.Crumbs = append(f.Crumbs, parts.Link{Label: title})
	return f
}

// userID reads the number in the address; one that nobody can have leads nowhere.
func userID(r *http.Request) int64 {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return 0
	}
	return id
}

func userPath(id int64) string { return usersPath + "/" + strconv.FormatInt(id, 10) }

// askedUser is the user that the address names.
func (s *server) askedUser(r *http.Request) (admin.User, error) {
	return s.Users.User(r.Context(), viewerOf(r), userID(r))
}

// posted reads a form of the page: texts that can be seen. Passwords alone stay as they were typed.
func posted(r *http.Request) (url.Values, error) {
	if err := r.ParseForm(); err != nil {
		if _, tooLarge := err.(*http.MaxBytesError); tooLarge {
			return nil, err
		}
		return nil, belvedere.WrapError(belvedere.Invalid, err, "Le formulaire n’a pas pu être lu.")
	}
	for name, values := range r.PostForm {
		if slices.Contains(secretFields, name) {
			continue
		}
		for i, v := range values {
			values[i] = visible(v)
		}
	}
	return r.PostForm, nil
}

// fieldErrors are the flaws of a form as its fields show them.
func fieldErrors(flaws admin.Flaws) parts.FieldErrors {
	var out parts.FieldErrors
	for _, f := range flaws {
		out.Add(f.Field, f.Message)
	}
	return out
}
