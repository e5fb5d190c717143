package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const tokensPath = "/administration/jetons"

// tokenRoutes manage the keys of programs.
func (s *server) tokenRoutes() []route {
	if s.Tokens == nil || s.Users == nil {
		return nil
	}
	return []route{
		get(tokensPath, administrator, "consultation", s.tokens),
		get(tokensPath+"/nouveau", administrator, "", s.newToken),
		post(tokensPath+"/nouveau", administrator, "jeton", s.createToken).upTo(mostUserForm),
		get(tokensPath+"/{id}/retirer", administrator, "", s.askRevokeToken),
		post(tokensPath+"/{id}/retirer", administrator, "jeton", s.revokeToken),
	}
}

var tokenDone = map[string]string{
	"retire": "Le jeton est retiré\u00a0: son programme est refusé dès sa prochaine demande.",
}

func (s *server) tokenFrame(r *http.Request, title string) parts.Frame {
	f := s.frame(r, title)
	if title != "Jetons" {
		f.Crumbs = append(f.Crumbs, parts.Link{Label: "Jetons", Address: tokensPath})
	}
	f.Crumbs = append(f.Crumbs, parts.Link{Label: title})
	return f
}

// tokens lists them with their last use.
func (s *server) tokens(w http.ResponseWriter, r *http.Request) error {
	list, err := s.Tokens.List(r.Context())
	if err != nil {
		return err
	}
	p := pages.Tokens{Frame: s.tokenFrame(r, "Jetons"), List: list, Done: tokenDone[r.URL.Query().Get("fait")], Zone: s.Zone}
	return s.write(w, r, http.StatusOK, pages.TokensPage(p))
}

// newToken shows the empty form.
func (s *server) newToken(w http.ResponseWriter, r *http.Request) error {
	return s.tokenForm(w, r, http.StatusOK, pages.Token{Form: admin.TokenForm{Push: true}}, url.Values{})
}

// createToken makes a token and shows its secret. The page is the answer itself and no other
// address shows it: what was shown once must not stand in a history.
func (s *server) createToken(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	p := pages.Token{Form: readTokenForm(form)}
	traceOf(r).about("nouveau jeton", "recherche d’établissements, rien d’enregistré")
	if form.Get("geste") == "chercher" {
		return s.tokenForm(w, r, http.StatusOK, p, form)
	}
	secret, made, err := s.Tokens.Create(r.Context(), viewerOf(r), p.Form)
	var flaws admin.Flaws
	switch {
	case errors.As(err, &flaws):
		p.Errors = fieldErrors(flaws)
	case belvedere.KindOf(err) == belvedere.Conflict:
		p.Errors.Add("nom", belvedere.Message(err))
	case err != nil:
		return err
	}
	if len(p.Errors) > 0 {
		traceOf(r).about("nouveau jeton", cut(p.Errors[0].Message, 300))
		return s.tokenForm(w, r, http.StatusUnprocessableEntity, p, form)
	}
	traceOf(r).about(admin.TokenObject(made), "créé\u00a0: "+admin.SayToken(made)+", jusqu’au "+belvedere.ShortDate(made.Expires.Add(-1).In(s.Zone)))
	shown := pages.TokenMade{Frame: s.tokenFrame(r, "Jeton créé"), Token: made, Secret: secret, LastDay: made.Expires.Add(-1).In(s.Zone)}
	return s.write(w, r, http.StatusCreated, pages.TokenMadePage(shown))
}

func readTokenForm(form url.Values) admin.TokenForm {
	f := admin.TokenForm{
		Name: form.Get("nom"), Vendor: form.Get("editeur"), Push: form.Get("depot") == "oui", Read: form.Get("lecture") == "oui",
		AllSchools: form.Get("portee") == "tous", Schools: form["etablissement"], LastDay: form.Get("fin"),
	}
	for _, g := range form["groupe"] {
		id, _ := strconv.ParseInt(g, 10, 64)
		f.Groups = append(f.Groups, id)
	}
	return f
}

// tokenForm shows the form with what was typed.
func (s *server) tokenForm(w http.ResponseWriter, r *http.Request, status int, p pages.Token, form url.Values) (err error) {
	p.Frame = s.tokenFrame(r, "Nouveau jeton")
	if p.Form.LastDay == "" {
		p.Form.LastDay = s.Now().In(s.Zone).AddDate(1, 0, -1).Format("2006-01-02")
	}
	if p.Picker, err = s.picker(r, p.Form.Schools, form); err != nil {
		return err
	}
	p.Picker.Legend, p.Picker.Error = "Établissements", p.Errors.Of("etablissement")
	if s.Groups != nil {
		list, err := s.Groups.List(r.Context())
		if err != nil {
			return err
		}
		for _, g := range list {
			box := pages.GroupBox{ID: g.ID, Name: g.Name, Schools: len(g.Held)}
			for _, id := range p.Form.Groups {
				box.Checked = box.Checked || id == g.ID
			}
			p.Groups = append(p.Groups, box)
		}
	}
	return s.write(w, r, status, pages.TokenPage(p))
}

// askRevokeToken says what stops before a token is withdrawn.
func (s *server) askRevokeToken(w http.ResponseWriter, r *http.Request) error {
	t, err := s.Tokens.Token(r.Context(), tokenID(r))
	if err != nil {
		return err
	}
	use := "Il n’a jamais servi."
	if !t.LastUsed.IsZero() {
		use = "Il a servi pour la dernière fois le " + belvedere.ShortDate(t.LastUsed.In(s.Zone)) + ", depuis " + t.LastFrom + "."
	}
	whose := "Le programme de l’éditeur " + t.Vendor
	if t.Account != 0 {
		whose = "Le programme qui lit avec les droits de " + t.Owner
	}
	c := pages.Confirm{
		Frame: s.tokenFrame(r, "Retirer un jeton"), Title: "Retirer le jeton « " + t.Name + " » ?",
		Text:   []string{whose + " est refusé dès sa prochaine demande, et ce qu’il envoie ou reçoit en ce moment s’arrête. Un jeton retiré ne revient pas : il faut en créer un autre.", use},
		Action: tokensPath + "/" + strconv.FormatInt(t.ID, 10) + "/retirer", Button: "Retirer", Back: tokensPath,
	}
	return s.write(w, r, http.StatusOK, pages.ConfirmPage(c))
}

// revokeToken withdraws it.
func (s *server) revokeToken(w http.ResponseWriter, r *http.Request) error {
	t, err := s.Tokens.Revoke(r.Context(), tokenID(r))
	if t.ID != 0 {
		traceOf(r).about(admin.TokenObject(t), "retiré")
	}
	if err != nil {
		return err
	}
	doneAt(w, r, tokensPath, "retire")
	return nil
}

// tokenID is the number in the address, 0 for what is none: no token bears it.
func tokenID(r *http.Request) int64 {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0
	}
	return id
}
