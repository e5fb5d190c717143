package web

import (
	"net/http"
	"net/url"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const pupilsPerPage = 100

func pupilsPath(uai belvedere.UAI) string { return boardPath + "/" + string(uai) + "/eleves" }

// pupilList lists the pupils of a year.
func (s *server) pupilList(w http.ResponseWriter, r *http.Request) error {
	uai, err := nominativeSchool(r)
	if err != nil {
		return err
	}
	query := r.URL.Query()
	year, all, err := s.yearOf(r, uai, query)
	if err != nil {
		return err
	}
	number, err := pageNumber(query)
	if err != nil {
		return err
	}
	filter := board.PupilFilter{Text: clean(query.Get("q"), mostSearch), Division: clean(query.Get("division"), 40), State: query.Get("etat")}
	list, divisions, err := s.Board.Pupils(r.Context(), viewerOf(r), uai, year, filter)
	if err != nil {
		return err
	}
	from := min((number-1)*pupilsPerPage, len(list))
	p := pages.Pupils{SchoolFrame: s.schoolFrame(r, uai, "Élèves"), Year: year, Filter: filter, Divisions: divisions, Total: len(list),
		List: list[from:min(from+pupilsPerPage, len(list))], Done: boardDone[query.Get("fait")], Years: yearLinks(r.URL.Path, query, all, year)}
	query.Del("fait")
	p.Pages = pageLinks(r.URL.Path, query, number, len(list), pupilsPerPage)
	return s.write(w, r, http.StatusOK, pages.PupilsPage(p))
}

// pupilPage shows a pupil.
func (s *server) pupilPage(w http.ResponseWriter, r *http.Request) error {
	uai, err := nominativeSchool(r)
	if err != nil {
		return err
	}
	id, err := rowNumber(r)
	if err != nil {
		return err
	}
	f, err := s.Board.PupilFile(r.Context(), viewerOf(r), uai, id)
	if err != nil {
		return err
	}
	p := pages.Pupil{SchoolFrame: s.schoolFrame(r, uai, f.Name(), parts.Link{Label: "Élèves", Address: withQuery(pupilsPath(uai), url.Values{})}), File: f}
	return s.write(w, r, http.StatusOK, pages.PupilPage(p))
}
