package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const (
	territoryPath = "/administration/territoire"
	logoPath      = "/logo/"
	coloursPath   = "/couleurs.css"
)

// territoryRoutes are the settings of the territory, and what they change in every page.
func (s *server) territoryRoutes() []route {
	if s.Territory == nil {
		return nil
	}
	return []route{
		get(territoryPath, administrator, "consultation", s.territory),
		post(territoryPath, administrator, "territoire", s.putTerritory),
		post(territoryPath+"/logo", administrator, "territoire", s.putLogo).upTo(admin.MostLogo + 64<<10),
		post(territoryPath+"/logo/retirer", administrator, "territoire", s.removeLogo),
		get(logoPath+"{file}", public, "", s.logo),
		get(coloursPath, public, "", s.colours),
	}
}

// territoryDone are the sentences of what was done, by the word in the address.
var territoryDone = map[string]string{
	"enregistre":   "Les réglages sont enregistrés.",
	"logo":         "Le logo est enregistré : il apparaît sur chaque page.",
	"logo-retire":  "Le logo est retiré.",
	"rien-a-faire": "Rien n’a changé.",
}

// territory shows the settings.
func (s *server) territory(w http.ResponseWriter, r *http.Request) error {
	form, err := s.Territory.Form(r.Context())
	if err != nil {
		return err
	}
	return s.territoryPage(w, r, http.StatusOK, pages.Territory{Form: form, Done: territoryDone[r.URL.Query().Get("fait")]})
}

func (s *server) territoryPage(w http.ResponseWriter, r *http.Request, status int, p pages.Territory) error {
	p.Frame, p.MostLogo = s.frame(r, "Territoire"), admin.MostLogo
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Territoire"})
	for _, section := range s.model.Sections {
		p.Sections = append(p.Sections, pages.MenuSection{Code: section.Code, Label: section.Label, Shown: !slices.Contains(strings.Fields(p.Form.Hidden), section.Code)})
	}
	p.Logo, p.Place = p.Frame.Logo, p.Frame.Place
	return s.write(w, r, status, pages.TerritoryPage(p))
}

// putTerritory saves the settings.
func (s *server) putTerritory(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	p := pages.Territory{Form: admin.TerritoryForm{
		Name: form.Get("nom"), Code: form.Get("code"), Contact: form.Get("contact"), Accent: form.Get("couleur"), SeedPasswords: form.Get("regles_seed") != "",
		ReminderDays: form.Get("rappel"), JournalMonths: form.Get("journal"), Benchmark: form.Get("comparaison"), ReceiptMonths: form.Get("recus"), Seen: form.Get("vu"),
		Hidden: s.hiddenSections(form),
	}}
	if form.Get("rubriques") == "" { // a form that did not ask leaves the menu as it is
		before, err := s.Territory.Form(r.Context())
		if err != nil {
			return err
		}
		p.Form.Hidden = before.Hidden
	}
	traceOf(r).about("réglages du territoire", "refusé")
	changes, err := s.Territory.Save(r.Context(), p.Form)
	if flaws := (admin.Flaws)(nil); errors.As(err, &flaws) {
		p.Errors = fieldErrors(flaws)
		return s.territoryPage(w, r, http.StatusUnprocessableEntity, p)
	}
	if belvedere.KindOf(err) == belvedere.Conflict {
		now, readErr := s.Territory.Form(r.Context())
		if readErr != nil {
			return readErr
		}
		p.Trouble, p.Form.Seen = belvedere.Message(err), now.Seen
		return s.territoryPage(w, r, http.StatusConflict, p)
	} else if err != nil {
		return err
	}
	traceOf(r).about("réglages du territoire", cut(strings.Join(changes, ", "), 1500))
	word := "enregistre"
	if len(changes) == 0 {
		word = "rien-a-faire"
	}
	doneAt(w, r, territoryPath, word)
	return nil
}

// hiddenSections are the sections of the menu that were not ticked.
func (s *server) hiddenSections(form url.Values) string {
	var hidden []string
	for _, section := range s.model.Sections {
		if form.Get("rubrique-"+section.Code) == "" {
			hidden = append(hidden, section.Code)
		}
	}
	return strings.Join(hidden, " ")
}

// putLogo takes an image.
func (s *server) putLogo(w http.ResponseWriter, r *http.Request) error {
	file, err := sentFile(r, "logo", admin.MostLogo)
	if err != nil {
		return err
	}
	traceOf(r).about("logo du territoire", "refusé")
	if len(file) == 0 {
		return s.logoFault(w, r, belvedere.Errorf(belvedere.Invalid, "Choisissez l’image du logo."))
	}
	logo, err := s.Territory.SetLogo(r.Context(), strings.NewReader(string(file)))
	if kind := belvedere.KindOf(err); kind == belvedere.Invalid || kind == belvedere.TooLarge {
		return s.logoFault(w, r, err)
	} else if err != nil {
		return err
	}
	traceOf(r).about("logo du territoire", "nouveau logo "+logo.Sum)
	doneAt(w, r, territoryPath, "logo")
	return nil
}

func (s *server) logoFault(w http.ResponseWriter, r *http.Request, fault error) error {
	form, err := s.Territory.Form(r.Context())
	if err != nil {
		return err
	}
	p := pages.Territory{Form: form}
	p.LogoErrors.Add("logo", belvedere.Message(fault))
	return s.territoryPage(w, r, http.StatusUnprocessableEntity, p)
}

func (s *server) removeLogo(w http.ResponseWriter, r *http.Request) error {
	traceOf(r).about("logo du territoire", "retiré")
	if err := s.Territory.RemoveLogo(r.Context()); err != nil {
		return err
	}
	doneAt(w, r, territoryPath, "logo-retire")
	return nil
}

// logo serves the image that this program wrote: its address names its bytes. Opened alone, it
// can run nothing.
func (s *server) logo(w http.ResponseWriter, r *http.Request) error {
	sum, png := strings.CutSuffix(r.PathValue("file"), ".png")
	if !png {
		return notFound("Ce logo n’existe pas, ou plus.")
	}
	logo, err := s.Territory.Logo(r.Context(), sum)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	send(w, r, http.StatusOK, "image/png", logo.PNG)
	return nil
}

// colours serves the style of the territory, which may be kept when its address names it.
func (s *server) colours(w http.ResponseWriter, r *http.Request) error {
	style, err := s.Territory.Style(r.Context())
	if err != nil {
		return err
	}
	if style.Sum != "" && r.URL.Query().Get("v") == style.Sum {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	send(w, r, http.StatusOK, "text/css; charset=utf-8", []byte(style.CSS))
	return nil
}

// dress puts the logo and the colours of the territory around a page; a page that says what went
// wrong goes without.
func (s *server) dress(r *http.Request, f *parts.Frame) {
	if s.Territory == nil {
		return
	}
	d, err := s.Territory.Dress(r.Context())
	if err != nil {
		s.Log.Warn("dress", "err", err)
		return
	}
	for i := range f.Menu {
		f.Menu[i].Entries = slices.DeleteFunc(f.Menu[i].Entries, func(e parts.MenuEntry) bool { return e.Section != "" && slices.Contains(d.Hidden, e.Section) })
	}
	if d.Logo != "" {
		f.Logo = logoPath + d.Logo + ".png"
	}
	if d.Style != "" {
		f.Colours = coloursPath + "?v=" + d.Style
	}
}
