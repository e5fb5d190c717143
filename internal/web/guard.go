package web

import (
	"context"
	"net/http"
	"net/url"

	"belvedere"
	"belvedere/internal/door"
)

// asked is what is known of a request beside its address: who sends it, and what the journal will say.
type asked struct {
	viewer belvedere.Viewer
	trace  *trace
	lacks  right // that the route asks and the sender has not
	names  bool  // the route is about people by their names
}

type askedKey struct{}

func askedOf(r *http.Request) *asked {
	a, _ := r.Context().Value(askedKey{}).(*asked)
	return a
}

// viewerOf is who sent a request: nobody before the guard has asked.
func viewerOf(r *http.Request) belvedere.Viewer {
	if a := askedOf(r); a != nil {
		return a.viewer
	}
	return belvedere.Viewer{}
}

// identified finds who sends a request and notes it in its context, once.
func (s *server) identified(r *http.Request) (*http.Request, error) {
	if askedOf(r) != nil {
		return r, nil
	}
	viewer, err := s.Viewer(r)
	if err != nil {
		return r, err
	}
	return r.WithContext(context.WithValue(r.Context(), askedKey{}, &asked{viewer: viewer})), nil
}

// guard lets a request through to its handler when its sender has the right that the route
// declares. Who is not signed in is led to the page for it, and comes back.
func (s *server) guard(rt route) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		viewer := viewerOf(r)
		if a := askedOf(r); a != nil {
			a.names = rt.right == nominative
		}
		if rt.right == machine && !door.FromMachine(r) {
			return notFound("Cette adresse ne répond qu’à la machine du serveur.")
		}
		ok, why := rt.right.allows(viewer)
		switch {
		case ok:
			return rt.handler(w, r)
		case viewer.Kind == belvedere.Nobody:
			return s.askSignIn(w, r)
		case rt.right == nominative && viewer.School && !viewer.Strong:
			http.Redirect(w, r, withQuery("/compte/securite", url.Values{"fait": {"nominatif"}}), http.StatusSeeOther)
			return nil
		case (viewer.Admin || viewer.Auditor) && !viewer.Strong:
			http.Redirect(w, r, "/compte/securite", http.StatusSeeOther)
			return nil
		}
		if a := askedOf(r); a != nil {
			a.lacks = rt.right
		}
		return belvedere.Errorf(belvedere.Forbidden, "%s", why)
	}
}

// askSignIn leads a reader to the page where one signs in, and a program to a plain refusal.
func (s *server) askSignIn(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		s.message(w, r, http.StatusUnauthorized, "Votre session a pris fin : rien n’a été enregistré. Connectez-vous, puis recommencez.")
		return nil
	}
	address := "/connexion"
	if back := localAddress(r); back != "/" {
		address += "?" + url.Values{"retour": {back}}.Encode()
	}
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}
