package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"belvedere"
	"belvedere/internal/auth"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// signInRoutes are the pages at the door: signing in and out, forgotten passwords, and what the
// links that are sent open. A route with {jeton} never shows its address to the journal, the log
// or another site.
func (s *server) signInRoutes() []route {
	if s.Auth == nil {
		return nil
	}
	return []route{
		get("/connexion", public, "", s.signInPage),
		post("/connexion", public, "connexion", s.signIn),
		get("/connexion/code", public, "", s.codePage),
		post("/connexion/code", public, "second_facteur", s.code),
		post("/connexion/cle/debut", public, "second_facteur", s.keyBegin),
		post("/connexion/cle/fin", public, "connexion", s.keyFinish),
		post("/deconnexion", public, "deconnexion", s.signOut),
		get("/oubli", public, "", s.forgottenPage),
		post("/oubli", public, "mot_de_passe", s.forgotten),
		get("/reinitialiser", public, "", s.doorDone(resetDone)),
		get("/reinitialiser/{jeton}", public, "", s.sealed(s.resetPage)),
		post("/reinitialiser/{jeton}", public, "mot_de_passe", s.sealed(s.reset)),
		get("/invitation", public, "", s.doorDone(inviteDone)),
		get("/invitation/{jeton}", public, "", s.sealed(s.invitationPage)),
		post("/invitation/{jeton}", public, "compte", s.sealed(s.invitation)),
		get("/adresse", public, "", s.doorDone(emailDone)),
		get("/adresse/{jeton}", public, "", s.sealed(s.emailPage)),
		post("/adresse/{jeton}", public, "compte", s.sealed(s.email)),
		get("/entree/{jeton}", public, "", s.sealed(s.entryPage)),
		post("/entree/{jeton}", public, "connexion", s.sealed(s.entry)),
		get("/politique-mots-de-passe", public, "", s.passwordPolicy),
	}
}

// flashes are the only sentences that an address can make a page say.
var flashes = map[string]string{
	"deconnexion": "Vous êtes déconnecté.",
	"partout":     "Vous êtes déconnecté partout.",
	"delai":       belvedere.Message(auth.ErrStep),
	"session":     "Votre session a pris fin. Connectez-vous de nouveau.",
	"demande":     "Si un compte actif porte ce nom ou cette adresse, un courrier vient de lui être envoyé. Il contient l’identifiant et un lien valable 30 minutes.",
	"adresse":     "Un courrier de confirmation part à la nouvelle adresse, si aucun autre compte ne la porte. L’ancienne reste en vigueur jusque-là.",
	"motdepasse":  "Votre mot de passe est changé. Les autres sessions sont fermées.",
	"application": "L’application de codes est enregistrée.",
	"retiree":     "L’application de codes est retirée.",
	"cle":         "La clé d’accès est enregistrée.",
	"cleretiree":  "La clé d’accès est retirée.",
	"autres":      "Les autres sessions sont fermées.",
	"nominatif":   "Les pages nominatives demandent une connexion en deux étapes. Ajoutez ici une application de codes ou une clé d’accès, puis revenez-y.",
	"confirme":    "Votre mot de passe est confirmé. Vous avez dix minutes pour modifier la sécurité de votre compte.",
}

// idleOf is after how many seconds without a request the session of a viewer ends, 0 for none.
func (s *server) idleOf(v belvedere.Viewer) int {
	if s.Auth == nil || v.Kind != belvedere.AccountViewer {
		return 0
	}
	return int(auth.Idle(v.Admin || v.Auditor || v.School) / time.Second)
}

func flashOf(r *http.Request) string { return flashes[r.URL.Query().Get("fait")] }

// doorFrame surrounds the pages of who is not signed in, and of who is but must stop here.
func (s *server) doorFrame(r *http.Request, title string) parts.Frame {
	f := s.frame(r, title)
	f.Menu = nil
	return f
}

// backOf is where the reader wanted to go.
func backOf(r *http.Request) string {
	back := r.URL.Query().Get("retour")
	if r.Method == http.MethodPost {
		back = r.PostForm.Get("retour")
	}
	return safeReturn(back)
}

// pathWithBack keeps where the reader wanted to go in an address of the door.
func pathWithBack(path, back string) string {
	if back == "/" {
		return path
	}
	return path + "?" + url.Values{"retour": {back}}.Encode()
}

func (s *server) signInPage(w http.ResponseWriter, r *http.Request) error {
	if viewerOf(r).Kind == belvedere.AccountViewer {
		http.Redirect(w, r, backOf(r), http.StatusSeeOther)
		return nil
	}
	return s.showSignIn(w, r, http.StatusOK, pages.SignIn{Back: backOf(r), Flash: flashOf(r)})
}

func (s *server) showSignIn(w http.ResponseWriter, r *http.Request, status int, p pages.SignIn) error {
	p.Frame, p.Passkeys = s.doorFrame(r, "Se connecter"), s.Auth.Passkeys()
	return s.write(w, r, status, pages.SignInPage(p))
}

func (s *server) signIn(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	name, back := form.Get("identifiant"), backOf(r)
	out, err := s.Auth.SignIn(r.Context(), name, form.Get("mot_de_passe"), s.Auth.From(r))
	t := traceOf(r)
	t.entry.Account, t.entry.Login = out.Account.ID, clean(name, 100)
	if err != nil {
		t.entry.Action = "connexion_refusee"
		status, message, known := refusal(w, err)
		if !known {
			return err
		}
		t.about("/connexion", message)
		return s.showSignIn(w, r, status, pages.SignIn{Login: clean(name, 254), Back: back, Error: message})
	}
	setCookies(w, out.Cookies)
	t.about("/connexion", "")
	next := back
	if out.Code {
		t.about("/connexion", "mot de passe juste, second facteur demandé")
		next = pathWithBack("/connexion/code", back)
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// refusal is the status and the words of a refused proof; known is false for other errors.
func refusal(w http.ResponseWriter, err error) (status int, message string, known bool) {
	var slow *auth.Slow
	switch {
	case errors.As(err, &slow):
		w.Header().Set("Retry-After", strconv.Itoa(int(slow.Wait/time.Second)+1))
		return http.StatusTooManyRequests, slow.Error(), true
	case belvedere.KindOf(err) == belvedere.Invalid:
		return http.StatusUnauthorized, belvedere.Message(err), true
	}
	return 0, "", false
}

func setCookies(w http.ResponseWriter, cookies []*http.Cookie) {
	for _, c := range cookies {
		http.SetCookie(w, c)
	}
}

// codePage asks for the second factor.
func (s *server) codePage(w http.ResponseWriter, r *http.Request) error {
	a, ok, err := s.Auth.Awaited(r.Context(), s.Auth.From(r))
	if err != nil {
		return err
	}
	if !ok {
		http.Redirect(w, r, withQuery("/connexion", url.Values{"fait": {"delai"}, "retour": {backOf(r)}}), http.StatusSeeOther)
		return nil
	}
	return s.showCode(w, r, http.StatusOK, pages.Code{Login: a.Login, Back: backOf(r)})
}

func (s *server) showCode(w http.ResponseWriter, r *http.Request, status int, p pages.Code) error {
	p.Frame, p.Passkeys = s.doorFrame(r, "Second facteur"), s.Auth.Passkeys()
	return s.write(w, r, status, pages.CodePage(p))
}

func (s *server) code(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	out, err := s.Auth.Code(r.Context(), form.Get("code"), s.Auth.From(r))
	t := traceOf(r)
	t.entry.Account, t.entry.Login = out.Account.ID, out.Account.Login
	if errors.Is(err, auth.ErrStep) {
		t.entry.Action, t.entry.Result = "connexion_refusee", "refuse"
		t.about("/connexion/code", belvedere.Message(err))
		http.Redirect(w, r, withQuery("/connexion", url.Values{"fait": {"delai"}, "retour": {backOf(r)}}), http.StatusSeeOther)
		return nil
	}
	if err != nil {
		t.entry.Action = "connexion_refusee"
		status, message, known := refusal(w, err)
		if !known {
			return err
		}
		t.about("/connexion/code", message)
		return s.showCode(w, r, status, pages.Code{Login: out.Account.Login, Back: backOf(r), Error: message})
	}
	setCookies(w, out.Cookies)
	t.entry.Action = "connexion"
	t.about("/connexion/code", "mot de passe et code")
	http.Redirect(w, r, backOf(r), http.StatusSeeOther)
	return nil
}

// signOut ends the session here; the browser forgets what it kept of the pages.
func (s *server) signOut(w http.ResponseWriter, r *http.Request) error {
	cookies, err := s.Auth.SignOut(r.Context(), s.Auth.From(r))
	if err != nil {
		return err
	}
	traceOf(r).about("/deconnexion", "")
	s.leave(w, r, cookies, "deconnexion")
	return nil
}

// leave brings who has signed out to the door.
func (s *server) leave(w http.ResponseWriter, r *http.Request, cookies []*http.Cookie, done string) {
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	setCookies(w, cookies)
	http.Redirect(w, r, "/connexion?fait="+done, http.StatusSeeOther)
}
