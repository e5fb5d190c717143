package web

import (
	"net/http"
	"net/url"
	"strconv"

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
	uai, id, err := schoolRow(r)
	if err != nil {
		return err
	}
	f, err := s.Board.PupilFile(r.Context(), viewerOf(r), uai, id)
	if err != nil {
		return err
	}
	p := pages.Pupil{SchoolFrame: s.schoolFrame(r, uai, f.Name(), parts.Link{Label: "Élèves", Address: withQuery(pupilsPath(uai), url.Values{})}), File: f}
	p.Export, p.Erase = p.Path("eleves/"+r.PathValue("numero")+"/export.json"), p.Path("eleves/"+r.PathValue("numero")+"/effacer")
	return s.write(w, r, http.StatusOK, pages.PupilPage(p))
}

// pupilExport gives all that is held about a pupil, as a file.
func (s *server) pupilExport(w http.ResponseWriter, r *http.Request) error {
	uai, id, err := schoolRow(r)
	if err != nil {
		return err
	}
	b := getBuffer()
	defer putBuffer(b)
	if err := s.Board.ExportPupil(r.Context(), viewerOf(r), uai, id, b); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="eleve-`+strconv.FormatInt(id, 10)+`.json"`)
	send(w, r, http.StatusOK, "application/json", b.Bytes())
	return nil
}

// askErase asks before a pupil is erased.
func (s *server) askErase(w http.ResponseWriter, r *http.Request) error {
	uai, id, err := schoolRow(r)
	if err != nil {
		return err
	}
	f, err := s.Board.PupilFile(r.Context(), viewerOf(r), uai, id)
	if err != nil {
		return err
	}
	at := pupilsPath(uai) + "/" + strconv.FormatInt(id, 10)
	frame := s.schoolFrame(r, uai, "Effacer", parts.Link{Label: "Élèves", Address: pupilsPath(uai)}, parts.Link{Label: f.Name(), Address: at})
	return s.write(w, r, http.StatusOK, pages.ConfirmPage(pages.Confirm{
		Frame: frame.Frame, Title: "Effacer toutes les données de " + f.Name() + " ?",
		Text: []string{
			"L’élève disparaît de toutes les années du coffre : identité, scolarité, liens, appels, connexions, comptes et lignes des fichiers. Cela ne se défait pas.",
			"Les dépôts en attente sont abandonnés, car leurs fichiers peuvent le nommer. Un fichier importé plus tard qui le contient encore le fait revenir : corrigez d’abord SIECLE. Les sauvegardes déjà faites le contiennent toujours.",
		},
		Action: at + "/effacer", Button: "Effacer", Back: at,
	}))
}

// erase erases a pupil.
func (s *server) erase(w http.ResponseWriter, r *http.Request) error {
	uai, id, err := schoolRow(r)
	if err != nil {
		return err
	}
	traceOf(r).about("coffre "+string(uai), "effacement de l’élève n° "+strconv.FormatInt(id, 10))
	if err := s.Board.ErasePupil(r.Context(), viewerOf(r), uai, id); err != nil {
		return err
	}
	doneAt(w, r, pupilsPath(uai), "personne")
	return nil
}
