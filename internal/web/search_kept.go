package web

import (
	"net/http"

	"belvedere/internal/governance"
	"belvedere/internal/registry"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
	"belvedere/internal/words"
)

// keptHits are what people made and may be found by its words: dashboards, queries, formulas, datasets,
// questions. Each is listed by the service that decides who sees it.
func (s *server) keptHits(r *http.Request, text, folded string) ([]pages.SearchGroup, error) {
	boards, err := s.boardHits(r, text)
	if err != nil {
		return nil, err
	}
	queries, err := s.queryHits(r, text)
	if err != nil {
		return nil, err
	}
	formulas, err := s.formulaHits(r, folded)
	if err != nil {
		return nil, err
	}
	questions, err := s.questionHits(r, text)
	if err != nil {
		return nil, err
	}
	return []pages.SearchGroup{
		{ID: "tableaux", Label: "Tableaux de bord", Hits: boards},
		{ID: "requetes", Label: "Requêtes", Hits: queries},
		{ID: "formules", Label: "Formules", Hits: formulas},
		{ID: "jeux", Label: "Jeux de données", Hits: s.datasetHits(r, folded)},
		{ID: "questions", Label: "Questions et réponses", Hits: questions},
	}, nil
}

// few keeps the first hits.
func few(hits []pages.SearchHit) []pages.SearchHit { return hits[:min(len(hits), mostHits)] }

func (s *server) boardHits(r *http.Request, text string) (hits []pages.SearchHit, err error) {
	if s.Dashboards == nil {
		return nil, nil
	}
	list, err := s.Dashboards.List(r.Context(), viewerOf(r), text)
	for _, b := range list {
		hits = append(hits, pages.SearchHit{Label: b.Title, Detail: cut(b.Description, 120), Address: b.Address()})
	}
	return few(hits), err
}

func (s *server) queryHits(r *http.Request, text string) (hits []pages.SearchHit, err error) {
	if s.Saved == nil {
		return nil, nil
	}
	list, err := s.Saved.List(r.Context(), viewerOf(r), text)
	for _, q := range list {
		hits = append(hits, pages.SearchHit{Label: q.Title, Detail: cut(q.Description, 120), Address: q.Address()})
	}
	return few(hits), err
}

func (s *server) formulaHits(r *http.Request, folded string) (hits []pages.SearchHit, err error) {
	if s.Formulas == nil {
		return nil, nil
	}
	list, err := s.Formulas.List(r.Context(), viewerOf(r), registry.FormulaOfFigures)
	for _, f := range list {
		if words.Holds(words.Fold(f.Label+" "+f.Code), folded) {
			hits = append(hits, pages.SearchHit{Label: f.Label, Detail: f.Code, Address: formulasPath + "/" + f.Code})
		}
	}
	return few(hits), err
}

// datasetHits are datasets, for those who may open their pages.
func (s *server) datasetHits(r *http.Request, folded string) (hits []pages.SearchHit) {
	if ok, _ := s.datasetRight().allows(viewerOf(r)); !ok || s.Datasets == nil {
		return nil
	}
	for _, d := range s.model.Datasets {
		if words.Holds(words.Fold(d.Label+" "+d.Name), folded) {
			hits = append(hits, pages.SearchHit{Label: d.Label, Detail: cut(d.Doc, 120), Address: datasetsPath + "/" + d.Name})
		}
	}
	return few(hits)
}

func (s *server) questionHits(r *http.Request, text string) (hits []pages.SearchHit, err error) {
	if s.Governance == nil {
		return nil, nil
	}
	list, err := s.Governance.Questions(r.Context(), viewerOf(r), governance.Search{Text: text})
	for _, q := range list {
		answered := "sans réponse"
		if q.Answer != "" {
			answered = "répondue"
		}
		hits = append(hits, pages.SearchHit{Label: cut(q.Subject, 160), Detail: answered, Address: q.Link})
	}
	return few(hits), err
}

// menuHits are the pages of the reader's own menu that are not declared in the catalogue.
func menuHits(f parts.Frame, folded string, have []pages.SearchHit) (hits []pages.SearchHit) {
	seen := map[string]bool{}
	for _, h := range have {
		seen[h.Address] = true
	}
	for _, group := range f.Menu {
		for _, e := range group.Entries {
			if !seen[e.Address] && words.Holds(words.Fold(e.Label+" "+group.Label), folded) {
				seen[e.Address] = true
				hits = append(hits, pages.SearchHit{Label: e.Label, Detail: group.Label, Address: e.Address})
			}
		}
	}
	return hits
}
