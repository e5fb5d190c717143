package web

import (
	"net/http"

	"belvedere/internal/mail"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const (
	lettersPath    = "/administration/courrier"
	lettersPerPage = 50
)

// Letters are the mails that no server sends; a mail.Outbox is one.
type Letters interface {
	List(offset, limit int) ([]mail.Letter, int, error)
	Read(name string) (mail.Letter, error)
}

// letterRoutes show the mails of a console that sends none. Whoever reads them could follow the
// links in them: only administrators may, and only where the program says that nobody else reaches it.
func (s *server) letterRoutes() []route {
	if s.Letters == nil {
		return nil
	}
	return []route{
		get(lettersPath, administrator, "courrier", s.letters),
		get(lettersPath+"/{nom}", administrator, "courrier", s.letter),
	}
}

// letters lists the mails, newest first.
func (s *server) letters(w http.ResponseWriter, r *http.Request) error {
	number, err := pageNumber(r.URL.Query())
	if err != nil {
		return err
	}
	list, total, err := s.Letters.List((number-1)*lettersPerPage, lettersPerPage)
	if err != nil {
		return err
	}
	p := pages.Letters{Frame: s.frame(r, "Courrier"), Total: total, Zone: s.Zone, List: list,
		Pages: pageLinks(lettersPath, r.URL.Query(), number, total, lettersPerPage)}
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Courrier"})
	return s.write(w, r, http.StatusOK, pages.LettersPage(p))
}

// letter shows one mail as text.
func (s *server) letter(w http.ResponseWriter, r *http.Request) error {
	l, err := s.Letters.Read(r.PathValue("nom"))
	if err != nil {
		return err
	}
	p := pages.OneLetter{Frame: s.frame(r, l.Subject), Letter: l, Zone: s.Zone}
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Courrier", Address: lettersPath}, parts.Link{Label: cut(l.Subject, 60)})
	w.Header().Set("Referrer-Policy", "no-referrer") // its links are secrets
	return s.write(w, r, http.StatusOK, pages.LetterPage(p))
}
