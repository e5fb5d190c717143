package web

import (
	"encoding/json"
	"io"
	"net/http"

	"belvedere"
)

// keyAnswer is what passkey.js is told.
type keyAnswer struct {
	Address string `json:"adresse,omitempty"` // where to go next
	Codes   string `json:"codes,omitempty"`   // ticket of recovery codes to show
	Error   string `json:"erreur,omitempty"`
}

// keyBegin asks the browser for a passkey.
func (s *server) keyBegin(w http.ResponseWriter, r *http.Request) error {
	options, cookie, err := s.Auth.BeginKey(r.Context(), s.Auth.From(r))
	if err != nil {
		return s.keyRefused(w, r, err)
	}
	http.SetCookie(w, cookie)
	traceOf(r).about(r.URL.Path, "clé d’accès demandée")
	send(w, r, http.StatusOK, "application/json", options)
	return nil
}

// keyFinish signs in by the passkey that the browser answers with.
func (s *server) keyFinish(w http.ResponseWriter, r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	out, err := s.Auth.FinishKey(r.Context(), body, s.Auth.From(r))
	t := traceOf(r)
	t.entry.Account, t.entry.Login = out.Account.ID, out.Account.Login
	if err != nil {
		t.entry.Action = "connexion_refusee"
		return s.keyRefused(w, r, err)
	}
	setCookies(w, out.Cookies)
	t.about(r.URL.Path, "clé d’accès")
	return s.tell(w, r, http.StatusOK, keyAnswer{Address: safeReturn(r.URL.Query().Get("retour"))})
}

// keyRefused tells the script what went wrong, with the words of the page.
func (s *server) keyRefused(w http.ResponseWriter, r *http.Request, err error) error {
	status, message, known := refusal(w, err)
	if !known {
		switch belvedere.KindOf(err) {
		case belvedere.Conflict, belvedere.Forbidden:
			status, message = statusOf(belvedere.KindOf(err)), belvedere.Message(err)
		default:
			return err
		}
	}
	s.Log.Info("passkey refused", "err", err)
	traceOf(r).about(r.URL.Path, message)
	return s.tell(w, r, status, keyAnswer{Error: message})
}

func (s *server) tell(w http.ResponseWriter, r *http.Request, status int, a keyAnswer) error {
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	send(w, r, status, "application/json", text)
	return nil
}
