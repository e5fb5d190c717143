package web

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"belvedere"
	"belvedere/internal/auth"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// security shows what the account proves itself with, and where it is signed in.
func (s *server) security(w http.ResponseWriter, r *http.Request, m me) error {
	has, err := s.Auth.Security(r.Context(), m.account, m.session)
	if err != nil {
		return err
	}
	p := pages.Security{Frame: s.accountFrame(r, m, "Sécurité"), Tabs: s.accountTabs("/compte/securite"), Has: has, Here: m.session.Hash, Flash: flashOf(r), Zone: s.Zone, Passkeys: s.Auth.Passkeys()}
	return s.write(w, r, http.StatusOK, pages.SecurityPage(p))
}

// appPage proposes the secret of an application of codes. Nothing is kept before a code is typed.
func (s *server) appPage(w http.ResponseWriter, r *http.Request, m me) error {
	e, err := s.Auth.BeginTOTP(m.account, m.session)
	if err != nil {
		return err
	}
	return s.showApp(w, r, http.StatusOK, m, e, "")
}

func (s *server) showApp(w http.ResponseWriter, r *http.Request, status int, m me, e auth.Enrolment, fault string) error {
	p := pages.App{Frame: s.accountFrame(r, m, "Application de codes"), Enrolment: e}
	if fault != "" {
		p.Errors.Add("code", fault)
	}
	return s.write(w, r, status, pages.AppPage(p))
}

func (s *server) addApp(w http.ResponseWriter, r *http.Request, m me) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	sealed := form.Get("graine")
	codes, cookies, err := s.Auth.ConfirmTOTP(r.Context(), m.account, m.session, sealed, form.Get("code"), "", m.from)
	if err != nil {
		status, message, known := refused(w, err)
		if !known {
			return err
		}
		traceOf(r).about("/compte/securite", message)
		e, ok, err := s.Auth.AgainTOTP(m.account, m.session, sealed)
		if err != nil {
			return err
		}
		if !ok {
			return belvedere.Errorf(belvedere.Conflict, "Cette inscription a expiré. Recommencez depuis la page Sécurité.")
		}
		return s.showApp(w, r, status, m, e, message)
	}
	setCookies(w, cookies)
	traceOf(r).about("/compte/securite", "application de codes ajoutée")
	if len(codes) == 0 {
		http.Redirect(w, r, "/compte/securite?fait=application", http.StatusSeeOther)
		return nil
	}
	return s.showCodes(w, r, m, codes)
}

// showCodes shows recovery codes, the only time.
func (s *server) showCodes(w http.ResponseWriter, r *http.Request, m me, codes []string) error {
	frame := s.accountFrame(r, m, "Codes de secours")
	p := pages.Codes{Frame: frame, Codes: codes, Sealed: s.Auth.SealCodes(m.account, codes)}
	return s.write(w, r, http.StatusOK, pages.CodesPage(p))
}

func (s *server) removeApp(w http.ResponseWriter, r *http.Request, m me) error {
	if err := s.Auth.RemoveTOTP(r.Context(), m.account, m.session, "", m.from); err != nil {
		return err
	}
	traceOf(r).about("/compte/securite", "application de codes retirée")
	http.Redirect(w, r, "/compte/securite?fait=retiree", http.StatusSeeOther)
	return nil
}

func (s *server) ownKeyBegin(w http.ResponseWriter, r *http.Request, m me) error {
	options, cookie, err := s.Auth.BeginPasskey(r.Context(), m.account, m.session, "", m.from)
	if err != nil {
		return s.ownKeyRefused(w, r, err)
	}
	http.SetCookie(w, cookie)
	traceOf(r).about("/compte/securite", "clé d’accès proposée")
	send(w, r, http.StatusOK, "application/json", options)
	return nil
}

// ownKeyRefused says where to confirm the password when the sign-in is not recent.
func (s *server) ownKeyRefused(w http.ResponseWriter, r *http.Request, err error) error {
	if status, message, known := refused(w, err); known {
		traceOf(r).about("/compte/securite", message)
		if status == http.StatusUnprocessableEntity {
			return s.tell(w, r, status, keyAnswer{Error: "Confirmez d’abord votre mot de passe.", Address: "/compte/confirmer?retour=%2Fcompte%2Fsecurite"})
		}
		return s.tell(w, r, status, keyAnswer{Error: message})
	}
	return s.keyRefused(w, r, err)
}

func (s *server) ownKeyFinish(w http.ResponseWriter, r *http.Request, m me) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	var sent struct {
		Name   string          `json:"nom"`
		Answer json.RawMessage `json:"reponse"`
	}
	if err := json.Unmarshal(body, &sent); err != nil {
		return belvedere.WrapError(belvedere.Invalid, err, "La réponse de la clé d’accès n’a pas pu être lue.")
	}
	codes, cookies, err := s.Auth.FinishPasskey(r.Context(), m.account, m.session, sent.Answer, sent.Name, m.from)
	if err != nil {
		return s.ownKeyRefused(w, r, err)
	}
	setCookies(w, cookies)
	traceOf(r).about("/compte/securite", "clé d’accès ajoutée")
	answer := keyAnswer{Address: "/compte/securite?fait=cle"}
	if len(codes) > 0 {
		answer.Codes = s.Auth.SealCodes(m.account, codes)
	}
	return s.tell(w, r, http.StatusOK, answer)
}

func (s *server) removeKey(w http.ResponseWriter, r *http.Request, m me) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	id, err := base64.RawURLEncoding.DecodeString(form.Get("cle"))
	if err != nil {
		return notFound("Cette clé d’accès n’existe pas, ou plus.")
	}
	if err := s.Auth.RemovePasskey(r.Context(), m.account, m.session, id, "", m.from); err != nil {
		return err
	}
	traceOf(r).about("/compte/securite", "clé d’accès retirée")
	http.Redirect(w, r, "/compte/securite?fait=cleretiree", http.StatusSeeOther)
	return nil
}

func (s *server) renewCodes(w http.ResponseWriter, r *http.Request, m me) error {
	codes, err := s.Auth.RenewCodes(r.Context(), m.account, m.session, "", m.from)
	if err != nil {
		return err
	}
	traceOf(r).about("/compte/securite", "codes de secours renouvelés")
	return s.showCodes(w, r, m, codes)
}

// sentCodes reads the ticket of codes that a page has just shown.
func (s *server) sentCodes(r *http.Request, m me) ([]string, error) {
	form, err := posted(r)
	if err != nil {
		return nil, err
	}
	codes, ok := s.Auth.OpenCodes(m.account, form.Get("billet"))
	if !ok {
		return nil, belvedere.Errorf(belvedere.Conflict, "Ces codes ne peuvent plus être montrés. Créez-en de nouveaux depuis la page Sécurité.")
	}
	return codes, nil
}

func (s *server) showCodesAgain(w http.ResponseWriter, r *http.Request, m me) error {
	codes, err := s.sentCodes(r, m)
	if err != nil {
		return err
	}
	traceOf(r).about("/compte/securite", "codes de secours montrés")
	return s.showCodes(w, r, m, codes)
}

func (s *server) codesFile(w http.ResponseWriter, r *http.Request, m me) error {
	codes, err := s.sentCodes(r, m)
	if err != nil {
		return err
	}
	traceOf(r).about("/compte/securite", "codes de secours enregistrés en fichier")
	text := "Codes de secours de la console Belvédère\r\nIdentifiant : " + m.account.Login + "\r\nChaque code ne sert qu’une fois, à la place du code de l’application.\r\n\r\n" + strings.Join(codes, "\r\n") + "\r\n"
	w.Header().Set("Content-Disposition", `attachment; filename="belvedere-codes-de-secours.txt"`)
	send(w, r, http.StatusOK, "text/plain; charset=utf-8", []byte("\ufeff"+text))
	return nil
}

func (s *server) endOthers(w http.ResponseWriter, r *http.Request, m me) error {
	n, err := s.Auth.EndOthers(r.Context(), m.session)
	if err != nil {
		return err
	}
	traceOf(r).about("/compte/securite", "autres sessions fermées\u00a0: "+belvedere.FormatNumber(float64(n), 0))
	http.Redirect(w, r, "/compte/securite?fait=autres", http.StatusSeeOther)
	return nil
}

func (s *server) endAll(w http.ResponseWriter, r *http.Request, m me) error {
	if err := s.Auth.EndSessions(r.Context(), m.account); err != nil {
		return err
	}
	cookies, err := s.Auth.SignOut(r.Context(), m.from)
	if err != nil {
		return err
	}
	traceOf(r).about("/compte/securite", "déconnecté partout")
	s.leave(w, r, cookies, "partout")
	return nil
}

// accountRights says what the account may see: menus and widgets, schools, and what they share.
func (s *server) accountRights(w http.ResponseWriter, r *http.Request, m me) error {
	v := viewerOf(r)
	p := pages.Rights{Frame: s.accountFrame(r, m, "Ce que je peux voir"), Tabs: s.accountTabs("/compte/droits"), Admin: v.Admin, Auditor: v.Auditor, School: v.School, AllSchools: v.Scope.AllSchools, Limit: s.model.WithinWords(v.Scope.Limit())}
	for _, widget := range s.model.Widgets {
		if n := len(p.Menus); n == 0 || p.Menus[n-1].Label != widget.Menu {
			p.Menus = append(p.Menus, pages.RightsMenu{Label: widget.Menu})
		}
		menu := &p.Menus[len(p.Menus)-1]
		menu.Widgets = append(menu.Widgets, pages.RightsWidget{Label: widget.Label, Open: v.Scope.Sees(widget.Code)})
	}
	for i, u := range v.Scope.Schools {
		name := parts.Link{Label: string(u)}
		if i < mostNamed {
			found, err := s.Reports.Schools(r.Context(), v, string(u), 1)
			if err != nil {
				return err
			}
			if len(found) == 1 && found[0].Code == string(u) {
				name.Label = found[0].Label
			}
		}
		p.Schools = append(p.Schools, pages.RightsSchool{UAI: string(u), Name: name.Label})
	}
	if s.Grants != nil {
		p.HasGrants = true
		var err error
		if p.Grants, err = s.Grants.Of(r.Context(), v.ID); err != nil {
			return err
		}
	}
	return s.write(w, r, http.StatusOK, pages.RightsPage(p))
}

// mostNamed bounds the schools that are named one by one on a page.
const mostNamed = 200
