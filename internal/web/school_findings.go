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

func findingsPath(uai belvedere.UAI) string { return boardPath + "/" + string(uai) + "/releve" }

const findingsPerPage = 100

// findingList shows the contradictions of a year, both values side by side.
func (s *server) findingList(w http.ResponseWriter, r *http.Request) error {
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
	filter := board.FindingFilter{State: query.Get("etat"), Rule: clean(query.Get("regle"), 60), Offset: (number - 1) * findingsPerPage, Limit: findingsPerPage}
	list, total, counts, err := s.Board.Findings(r.Context(), viewerOf(r), uai, year, filter)
	if err != nil {
		return err
	}
	p := pages.Findings{SchoolFrame: s.schoolFrame(r, uai, "Relève du contrôle"), Year: year, Counts: counts, Total: total, Rule: filter.Rule,
		List: list, Done: boardDone[query.Get("fait")],
		Years: yearLinks(r.URL.Path, query, all, year), Filters: findingLinks(r.URL.Path, query, counts, filter.State)}
	query.Del("fait")
	p.Pages = pageLinks(r.URL.Path, query, number, total, findingsPerPage)
	return s.write(w, r, http.StatusOK, pages.FindingsPage(p))
}

// findingLinks are the choices over the findings, with their counts.
func findingLinks(path string, query url.Values, n board.FindingCounts, current string) (out []parts.Link) {
	for _, one := range []struct {
		state, label string
		count        int
	}{
		{"", "Ouverts", n.Blocking + n.Warnings}, {"bloquants", "Bloquants", n.Blocking}, {"avertissements", "À vérifier", n.Warnings},
		{"acceptes", "Acceptés", n.Accepted}, {"regles", "Réglés", n.Mended},
	} {
		v := url.Values{}
		for _, keep := range []string{"annee", "regle"} {
			if query.Get(keep) != "" {
				v.Set(keep, query.Get(keep))
			}
		}
		if one.state != "" {
			v.Set("etat", one.state)
		}
		out = append(out, parts.Link{Label: one.label + " " + strconv.Itoa(one.count), Address: withQuery(path, v), Current: one.state == current})
	}
	return out
}

// findingsAgain runs the checks again.
func (s *server) findingsAgain(w http.ResponseWriter, r *http.Request) error {
	uai, year, _, err := s.schoolForm(r)
	if err != nil {
		return err
	}
	traceOf(r).about("coffre "+string(uai), "contrôles de "+year.String()+" refaits")
	if err := s.Board.Recheck(r.Context(), viewerOf(r), uai, year); err != nil {
		return err
	}
	doneIn(w, r, findingsPath(uai), year, "controle")
	return nil
}

// findingPage shows one contradiction with its life.
func (s *server) findingPage(w http.ResponseWriter, r *http.Request) error {
	uai, id, err := schoolRow(r)
	if err != nil {
		return err
	}
	return s.showFinding(w, r, http.StatusOK, uai, id, "", "")
}

func (s *server) showFinding(w http.ResponseWriter, r *http.Request, status int, uai belvedere.UAI, id int64, typed, fault string) error {
	f, err := s.Board.Finding(r.Context(), viewerOf(r), uai, id)
	if err != nil {
		return err
	}
	back := withQuery(findingsPath(uai), url.Values{"annee": {f.Year.String()}})
	p := pages.FindingPageData{SchoolFrame: s.schoolFrame(r, uai, "Constat n° "+strconv.FormatInt(id, 10), parts.Link{Label: "Relève du contrôle", Address: back}),
		Finding: f, Back: back, Reason: typed, Done: boardDone[r.URL.Query().Get("fait")]}
	if fault != "" {
		p.Errors.Add("motif", fault)
	}
	return s.write(w, r, status, pages.FindingPage(p))
}

// findingAct accepts a finding with a reason, or opens it again.
func (s *server) findingAct(w http.ResponseWriter, r *http.Request) error {
	uai, id, err := schoolRow(r)
	if err != nil {
		return err
	}
	form, err := posted(r)
	if err != nil {
		return err
	}
	word := "accepte"
	switch form.Get("faire") {
	case "accepter":
		reason := clean(form.Get("motif"), 500)
		err = s.Board.Accept(r.Context(), viewerOf(r), uai, id, reason)
		if err != nil && belvedere.KindOf(err) == belvedere.Invalid {
			return s.showFinding(w, r, http.StatusUnprocessableEntity, uai, id, reason, belvedere.Message(err))
		}
	case "rouvrir":
		word, err = "rouvert", s.Board.Reopen(r.Context(), viewerOf(r), uai, id)
	default:
		return belvedere.Errorf(belvedere.Invalid, "Cette demande n’existe pas.")
	}
	if err != nil {
		return err
	}
	traceOf(r).about("coffre "+string(uai), "constat n° "+strconv.FormatInt(id, 10)+" : "+word)
	doneAt(w, r, findingsPath(uai)+"/"+strconv.FormatInt(id, 10), word)
	return nil
}
