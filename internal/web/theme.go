package web

import (
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"belvedere"
)

// Names of the cookie of the theme. Over TLS the prefix binds it to this host.
const (
	themeCookie     = "theme"
	hostThemeCookie = "__Host-theme"
)

// themeOf is the theme that the reader chose, "" to follow the system.
func themeOf(r *http.Request) string {
	for _, name := range []string{hostThemeCookie, themeCookie} {
		if c, err := r.Cookie(name); err == nil && (c.Value == "light" || c.Value == "dark") {
			return c.Value
		}
	}
	return ""
}

// theme keeps a choice of theme in a cookie and goes back to the page.
func (s *server) theme(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return belvedere.WrapError(belvedere.Invalid, err, "Le formulaire n’a pas pu être lu.")
	}
	theme := r.PostForm.Get("theme")
	if theme != "light" && theme != "dark" {
		return belvedere.Errorf(belvedere.Invalid, "Le thème est clair (light) ou sombre (dark).")
	}
	const year = 365 * 24 * 3600
	name := themeCookie
	if s.Secure {
		name = hostThemeCookie
	}
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: theme, Path: "/", MaxAge: year,
		HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode,
	})
	http.Redirect(w, r, safeReturn(r.PostForm.Get("retour")), http.StatusSeeOther)
	return nil
}

// safeReturn keeps an address of this site; anything else leads home. A browser reads "\" as
// "/" and drops tabs and line ends, so that "/\host" would leave the site.
func safeReturn(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" || strings.Contains(address, `\`) ||
		strings.ContainsFunc(address, unicode.IsControl) ||
		!strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") {
		return "/"
	}
	return address
}
