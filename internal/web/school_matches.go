package web

import (
	"net/http"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/web/pages"
)

// matchList shows the names that sources write differently.
func (s *server) matchList(w http.ResponseWriter, r *http.Request) error {
	uai, err := nominativeSchool(r)
	if err != nil {
		return err
	}
	year, all, err := s.yearOf(r, uai, r.URL.Query())
	if err != nil {
		return err
	}
	list, err := s.Board.Matches(r.Context(), viewerOf(r), uai, year)
	if err != nil {
		return err
	}
	services, left, err := s.Board.Services(r.Context(), viewerOf(r), uai, year)
	if err != nil {
		return err
	}
	p := pages.Matches{Services: services, Left: left, SchoolFrame: s.schoolFrame(r, uai, "Rapprochements"), Year: year, List: list,
		Done: boardDone[r.URL.Query().Get("fait")], Years: yearLinks(r.URL.Path, r.URL.Query(), all, year)}
	return s.write(w, r, http.StatusOK, pages.MatchesPage(p))
}

// matchDecide keeps what was chosen of each line: "r-12" is "oui", "non" or nothing.
func (s *server) matchDecide(w http.ResponseWriter, r *http.Request) error {
	uai, year, form, err := s.schoolForm(r)
	if err != nil {
		return err
	}
	decisions := map[int64]bool{}
	for name, values := range form {
		text, ok := strings.CutPrefix(name, "r-")
		id, bad := strconv.ParseInt(text, 10, 64)
		if ok && bad == nil && (values[0] == "oui" || values[0] == "non") {
			decisions[id] = values[0] == "oui"
		}
	}
	warnings, err := s.Board.Decide(r.Context(), viewerOf(r), uai, year, decisions)
	if err != nil {
		return err
	}
	traceOf(r).about("coffre "+string(uai), belvedere.Plural(len(decisions), "rapprochement tranché", "rapprochements tranchés"))
	word := "rapproche"
	if len(warnings) > 0 {
		word = "suite"
	}
	doneIn(w, r, boardPath+"/"+string(uai)+"/rapprochements", year, word)
	return nil
}

// serviceAct leaves a service out, or takes it back. A service is named "division|matiere|modalite".
func (s *server) serviceAct(w http.ResponseWriter, r *http.Request) error {
	uai, year, form, err := s.schoolForm(r)
	if err != nil {
		return err
	}
	name := append(strings.Split(clean(form.Get("service"), 100), "|"), "", "")
	word, warnings := "ecarte", []string(nil)
	switch form.Get("faire") {
	case "ecarter":
		warnings, err = s.Board.LeaveOut(r.Context(), viewerOf(r), uai, year, name[0], name[1])
	case "reprendre":
		word = "repris"
		warnings, err = s.Board.TakeBack(r.Context(), viewerOf(r), uai, year, name[0], name[1], name[2])
	default:
		return belvedere.Errorf(belvedere.Invalid, "Cette demande n’existe pas.")
	}
	if err != nil {
		return err
	}
	traceOf(r).about("coffre "+string(uai), "service "+name[0]+" "+name[1]+" : "+word)
	if len(warnings) > 0 {
		word = "suite"
	}
	doneIn(w, r, boardPath+"/"+string(uai)+"/rapprochements", year, word)
	return nil
}

// doubleList shows the guardians that may be one.
func (s *server) doubleList(w http.ResponseWriter, r *http.Request) error {
	uai, err := nominativeSchool(r)
	if err != nil {
		return err
	}
	year, all, err := s.yearOf(r, uai, r.URL.Query())
	if err != nil {
		return err
	}
	list, err := s.Board.Doubles(r.Context(), viewerOf(r), uai, year)
	if err != nil {
		return err
	}
	p := pages.Doubles{SchoolFrame: s.schoolFrame(r, uai, "Doublons de responsables"), Year: year, List: list,
		Done: boardDone[r.URL.Query().Get("fait")], Years: yearLinks(r.URL.Path, r.URL.Query(), all, year)}
	return s.write(w, r, http.StatusOK, pages.DoublesPage(p))
}

// doubleJudge says of a pair that it is one person, or two.
func (s *server) doubleJudge(w http.ResponseWriter, r *http.Request) error {
	uai, year, form, err := s.schoolForm(r)
	if err != nil {
		return err
	}
	left, right, _ := strings.Cut(form.Get("paire"), "-")
	a, errA := strconv.ParseInt(left, 10, 64)
	b, errB := strconv.ParseInt(right, 10, 64)
	word := map[string]string{"fusionner": "fusionne", "distinguer": "distinct"}[form.Get("faire")]
	if errA != nil || errB != nil || word == "" {
		return belvedere.Errorf(belvedere.Invalid, "Cette demande n’existe pas.")
	}
	if err := s.Board.Judge(r.Context(), viewerOf(r), uai, a, b, word == "fusionne"); err != nil {
		return err
	}
	traceOf(r).about("coffre "+string(uai), "doublon "+strconv.FormatInt(a, 10)+"-"+strconv.FormatInt(b, 10)+" : "+word)
	doneIn(w, r, boardPath+"/"+string(uai)+"/doublons", year, word)
	return nil
}
