package web

import (
	"errors"
	"net/http"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const ownTokensPath = "/compte/jetons"

// ownTokenRoutes are the tokens by which a person's programs read as the account. They ask more than one's own
// account does: who owes a second factor makes none before it is shown.
func (s *server) ownTokenRoutes() []route {
	if s.Auth == nil || s.Tokens == nil {
		return nil
	}
	return []route{
		get(ownTokensPath, signedIn, "", s.own(s.ownTokens)),
		get(ownTokensPath+"/nouveau", signedIn, "", s.own(s.recent(s.newOwnToken))),
		post(ownTokensPath+"/nouveau", signedIn, "jeton", s.own(s.recent(s.createOwnToken))),
		post(ownTokensPath+"/{id}/retirer", signedIn, "jeton", s.own(s.revokeOwnToken)),
	}
}

// ownTokens lists them with their last use.
func (s *server) ownTokens(w http.ResponseWriter, r *http.Request, m me) error {
	list, err := s.Tokens.Own(r.Context(), m.account.ID)
	if err != nil {
		return err
	}
	p := pages.OwnTokens{Frame: s.accountFrame(r, m, "Jetons de lecture"), Tabs: s.accountTabs(ownTokensPath), List: list, Done: ownTokenDone[r.URL.Query().Get("fait")], Zone: s.Zone}
	return s.write(w, r, http.StatusOK, pages.OwnTokensPage(p))
}

var ownTokenDone = map[string]string{"retire": "Le jeton est retiré\u00a0: le programme qui le présente est refusé dès sa prochaine demande."}

// newOwnToken shows the empty form.
func (s *server) newOwnToken(w http.ResponseWriter, r *http.Request, m me) error {
	return s.ownTokenForm(w, r, http.StatusOK, m, pages.OwnToken{})
}

func (s *server) ownTokenForm(w http.ResponseWriter, r *http.Request, status int, m me, p pages.OwnToken) error {
	p.Frame = s.accountFrame(r, m, "Nouveau jeton de lecture")
	if p.Form.LastDay == "" {
		p.Form.LastDay = s.Now().In(s.Zone).AddDate(0, 0, admin.OwnTokenDays-1).Format("2006-01-02")
	}
	return s.write(w, r, status, pages.OwnTokenPage(p))
}

// createOwnToken makes a token and shows its secret. The page is the answer itself, as for those of programs.
func (s *server) createOwnToken(w http.ResponseWriter, r *http.Request, m me) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	p := pages.OwnToken{Form: admin.OwnTokenForm{Name: form.Get("nom"), LastDay: form.Get("fin")}}
	secret, made, err := s.Tokens.CreateOwn(r.Context(), m.account, m.session.Strong, m.account.Login, p.Form)
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
		traceOf(r).about("nouveau jeton de lecture", cut(p.Errors[0].Message, 300))
		return s.ownTokenForm(w, r, http.StatusUnprocessableEntity, m, p)
	}
	last := made.Expires.Add(-1).In(s.Zone)
	traceOf(r).about(admin.TokenObject(made), "créé\u00a0: "+admin.SayToken(made)+", jusqu’au "+belvedere.ShortDate(last))
	s.Auth.TokenMade(r.Context(), m.account, made.Name+", jusqu’au "+belvedere.ShortDate(last), m.from)
	shown := pages.OwnTokenMade{Frame: s.accountFrame(r, m, "Jeton de lecture créé"), Token: made, Secret: secret, LastDay: last}
	return s.write(w, r, http.StatusCreated, pages.OwnTokenMadePage(shown))
}

// revokeOwnToken withdraws it at once: nothing is lost but the key, and another is made as fast.
func (s *server) revokeOwnToken(w http.ResponseWriter, r *http.Request, m me) error {
	t, err := s.Tokens.RevokeOwn(r.Context(), m.account.ID, tokenID(r))
	if t.ID != 0 {
		traceOf(r).about(admin.TokenObject(t), "retiré")
	}
	if err != nil {
		return err
	}
	doneAt(w, r, ownTokensPath, "retire")
	return nil
}

// accountTabs lead from one page of the account to another.
func (s *server) accountTabs(path string) []parts.Link {
	tabs := []parts.Link{{Label: "Mon compte", Address: "/compte"}, {Label: "Sécurité", Address: "/compte/securite"}, {Label: "Ce que je peux voir", Address: "/compte/droits"}}
	if s.Tokens != nil {
		tabs = append(tabs, parts.Link{Label: "Jetons de lecture", Address: ownTokensPath})
	}
	for i := range tabs {
		tabs[i].Current = tabs[i].Address == path
	}
	return tabs
}
