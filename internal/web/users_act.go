package web

import (
	"net/http"
	"strconv"

	"belvedere/internal/admin"
	"belvedere/internal/registry"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// inviteUser sends the invitation again.
func (s *server) inviteUser(w http.ResponseWriter, r *http.Request) error {
	a, err := s.Users.Invite(r.Context(), userID(r))
	return s.acted(w, r, a, "invitation renvoyée", "invite", err)
}

// resetPassword sends the link to choose a new password.
func (s *server) resetPassword(w http.ResponseWriter, r *http.Request) error {
	a, err := s.Users.StartReset(r.Context(), userID(r))
	return s.acted(w, r, a, "réinitialisation du mot de passe demandée", "mot-de-passe", err)
}

// lockUser closes an account.
func (s *server) lockUser(w http.ResponseWriter, r *http.Request) error {
	a, _, err := s.Users.Lock(r.Context(), viewerOf(r), userID(r))
	return s.acted(w, r, a, "état : "+string(a.State)+" → verrouille", "verrouille", err)
}

// unlockUser opens it again.
func (s *server) unlockUser(w http.ResponseWriter, r *http.Request) error {
	before, after, err := s.Users.Unlock(r.Context(), userID(r))
	return s.acted(w, r, after, "état : "+string(before.State)+" → "+string(after.State), "deverrouille", err)
}

// acted notes what was done to an account, and leads back to it.
func (s *server) acted(w http.ResponseWriter, r *http.Request, a registry.Account, what, word string, err error) error {
	if a.ID != 0 {
		traceOf(r).about(admin.UserObject(a), what)
	}
	if err != nil {
		return err
	}
	doneAt(w, r, userPath(a.ID), word)
	return nil
}

// askResetFactor asks before the second factor of someone is lifted.
func (s *server) askResetFactor(w http.ResponseWriter, r *http.Request) error {
	u, err := s.askedUser(r)
	if err != nil {
		return err
	}
	return s.confirmUser(w, r, u, pages.Confirm{
		Title: "Lever la double authentification de " + u.Name() + " ?",
		Text: []string{
			"Ses clés d’accès, son application de codes et ses codes de récupération sont oubliés, ses sessions sont fermées.",
			"Faites-le seulement si vous avez reconnu la personne de vive voix : c’est ainsi qu’on vole un compte. Un courrier la prévient.",
		},
		Action: userPath(u.ID) + "/second-facteur", Button: "Lever la double authentification",
	})
}

// resetFactor lifts it.
func (s *server) resetFactor(w http.ResponseWriter, r *http.Request) error {
	a, err := s.Users.ResetSecondFactor(r.Context(), viewerOf(r), userID(r))
	return s.acted(w, r, a, "double authentification levée", "facteur", err)
}

// askDeleteUser asks before an account is removed.
func (s *server) askDeleteUser(w http.ResponseWriter, r *http.Request) error {
	u, err := s.askedUser(r)
	if err != nil {
		return err
	}
	return s.confirmUser(w, r, u, pages.Confirm{
		Title: "Supprimer le compte de " + u.Name() + " ?",
		Text: []string{
			"La personne est déconnectée aussitôt et ne peut plus se connecter. Ses droits sont perdus ; le journal des accès garde ce qu’elle a fait.",
			"Pour une absence, préférez le verrouillage, qui se défait.",
		},
		Action: userPath(u.ID) + "/supprimer", Button: "Supprimer",
	})
}

// deleteUser removes it, unless it has changed since the question.
func (s *server) deleteUser(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	version, _ := strconv.ParseInt(form.Get("version"), 10, 64)
	a, err := s.Users.Delete(r.Context(), viewerOf(r), userID(r), max(version, 1))
	if a.ID != 0 {
		traceOf(r).about(admin.UserObject(a), "compte supprimé : "+a.Email)
	}
	if err != nil {
		return err
	}
	doneAt(w, r, usersPath, "supprime")
	return nil
}

// confirmUser shows a question about a user.
func (s *server) confirmUser(w http.ResponseWriter, r *http.Request, u admin.User, c pages.Confirm) error {
	c.Version, c.Back = u.Version, userPath(u.ID)
	c.Frame = s.userFrame(r, c.Button, &parts.Link{Label: u.Name(), Address: userPath(u.ID)})
	return s.write(w, r, http.StatusOK, pages.ConfirmPage(c))
}
