package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/web/pages"
)

// boardPage shows the years of a school, step by step, and takes files.
func (s *server) boardPage(w http.ResponseWriter, r *http.Request) error {
	uai, err := nominativeSchool(r)
	if err != nil {
		return err
	}
	return s.showBoard(w, r, http.StatusOK, uai, "")
}

func (s *server) showBoard(w http.ResponseWriter, r *http.Request, status int, uai belvedere.UAI, trouble string) error {
	b, err := s.Board.Board(r.Context(), viewerOf(r), uai)
	if err != nil {
		return err
	}
	p := pages.Board{SchoolFrame: s.schoolFrame(r, uai, "Rentrée"), Board: b, Most: mostDrop, Trouble: trouble,
		Done: boardDone[r.URL.Query().Get("fait")], Labels: formatLabels}
	return s.write(w, r, status, pages.BoardPage(p))
}

// boardDrop takes files and leads to what they would change. Files that are refused are told on
// the board, with nothing kept of them.
func (s *server) boardDrop(w http.ResponseWriter, r *http.Request) error {
	uai, err := nominativeSchool(r)
	if err != nil {
		return err
	}
	traceOf(r).about("coffre "+string(uai), "dépôt de fichiers")
	http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadTime)) // not every connection can
	form, err := r.MultipartReader()
	if err != nil {
		return belvedere.WrapError(belvedere.Invalid, err, "Le formulaire de dépôt n’a pas pu être lu.")
	}
	year, files, err := readDrop(form)
	if err != nil {
		return brokenUpload(err)
	}
	id, err := s.Board.Drop(r.Context(), viewerOf(r), uai, year, files)
	switch kind := belvedere.KindOf(err); {
	case err == nil:
	case kind == belvedere.Invalid || kind == belvedere.Conflict:
		traceOf(r).about("coffre "+string(uai), "dépôt refusé")
		return s.showBoard(w, r, statusOf(kind), uai, belvedere.Message(err))
	default:
		return err
	}
	traceOf(r).about("coffre "+string(uai), "dépôt n° "+strconv.FormatInt(id, 10)+", "+belvedere.Plural(len(files), "fichier", "fichiers"))
	http.Redirect(w, r, importAddress(uai, id), http.StatusSeeOther)
	return nil
}

// mostBoardFiles bounds the files of one deposit.
const mostBoardFiles = 60

// readDrop reads the form of the board in memory: nominative files touch no disk but the vault's.
func readDrop(form *multipart.Reader) (year belvedere.SchoolYear, files []board.Dropped, err error) {
	for n := 0; ; n++ {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return year, files, nil
		}
		if err != nil {
			return 0, nil, err
		}
		if n > 2*mostBoardFiles || len(files) > mostBoardFiles {
			return 0, nil, belvedere.Errorf(belvedere.TooLarge, "Un dépôt compte au plus %d fichiers. Faites-en plusieurs, ou une archive ZIP.", mostBoardFiles)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return 0, nil, err
		}
		switch {
		case part.FormName() == "annee" && len(data) > 0:
			if year, err = belvedere.ParseSchoolYear(clean(string(data), 20)); err != nil {
				return 0, nil, belvedere.Errorf(belvedere.Invalid, "annee : %v", err)
			}
		case part.FormName() == "fichier" && part.FileName() != "":
			files = append(files, board.Dropped{Name: clean(part.FileName(), 120), Data: data})
		}
	}
}

// boardStep declares a step done or without object, or gives it back to its files.
func (s *server) boardStep(w http.ResponseWriter, r *http.Request) error {
	uai, err := nominativeSchool(r)
	if err != nil {
		return err
	}
	form, err := posted(r)
	if err != nil {
		return err
	}
	year, err := belvedere.ParseSchoolYear(form.Get("annee"))
	if err != nil {
		return belvedere.Errorf(belvedere.Invalid, "annee : %v", err)
	}
	code, state := clean(form.Get("etape"), 60), form.Get("etat")
	if err := s.Board.SetStep(r.Context(), viewerOf(r), uai, year, code, state, clean(form.Get("motif"), 300)); err != nil {
		if belvedere.KindOf(err) == belvedere.Invalid {
			return s.showBoard(w, r, http.StatusUnprocessableEntity, uai, belvedere.Message(err))
		}
		return err
	}
	traceOf(r).about("coffre "+string(uai), "étape "+code+" de "+year.String()+" : "+state)
	doneIn(w, r, boardPath+"/"+string(uai)+"/rentree", 0, "etape")
	return nil
}

// boardSettings fixes the day of the switch, and when a file is stale.
func (s *server) boardSettings(w http.ResponseWriter, r *http.Request) error {
	uai, err := nominativeSchool(r)
	if err != nil {
		return err
	}
	form, err := posted(r)
	if err != nil {
		return err
	}
	days, err := strconv.Atoi(strings.TrimSpace(form.Get("jours")))
	if err != nil {
		days = 0 // said by the use case
	}
	err = s.Board.SetFresh(r.Context(), viewerOf(r), uai, days)
	if text := form.Get("bascule"); err == nil && text != "" {
		var year belvedere.SchoolYear
		if year, err = belvedere.ParseSchoolYear(form.Get("annee")); err == nil {
			err = s.Board.SetSwitch(r.Context(), viewerOf(r), uai, year, text)
		}
	}
	if belvedere.KindOf(err) == belvedere.Invalid && err != nil {
		return s.showBoard(w, r, http.StatusUnprocessableEntity, uai, belvedere.Message(err))
	} else if err != nil {
		return err
	}
	traceOf(r).about("coffre "+string(uai), "réglages : bascule "+clean(form.Get("bascule"), 10)+", délai "+strconv.Itoa(days)+" jours")
	doneIn(w, r, boardPath+"/"+string(uai)+"/rentree", 0, "reglages")
	return nil
}
