package web

import (
	"encoding/json"
	"net/http"
	"strings"

	"belvedere"
)

// health answers whoever watches the server: 200 and "ok", or 503. The cause goes to the
// journal only, since the address is open.
func (s *server) health(w http.ResponseWriter, r *http.Request) error {
	status, state := http.StatusOK, "ok"
	if s.Health != nil {
		if err := s.Health(r.Context()); err != nil {
			s.Log.Error("health", "err", err)
			status, state = http.StatusServiceUnavailable, "indisponible"
		}
	}
	if !strings.Contains(r.Header.Get("Accept"), "application/json") {
		send(w, r, status, "text/plain; charset=utf-8", []byte(state+"\n"))
		return nil
	}
	body, err := json.Marshal(map[string]string{"etat": state, "version": belvedere.Version})
	if err != nil {
		return err
	}
	send(w, r, status, "application/json", body)
	return nil
}
