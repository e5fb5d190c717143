package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/governance"
	"belvedere/internal/school/board"
	"belvedere/internal/school/coherence"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const coherencePath = governancePath + "/coherence"

// coherenceRoutes are the modelling rules checked on the data of a school: how many findings there are
// is for those who answer for it, whom they are about for the staff of the school alone.
func (s *server) coherenceRoutes() []route {
	if s.Coherence == nil || s.Governance == nil {
		return nil
	}
	const one = boardPath + "/{uai}/coherence"
	return []route{
		get(coherencePath, signedIn, "consultation", s.coherence),
		get(coherencePath+".csv", signedIn, "export", s.coherenceFile),
		post(coherencePath+"/controle", signedIn, governance.Action, s.checkCoherence),
		get(one+"/{regle}", nominative, "nominatif", s.coherenceFindings),
		get(one+"/{regle}/constats.csv", nominative, "nominatif", s.coherenceFindingsFile),
		post(one+"/constats/{numero}", nominative, "coffre", s.coherenceAct),
	}
}

// coherenceEntry leads to the board for those who may open one.
func (s *server) coherenceEntry(v belvedere.Viewer) (out []menuEntry) {
	if s.Coherence != nil && (v.School || v.May(belvedere.DataOfficer)) {
		out = append(out, menuEntry{"Cohérence", coherencePath, signedIn})
	}
	return out
}

// coherencePlace is the school and the year that an address or a form names: the first of those that the
// viewer may count, and its last year, when it names none.
func (s *server) coherencePlace(r *http.Request, values url.Values) (b coherence.Board, schools []belvedere.UAI, years []belvedere.SchoolYear, err error) {
	viewer := viewerOf(r)
	if schools, err = s.Coherence.Schools(r.Context(), viewer); err != nil {
		return b, nil, nil, err
	}
	if text := values.Get("etablissement"); text != "" {
		uai, err := belvedere.ParseUAI(text)
		if err != nil || !slices.Contains(schools, uai) {
			return b, nil, nil, notFound("Cet établissement n’a pas de fichiers de scolarité ici, ou vos droits ne l’ouvrent pas.")
		}
		b.School = uai
	} else if len(schools) > 0 {
		b.School = schools[0]
	} else {
		return b, nil, nil, nil
	}
	if years, err = s.Coherence.Years(r.Context(), viewer, b.School); err != nil {
		return b, nil, nil, err
	}
	year := belvedere.SchoolYear(0)
	if text := values.Get("annee"); text != "" {
		if year, err = belvedere.ParseSchoolYear(text); err != nil {
			return b, nil, nil, belvedere.WrapError(belvedere.Invalid, err, "%v", err)
		}
	} else if len(years) > 0 {
		year = years[0]
	}
	b, err = s.Coherence.Board(r.Context(), viewer, b.School, year)
	return b, schools, years, err
}

// coherence shows the board, and what a rule about elements found.
func (s *server) coherence(w http.ResponseWriter, r *http.Request) error {
	query, viewer := r.URL.Query(), viewerOf(r)
	b, schools, years, err := s.coherencePlace(r, query)
	if err != nil {
		return err
	}
	p := pages.Coherence{Frame: s.governanceFrame(r, "Cohérence"), Board: b, Done: governanceDone[query.Get("fait")], Zone: s.Zone,
		Staff: viewer.School && slices.Contains(viewer.Scope.Own, b.School)}
	for _, uai := range schools {
		p.Schools = append(p.Schools, parts.Option{Value: string(uai), Label: s.schoolName(r, uai)})
	}
	for _, y := range years {
		p.Years = append(p.Years, parts.Option{Value: y.String(), Label: y.String()})
	}
	if b.School == "" {
		return s.write(w, r, http.StatusOK, pages.CoherencePage(p))
	}
	traceOf(r).about(coherencePath+" "+string(b.School), b.Year.String())
	var duties []string
	for _, l := range b.Lines {
		duties = append(duties, l.Duty)
	}
	if p.Owners, err = s.Governance.Owners(r.Context(), viewer, b.School, duties...); err != nil {
		return err
	}
	if code := query.Get("regle"); code != "" {
		rule, err := coherence.RuleOf(code)
		if err != nil {
			return err
		}
		p.Rule = rule
		if !rule.Nominative {
			if p.Findings, err = s.Coherence.Findings(r.Context(), viewer, b.School, b.Year, code, ""); err != nil {
				return err
			}
		}
	}
	return s.write(w, r, http.StatusOK, pages.CoherencePage(p))
}

// coherenceFile gives the counts.
func (s *server) coherenceFile(w http.ResponseWriter, r *http.Request) error {
	b, _, _, err := s.coherencePlace(r, r.URL.Query())
	if err != nil {
		return err
	}
	if b.School == "" {
		return notFound("Aucun établissement n’a de fichiers de scolarité ici.")
	}
	out := getBuffer()
	defer putBuffer(out)
	if err := b.WriteCounts(out); err != nil {
		return err
	}
	attach(w, r, "coherence-"+string(b.School)+"-"+b.Year.String()+".csv", "text/csv; charset=utf-8", out)
	return nil
}

// checkCoherence runs the rules again.
func (s *server) checkCoherence(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	b, _, _, err := s.coherencePlace(r, form)
	if err != nil {
		return err
	}
	if b.School == "" {
		return notFound("Aucun établissement n’a de fichiers de scolarité ici.")
	}
	traceOf(r).about("cohérence "+string(b.School), "contrôle de "+b.Year.String())
	if err := s.Coherence.Check(r.Context(), viewerOf(r), b.School, b.Year); err != nil {
		return err
	}
	http.Redirect(w, r, withQuery(coherencePath, url.Values{"etablissement": {string(b.School)}, "annee": {b.Year.String()}, "fait": {"controle"}}), http.StatusSeeOther)
	return nil
}

// coherenceRead reads what a nominative address asks: a school of the viewer, a rule, a year.
func (s *server) coherenceRead(r *http.Request) (uai belvedere.UAI, rule coherence.Rule, year belvedere.SchoolYear, list []coherence.Told, err error) {
	if uai, err = belvedere.ParseUAI(r.PathValue("uai")); err != nil {
		return uai, rule, year, nil, notFound("Cette adresse ne mène à aucune page. Elle a pu changer de nom.")
	}
	if err = board.May(viewerOf(r), uai); err != nil {
		return uai, rule, year, nil, err
	}
	if rule, err = coherence.RuleOf(r.PathValue("regle")); err != nil {
		return uai, rule, year, nil, err
	}
	b, _, _, err := s.coherencePlace(r, url.Values{"etablissement": {string(uai)}, "annee": {r.URL.Query().Get("annee")}})
	if err != nil {
		return uai, rule, year, nil, err
	}
	list, err = s.Coherence.Findings(r.Context(), viewerOf(r), uai, b.Year, rule.Code, r.URL.Query().Get("etat"))
	return uai, rule, b.Year, list, err
}

// mostFindings bounds the findings of one page; the file has them all.
const mostFindings = 500

// coherenceFindings shows what a rule found, with the names of the people.
func (s *server) coherenceFindings(w http.ResponseWriter, r *http.Request) error {
	uai, rule, year, list, err := s.coherenceRead(r)
	if err != nil {
		return err
	}
	query := url.Values{"etablissement": {string(uai)}, "annee": {year.String()}}
	p := pages.CoherenceFindings{SchoolFrame: s.schoolFrame(r, uai, rule.Title, parts.Link{Label: "Cohérence", Address: withQuery(coherencePath, query)}),
		Rule: rule, Year: year, Total: len(list), List: list[:min(len(list), mostFindings)], Done: governanceDone[r.URL.Query().Get("fait")], Zone: s.Zone, State: r.URL.Query().Get("etat")}
	for _, one := range []struct{ state, label string }{{"", "Tous"}, {coherence.Fresh, "Nouveaux"}, {coherence.Accepted, "Acceptés"}, {coherence.Mended, "Réglés"}} {
		v := url.Values{"annee": {year.String()}}
		if one.state != "" {
			v.Set("etat", one.state)
		}
		p.States = append(p.States, parts.Link{Label: one.label, Address: withQuery(r.URL.Path, v), Current: one.state == p.State})
	}
	return s.write(w, r, http.StatusOK, pages.CoherenceFindingsPage(p))
}

// coherenceFindingsFile gives all that a rule found.
func (s *server) coherenceFindingsFile(w http.ResponseWriter, r *http.Request) error {
	uai, rule, year, list, err := s.coherenceRead(r)
	if err != nil {
		return err
	}
	out := getBuffer()
	defer putBuffer(out)
	if err := coherence.WriteFindings(out, rule, list); err != nil {
		return err
	}
	attach(w, r, "coherence-"+string(uai)+"-"+rule.Code+"-"+year.String()+".csv", "text/csv; charset=utf-8", out)
	return nil
}

// coherenceAct accepts a finding with a reason, or opens it again.
func (s *server) coherenceAct(w http.ResponseWriter, r *http.Request) error {
	uai, id, err := schoolRow(r)
	if err != nil {
		return err
	}
	form, err := posted(r)
	if err != nil {
		return err
	}
	var t coherence.Told
	word := "accepte"
	switch form.Get("faire") {
	case "accepter":
		var last time.Time
		if text := strings.TrimSpace(form.Get("jusqu")); text != "" {
			if last, err = belvedere.ParseDate(text); err != nil {
				return belvedere.WrapError(belvedere.Invalid, err, "%v", err)
			}
		}
		t, err = s.Coherence.Accept(r.Context(), viewerOf(r), uai, id, clean(form.Get("motif"), 500), last)
	case "rouvrir":
		word = "rouvert"
		t, err = s.Coherence.Reopen(r.Context(), viewerOf(r), uai, id)
	default:
		return belvedere.Errorf(belvedere.Invalid, "Cette demande n’existe pas.")
	}
	if err != nil {
		return err
	}
	traceOf(r).about("coffre "+string(uai), "cohérence, constat n° "+strconv.FormatInt(id, 10)+" : "+word)
	http.Redirect(w, r, withQuery(boardPath+"/"+string(uai)+"/coherence/"+t.Rule, url.Values{"annee": {t.Year.String()}, "fait": {word}}), http.StatusSeeOther)
	return nil
}
