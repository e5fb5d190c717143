package web

import (
	"bytes"
	"net/http"
	"time"

	"belvedere/internal/guide"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// guideRoutes serve the user guide: it is the help of each page. Nothing in it is about anyone, so that the
// journal does not keep who reads it; who still owes a second factor may read how to get one.
func (s *server) guideRoutes() []route {
	return []route{
		get(guide.Path, ownAccount, "", s.guide),
		get(guide.Path+"/{chapitre}", ownAccount, "", s.guide),
		get(guide.Path+"/images/{image}", ownAccount, "", s.guidePicture),
	}
}

// guide shows a chapter, or the table of contents.
func (s *server) guide(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("chapitre")
	c := guide.Find(name)
	if c == nil {
		return notFound("Ce chapitre n’est pas dans le guide.")
	}
	p := pages.Guide{Frame: s.frame(r, c.Title), Chapter: c, Home: name == ""}
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Guide", Address: guide.Path})
	if !p.Home {
		p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: c.Title})
	}
	for _, b := range c.Blocks {
		if b.Kind == guide.Heading && b.Level == 2 {
			p.Parts = append(p.Parts, b)
		}
	}
	if len(p.Parts) < 3 {
		p.Parts = nil
	}
	return s.write(w, r, http.StatusOK, pages.GuidePage(p))
}

// guidePicture serves a picture of the guide.
func (s *server) guidePicture(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("image")
	data := guide.Picture(name)
	if data == nil {
		return notFound("Cette image n’est pas dans le guide.")
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "private, max-age=86400")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	return nil
}

// guideHits are the sections of the guide that answer a search.
func (s *server) guideHits(text string) (hits []pages.SearchHit) {
	for _, h := range guide.Search(text, mostHits) {
		hits = append(hits, pages.SearchHit{Label: h.Section, Detail: "guide, " + h.Chapter, Address: h.Address})
	}
	return hits
}
