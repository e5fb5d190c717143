package web

import (
	"errors"
	"net/http"
	"strings"

	"belvedere/internal/auth"
	"belvedere/internal/registry"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// accountRoutes are the pages of one's own account.
func (s *server) accountRoutes() []route {
	if s.Auth == nil {
		return nil
	}
	return append([]route{
		get("/compte", ownAccount, "", s.own(s.accountPage)),
		get("/compte/droits", ownAccount, "", s.own(s.accountRights)),
		get("/compte/confirmer", ownAccount, "", s.own(s.confirmPage)),
		post("/compte/confirmer", ownAccount, "compte", s.own(s.confirm)),
		get("/compte/adresse", ownAccount, "", s.own(s.recent(s.newEmailPage))),
		post("/compte/adresse", ownAccount, "compte", s.own(s.recent(s.newEmail))),
		get("/compte/mot-de-passe", ownAccount, "", s.own(s.newPasswordPage)),
		post("/compte/mot-de-passe", ownAccount, "mot_de_passe", s.own(s.newPassword)),
		get("/compte/securite", ownAccount, "", s.own(s.security)),
		get("/compte/securite/application", ownAccount, "", s.own(s.recent(s.appPage))),
		post("/compte/securite/application", ownAccount, "second_facteur", s.own(s.recent(s.addApp))),
		post("/compte/securite/application/retirer", ownAccount, "second_facteur", s.own(s.recent(s.removeApp))),
		post("/compte/securite/cle/debut", ownAccount, "second_facteur", s.own(s.ownKeyBegin)),
		post("/compte/securite/cle/fin", ownAccount, "second_facteur", s.own(s.ownKeyFinish)),
		post("/compte/securite/cle/retirer", ownAccount, "second_facteur", s.own(s.recent(s.removeKey))),
		post("/compte/securite/codes", ownAccount, "second_facteur", s.own(s.recent(s.renewCodes))),
		post("/compte/securite/codes/voir", ownAccount, "second_facteur", s.own(s.showCodesAgain)),
		post("/compte/securite/codes/fichier", ownAccount, "second_facteur", s.own(s.codesFile)),
		post("/compte/sessions/autres", ownAccount, "deconnexion", s.own(s.endOthers)),
		post("/compte/sessions/partout", ownAccount, "deconnexion", s.own(s.endAll)),
	}, s.ownTokenRoutes()...)
}

// me is who asks, as the session tells.
type me struct {
	session registry.Session
	account registry.Account
	from    auth.From
}

// own serves a page of one's own account: whose it is comes from the session, never from the
// address or the form.
func (s *server) own(h func(w http.ResponseWriter, r *http.Request, m me) error) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		n, a, in, err := s.Auth.Session(r)
		if err != nil {
			return err
		}
		if !in {
			return s.askSignIn(w, r)
		}
		return h(w, r, me{n, a, s.Auth.From(r)})
	}
}

// recent leads who signed in some time ago to a page that asks for the password again.
func (s *server) recent(h func(w http.ResponseWriter, r *http.Request, m me) error) func(http.ResponseWriter, *http.Request, me) error {
	return func(w http.ResponseWriter, r *http.Request, m me) error {
		if s.Auth.Fresh(m.session) {
			return h(w, r, m)
		}
		back := r.URL.EscapedPath()
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			back = "/compte/securite"
			traceOf(r).about(r.URL.Path, "mot de passe à confirmer d’abord, rien d’enregistré")
		}
		http.Redirect(w, r, pathWithBack("/compte/confirmer", back), http.StatusSeeOther)
		return nil
	}
}

// accountFrame surrounds the pages of an account. One that still owes its second factor has no
// menu: nothing else opens.
func (s *server) accountFrame(r *http.Request, m me, title string) parts.Frame {
	f := s.frame(r, title)
	if (m.account.Admin || m.account.Auditor) && !m.session.Strong {
		f.Menu = nil
		return f
	}
	if title != "Mon compte" {
		f.Crumbs = append(f.Crumbs, parts.Link{Label: "Mon compte", Address: "/compte"})
	}
	f.Crumbs = append(f.Crumbs, parts.Link{Label: title})
	return f
}

func (s *server) accountPage(w http.ResponseWriter, r *http.Request, m me) error {
	p := pages.Account{Frame: s.accountFrame(r, m, "Mon compte"), Tabs: s.accountTabs("/compte"), Account: m.account, Flash: strings.TrimSpace(flashOf(r) + " " + strengths[r.URL.Query().Get("force")]), Zone: s.Zone}
	return s.write(w, r, http.StatusOK, pages.AccountPage(p))
}

func (s *server) confirmPage(w http.ResponseWriter, r *http.Request, m me) error {
	return s.showConfirm(w, r, http.StatusOK, m, "")
}

func (s *server) showConfirm(w http.ResponseWriter, r *http.Request, status int, m me, fault string) error {
	p := pages.Prove{Frame: s.accountFrame(r, m, "Confirmer mon mot de passe"), Login: m.account.Login, Back: backOf(r), HasPassword: !m.account.PasswordSet.IsZero()}
	if fault != "" {
		p.Errors.Add("actuel", fault)
	}
	return s.write(w, r, status, pages.ProvePage(p))
}

// confirm takes the password again, so that a session left open is not enough to take an
// account over.
func (s *server) confirm(w http.ResponseWriter, r *http.Request, m me) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	cookies, err := s.Auth.Confirm(r.Context(), m.account, m.session, form.Get("actuel"), m.from)
	if err != nil {
		status, message, known := refused(w, err)
		if !known {
			return err
		}
		traceOf(r).about("/compte/confirmer", message)
		return s.showConfirm(w, r, status, m, message)
	}
	setCookies(w, cookies)
	traceOf(r).about("/compte/confirmer", "mot de passe confirmé")
	http.Redirect(w, r, backOf(r), http.StatusSeeOther)
	return nil
}

// refused is refusal for forms: the fault of a field counts too.
func refused(w http.ResponseWriter, err error) (status int, message string, known bool) {
	var faults auth.Faults
	if errors.As(err, &faults) {
		return http.StatusUnprocessableEntity, faults.Error(), true
	}
	return refusal(w, err)
}

func (s *server) newEmailPage(w http.ResponseWriter, r *http.Request, m me) error {
	return s.showNewEmail(w, r, http.StatusOK, m, "", nil)
}

func (s *server) showNewEmail(w http.ResponseWriter, r *http.Request, status int, m me, typed string, errs parts.FieldErrors) error {
	p := pages.NewEmail{Frame: s.accountFrame(r, m, "Changer d’adresse"), Current: m.account.Email, Typed: typed, Errors: errs}
	return s.write(w, r, status, pages.NewEmailPage(p))
}

func (s *server) newEmail(w http.ResponseWriter, r *http.Request, m me) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	typed := form.Get("mel")
	if err := s.Auth.AskEmail(r.Context(), m.account, m.session, typed, "", m.from); err != nil {
		status, message, known := refused(w, err)
		if !known {
			return err
		}
		traceOf(r).about("/compte/adresse", message)
		return s.showNewEmail(w, r, status, m, clean(typed, 254), parts.FieldErrors{{Field: "mel", Message: message}})
	}
	traceOf(r).about("/compte/adresse", "nouvelle adresse à confirmer\u00a0: "+clean(typed, 254))
	http.Redirect(w, r, "/compte?fait=adresse", http.StatusSeeOther)
	return nil
}

func (s *server) newPasswordPage(w http.ResponseWriter, r *http.Request, m me) error {
	return s.showNewPassword(w, r, http.StatusOK, m, nil)
}

func (s *server) showNewPassword(w http.ResponseWriter, r *http.Request, status int, m me, errs parts.FieldErrors) error {
	policy, err := s.Auth.Policy(r.Context())
	if err != nil {
		return err
	}
	p := pages.NewPassword{Frame: s.accountFrame(r, m, "Changer de mot de passe"), Login: m.account.Login, Rules: policy.Rules(), Errors: errs, HasPassword: !m.account.PasswordSet.IsZero()}
	return s.write(w, r, status, pages.NewPasswordPage(p))
}

func (s *server) newPassword(w http.ResponseWriter, r *http.Request, m me) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	cookies, err := s.Auth.ChangePassword(r.Context(), m.account, m.session, form.Get("actuel"), form.Get("mot_de_passe"), form.Get("confirmation"), m.from)
	var faults auth.Faults
	if errors.As(err, &faults) {
		traceOf(r).about("/compte/mot-de-passe", cut(faults.Error(), 300))
		return s.showNewPassword(w, r, http.StatusUnprocessableEntity, m, faultsOf(faults))
	}
	if err != nil {
		status, message, known := refusal(w, err)
		if !known {
			return err
		}
		traceOf(r).about("/compte/mot-de-passe", message)
		return s.showNewPassword(w, r, status, m, parts.FieldErrors{{Field: "actuel", Message: message}})
	}
	setCookies(w, cookies)
	traceOf(r).about("/compte/mot-de-passe", "mot de passe changé, autres sessions fermées")
	http.Redirect(w, r, "/compte?fait=motdepasse&force="+auth.StrengthOf(form.Get("mot_de_passe")).Word(), http.StatusSeeOther)
	return nil
}
