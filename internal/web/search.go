package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
	"belvedere/internal/words"
)

const (
	mostSearch = 200 // characters of a search
	mostHits   = 30  // of one kind
)

// search finds pages, indicators, schools, what people made, and the guide.
func (s *server) search(w http.ResponseWriter, r *http.Request) error {
	text := clean(r.URL.Query().Get("q"), mostSearch)
	frame := s.frame(r, strings.TrimSpace("Recherche "+text))
	frame.Crumbs = append(frame.Crumbs, parts.Link{Label: "Recherche"})
	frame.Search = text
	p := pages.Search{Frame: frame, Text: text}
	if folded := words.Fold(text); folded != "" {
		schools, err := s.schoolHits(r, text)
		if err != nil {
			return err
		}
		kept, err := s.keptHits(r, text, folded)
		if err != nil {
			return err
		}
		found := s.pageHits(folded)
		found = append(found, menuHits(frame, folded, found)...)
		p.Groups = groups(slices.Concat([]pages.SearchGroup{
			{ID: "pages", Label: "Pages", Hits: found},
			{ID: "indicateurs", Label: "Indicateurs", Hits: s.indicatorHits(folded)},
			{ID: "etablissements", Label: "Établissements", Hits: schools},
		}, kept, []pages.SearchGroup{{ID: "guide", Label: "Guide", Hits: s.guideHits(text)}})...)
		for _, g := range p.Groups {
			p.Count += len(g.Hits)
		}
	}
	return s.write(w, r, http.StatusOK, pages.SearchPage(p))
}

// groups keeps those that found something.
func groups(all ...pages.SearchGroup) []pages.SearchGroup {
	var out []pages.SearchGroup
	for _, g := range all {
		if len(g.Hits) > 0 {
			out = append(out, g)
		}
	}
	return out
}

func (s *server) pageHits(folded string) []pages.SearchHit {
	var hits []pages.SearchHit
	for _, p := range s.model.Pages {
		section := ""
		if x := s.section(p.Section); x != nil {
			section = x.Label
		}
		if len(hits) < mostHits && words.Holds(words.Fold(p.Title+" "+p.Label+" "+section), folded) {
			hits = append(hits, pages.SearchHit{Label: p.Title, Detail: section, Address: p.Path})
		}
	}
	return hits
}

// indicatorHits puts the indicators whose label answers before those whose definition does.
func (s *server) indicatorHits(folded string) []pages.SearchHit {
	var labels, texts []pages.SearchHit
	for _, i := range s.model.Indicators {
		hit := pages.SearchHit{Label: i.Label, Detail: "n° " + strconv.Itoa(i.Number) + ", " + s.themeLabel(i.Theme), Address: "/indicateurs#" + i.Code}
		if s.Meanings != nil {
			hit.Address = s.meaningAddress(i)
		}
		switch {
		case i.Annexed:
		case i.Of == 0: // of no indicator of the annex: higher education, files of one's own
			hit.Detail = s.themeLabel(i.Theme)
		default:
			hit.Detail = "déclinaison du n° " + strconv.Itoa(i.Of) + ", " + s.themeLabel(i.Theme)
		}
		switch {
		case words.Holds(words.Fold(i.Label+" "+i.Short), folded) || folded == strconv.Itoa(i.Number):
			labels = append(labels, hit)
		case (i.Annexed || i.Of == 0) && words.Holds(words.Fold(i.Definition), folded):
			texts = append(texts, hit)
		}
	}
	hits := append(labels, texts...)
	return hits[:min(len(hits), mostHits)]
}

// schoolHits lead to the first page that lists schools and can be limited to one.
func (s *server) schoolHits(r *http.Request, text string) ([]pages.SearchHit, error) {
	keys, err := s.Reports.Schools(r.Context(), viewerOf(r), text, mostHits)
	if err != nil {
		return nil, err
	}
	page := s.schoolPage()
	if page == nil {
		return nil, nil
	}
	var hits []pages.SearchHit
	for _, k := range keys {
		detail := []string{k.Code}
		for _, a := range k.Detail {
			if parts.Readable(a) {
				detail = append(detail, a.Value)
			}
		}
		hits = append(hits, pages.SearchHit{Label: k.Label, Detail: strings.Join(detail, ", "),
			Address: page.Path + "?etablissement=" + url.QueryEscape(k.Code)})
	}
	return hits, nil
}

func (s *server) schoolPage() *belvedere.Page {
	var first *belvedere.Page
	for _, p := range s.model.Pages {
		for _, f := range p.Filters {
			if f != "etablissement" {
				continue
			}
			if first == nil {
				first = p
			}
			for _, b := range p.Blocks {
				if b.Table != nil && b.Table.Rows == "etablissement" {
					return p
				}
			}
		}
	}
	return first
}
