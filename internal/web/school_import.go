package web

import (
	"net/http"
	"strconv"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

func importAddress(uai belvedere.UAI, id int64) string {
	return boardPath + "/" + string(uai) + "/imports/" + strconv.FormatInt(id, 10)
}

// formatLabels are the names of formats that steps wait for.
var formatLabels = board.FormatLabels()

// importList shows what was imported in a year.
func (s *server) importList(w http.ResponseWriter, r *http.Request) error {
	uai, err := nominativeSchool(r)
	if err != nil {
		return err
	}
	year, all, err := s.yearOf(r, uai, r.URL.Query())
	if err != nil {
		return err
	}
	list, err := s.Board.Imports(r.Context(), viewerOf(r), uai, year)
	if err != nil {
		return err
	}
	p := pages.Imports{SchoolFrame: s.schoolFrame(r, uai, "Dépôts"), Year: year, List: list, Labels: formatLabels,
		Years: yearLinks(r.URL.Path, r.URL.Query(), all, year)}
	return s.write(w, r, http.StatusOK, pages.ImportsPage(p))
}

// importPage shows what a deposit would change, or what it did.
func (s *server) importPage(w http.ResponseWriter, r *http.Request) error {
	uai, id, err := schoolRow(r)
	if err != nil {
		return err
	}
	return s.showImport(w, r, http.StatusOK, uai, id, "", "")
}

func (s *server) showImport(w http.ResponseWriter, r *http.Request, status int, uai belvedere.UAI, id int64, typed, trouble string) error {
	d, err := s.Board.Deposit(r.Context(), viewerOf(r), uai, id)
	if err != nil {
		return err
	}
	p := pages.Import{SchoolFrame: s.schoolFrame(r, uai, "Dépôt n° "+strconv.FormatInt(id, 10), parts.Link{Label: "Dépôts", Address: boardPath + "/" + string(uai) + "/imports"}),
		Deposit: d, Typed: typed, Trouble: trouble, Done: boardDone[r.URL.Query().Get("fait")]}
	return s.write(w, r, status, pages.ImportPage(p))
}

// importAct imports a deposit, leaves it, or rehearses it again.
func (s *server) importAct(w http.ResponseWriter, r *http.Request) error {
	uai, id, err := schoolRow(r)
	if err != nil {
		return err
	}
	form, err := posted(r)
	if err != nil {
		return err
	}
	about := func(what string) {
		traceOf(r).about("coffre "+string(uai), "dépôt n° "+strconv.FormatInt(id, 10)+" : "+what)
	}
	word := ""
	switch form.Get("faire") {
	case "importer":
		return s.importApply(w, r, uai, id, clean(form.Get("confirmation"), 2000), about)
	case "abandonner":
		about("abandonné")
		word, err = "abandonne", s.Board.Leave(r.Context(), viewerOf(r), uai, id)
	case "recalculer":
		about("essai refait")
		word, err = "recalcule", s.Board.Again(r.Context(), viewerOf(r), uai, id)
	default:
		return belvedere.Errorf(belvedere.Invalid, "Cette demande n’existe pas.")
	}
	if err != nil {
		return err
	}
	doneAt(w, r, importAddress(uai, id), word)
	return nil
}

// importApply imports a deposit; what would vanish must have been written.
func (s *server) importApply(w http.ResponseWriter, r *http.Request, uai belvedere.UAI, id int64, confirm string, about func(string)) error {
	about("import refusé")
	done, err := s.Board.Apply(r.Context(), viewerOf(r), uai, id, confirm)
	if kind := belvedere.KindOf(err); err != nil && (kind == belvedere.Conflict || kind == belvedere.Invalid) {
		return s.showImport(w, r, statusOf(kind), uai, id, confirm, belvedere.Message(err))
	} else if err != nil {
		return err
	}
	n := done.Outcome.Changes
	what := "importé, " + strconv.Itoa(n.Before.Pupils) + " → " + belvedere.Plural(n.After.Pupils, "élève", "élèves")
	if done.Alarm.Trips() {
		what += ", disparition confirmée : " + done.Alarm.Phrase()
	}
	about(what)
	word := "importe"
	if len(done.Warnings) > 0 {
		word = "suite"
	}
	doneAt(w, r, importAddress(uai, id), word)
	return nil
}
