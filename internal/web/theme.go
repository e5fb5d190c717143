package web

import (
	"net/http"
	"net/url"
	"strings"

	"belvedere"
)

const themeCookie = "theme"

// themeOf is the theme that the reader chose, "" to follow the system.
func themeOf(r *http.Request) string {
	if c, err := r.Cookie(themeCookie); err == nil && (c.Value == "light" || c.Value == "dark") {
		return c.Value
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
	http.SetCookie(w, &http.Cookie{
		Name: themeCookie, Value: theme, Path: "/", MaxAge: year,
		HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode,
	})
	http.Redirect(w, r, safeReturn(r.PostForm.Get("retour")), http.StatusSeeOther)
	return nil
}

// safeReturn keeps an address of this site; anything else leads home. A browser reads "\" as
// "/", so that "/\host" would leave the site.
func safeReturn(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" || strings.ContainsAny(address, "\\\r\n\t") ||
		!strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") {
		return "/"
	}
	return address
}
