package web

import (
	"errors"
	"net/http"

	"belvedere"
	"belvedere/internal/auth"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// sealed serves a page whose address holds a token: no other site learns it, and every link that
// does not open gets the same page.
func (s *server) sealed(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Referrer-Policy", "no-referrer")
		err := h(w, r)
		if !errors.Is(err, auth.ErrLink) {
			return err
		}
		traceOf(r).entry.Detail = "lien sans valeur"
		p := pages.Message{Frame: s.doorFrame(r, "Lien sans valeur"), Status: http.StatusNotFound, Title: "Lien sans valeur", Text: belvedere.Message(auth.ErrLink),
			Next: []parts.Link{{Label: "Demander un lien pour choisir un nouveau mot de passe", Address: "/oubli"}, {Label: "Aller à la page de connexion", Address: "/connexion"}}}
		return s.write(w, r, http.StatusNotFound, pages.MessagePage(p))
	}
}

// doorDone is a page that says that something is done.
func (s *server) doorDone(d pages.DoorDone) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		d.Frame, d.Strength = s.doorFrame(r, d.Title), strengths[r.URL.Query().Get("force")]
		return s.write(w, r, http.StatusOK, pages.DoorDonePage(d))
	}
}

// strengths says how long a password resists, after it was kept: the word alone goes through
// the address.
var strengths = map[string]string{
	"correcte": "Solidité du mot de passe : correcte. Un mot de plus la rendrait forte.",
	"forte":    "Solidité du mot de passe : forte.",
	"maximale": "Solidité du mot de passe : très forte.",
}

var (
	resetDone  = pages.DoorDone{Title: "Réinitialisation du mot de passe", Text: "Votre mot de passe a bien été réinitialisé."}
	inviteDone = pages.DoorDone{Title: "Inscription terminée", Text: "Votre compte est créé. Un courrier vous le confirme."}
	emailDone  = pages.DoorDone{Title: "Adresse confirmée", Text: "L’adresse de votre compte est confirmée."}
)

func (s *server) forgottenPage(w http.ResponseWriter, r *http.Request) error {
	return s.showForgotten(w, r, http.StatusOK, pages.Forgotten{By: "identifiant", Flash: flashOf(r)})
}

func (s *server) showForgotten(w http.ResponseWriter, r *http.Request, status int, p pages.Forgotten) error {
	p.Frame = s.doorFrame(r, "Identifiant ou mot de passe oublié")
	return s.write(w, r, status, pages.ForgottenPage(p))
}

// forgotten takes a request for a link. Its answer is the same whoever is asked for.
func (s *server) forgotten(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	by, typed := form.Get("par"), form.Get("valeur")
	if by != "mel" {
		by = "identifiant"
	}
	p := pages.Forgotten{By: by, Typed: clean(typed, 254)}
	if p.Typed == "" {
		p.Errors.Add("valeur", "Tapez votre identifiant ou votre adresse électronique.")
		return s.showForgotten(w, r, http.StatusUnprocessableEntity, p)
	}
	login, email := typed, ""
	if by == "mel" {
		login, email = "", typed
	}
	traceOf(r).about("/oubli", "lien demandé pour "+cut(p.Typed, 100))
	err = s.Auth.AskReset(login, email, s.Auth.From(r))
	if status, message, known := refusal(w, err); err != nil && known {
		p.Errors.Add("valeur", message)
		return s.showForgotten(w, r, status, p)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/oubli?fait=demande", http.StatusSeeOther)
	return nil
}

func (s *server) resetPage(w http.ResponseWriter, r *http.Request) error {
	return s.showReset(w, r, http.StatusOK, nil)
}

func (s *server) showReset(w http.ResponseWriter, r *http.Request, status int, errs parts.FieldErrors) error {
	a, err := s.Auth.Resetting(r.Context(), r.PathValue("jeton"))
	if err != nil {
		return err
	}
	policy, err := s.Auth.Policy(r.Context())
	if err != nil {
		return err
	}
	p := pages.Reset{Frame: s.doorFrame(r, "Réinitialiser votre mot de passe"), Login: a.Login, Email: a.Email, Rules: policy.Rules(), Errors: errs}
	return s.write(w, r, status, pages.ResetPage(p))
}

func (s *server) reset(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	a, cookies, err := s.Auth.FinishReset(r.Context(), r.PathValue("jeton"), form.Get("mot_de_passe"), form.Get("confirmation"), s.Auth.From(r))
	t := traceOf(r)
	t.entry.Account, t.entry.Login = a.ID, a.Login
	var faults auth.Faults
	if errors.As(err, &faults) {
		t.about("/reinitialiser", cut(faults.Error(), 300))
		return s.showReset(w, r, http.StatusUnprocessableEntity, faultsOf(faults))
	}
	if err != nil {
		return err
	}
	setCookies(w, cookies)
	t.about("/reinitialiser", "mot de passe réinitialisé par lien, sessions fermées")
	http.Redirect(w, r, "/reinitialiser?force="+auth.StrengthOf(form.Get("mot_de_passe")).Word(), http.StatusSeeOther)
	return nil
}

// faultsOf gives the faults of a proof to the form.
func faultsOf(faults auth.Faults) (out parts.FieldErrors) {
	for _, f := range faults {
		out.Add(f.Field, f.Message)
	}
	return out
}

func (s *server) invitationPage(w http.ResponseWriter, r *http.Request) error {
	a, first, err := s.Auth.Invited(r.Context(), r.PathValue("jeton"))
	if err != nil {
		return err
	}
	p := pages.Invitation{Account: a, First: first, Form: auth.Creation{Login: a.Login}}
	if first {
		p.Form.Login = ""
	}
	return s.showInvitation(w, r, http.StatusOK, p)
}

func (s *server) showInvitation(w http.ResponseWriter, r *http.Request, status int, p pages.Invitation) error {
	policy, err := s.Auth.Policy(r.Context())
	if err != nil {
		return err
	}
	p.Frame, p.Rules = s.doorFrame(r, "Créer mon compte"), policy.Rules()
	return s.write(w, r, status, pages.InvitationPage(p))
}

// invitation creates the account. It takes the fields of the form by name, and no other.
func (s *server) invitation(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	c := auth.Creation{
		Login: form.Get("identifiant"), Password: form.Get("mot_de_passe"), Again: form.Get("confirmation"),
		FirstName: form.Get("prenom"), LastName: form.Get("nom"), Email: form.Get("mel"),
	}
	token := r.PathValue("jeton")
	a, cookies, err := s.Auth.CreateAccount(r.Context(), token, c, s.Auth.From(r))
	t := traceOf(r)
	t.entry.Account, t.entry.Login = a.ID, a.Login
	var faults auth.Faults
	if errors.As(err, &faults) {
		t.about("/invitation", cut(faults.Error(), 300))
		a, first, err := s.Auth.Invited(r.Context(), token)
		if err != nil {
			return err
		}
		c.Login, c.FirstName, c.LastName, c.Email = clean(c.Login, 100), clean(c.FirstName, 80), clean(c.LastName, 80), clean(c.Email, 254)
		return s.showInvitation(w, r, http.StatusUnprocessableEntity, pages.Invitation{Account: a, First: first, Form: c, Errors: faultsOf(faults)})
	}
	if err != nil {
		return err
	}
	setCookies(w, cookies)
	t.about("/invitation", "compte créé par son titulaire")
	http.Redirect(w, r, "/invitation?force="+auth.StrengthOf(c.Password).Word(), http.StatusSeeOther)
	return nil
}

func (s *server) emailPage(w http.ResponseWriter, r *http.Request) error {
	a, email, err := s.Auth.Confirming(r.Context(), r.PathValue("jeton"))
	if err != nil {
		return err
	}
	p := pages.DoorStep{Frame: s.doorFrame(r, "Confirmer une adresse"), Title: "Confirmer une adresse", Name: a.Login,
		Text: "Cette adresse devient celle du compte\u00a0: " + email, Button: "Confirmer l’adresse"}
	return s.write(w, r, http.StatusOK, pages.DoorStepPage(p))
}

func (s *server) email(w http.ResponseWriter, r *http.Request) error {
	before, after, err := s.Auth.ConfirmEmail(r.Context(), r.PathValue("jeton"), s.Auth.From(r))
	if err != nil {
		return err
	}
	t := traceOf(r)
	t.entry.Account, t.entry.Login = after.ID, after.Login
	t.about("/adresse", "adresse confirmée\u00a0: "+before.Email+" → "+after.Email)
	http.Redirect(w, r, "/adresse", http.StatusSeeOther)
	return nil
}

func (s *server) entryPage(w http.ResponseWriter, r *http.Request) error {
	a, err := s.Auth.Entering(r.Context(), r.PathValue("jeton"))
	if err != nil {
		return err
	}
	p := pages.DoorStep{Frame: s.doorFrame(r, "Entrer dans la console"), Title: "Entrer dans la console", Name: a.Name(),
		Text: "Ce lien ouvre le compte «\u00a0" + a.Login + "\u00a0» une seule fois.", Button: "Entrer"}
	return s.write(w, r, http.StatusOK, pages.DoorStepPage(p))
}

func (s *server) entry(w http.ResponseWriter, r *http.Request) error {
	out, err := s.Auth.Enter(r.Context(), r.PathValue("jeton"), s.Auth.From(r))
	t := traceOf(r)
	t.entry.Account, t.entry.Login = out.Account.ID, out.Account.Login
	if err != nil {
		t.entry.Action = "connexion_refusee"
		return err
	}
	setCookies(w, out.Cookies)
	t.about("/entree", "lien d’entrée")
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

func (s *server) passwordPolicy(w http.ResponseWriter, r *http.Request) error {
	policy, err := s.Auth.Policy(r.Context())
	if err != nil {
		return err
	}
	p := pages.PasswordPolicy{Frame: s.frame(r, "Politique de sécurité des mots de passe"), Rules: policy.Rules(), Seed: policy.Seed}
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Politique de sécurité des mots de passe"})
	return s.write(w, r, http.StatusOK, pages.PasswordPolicyPage(p))
}
