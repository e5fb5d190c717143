package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const boardPath = "/ecole"

// mostDrop is the most bytes of one deposit on the board: files of a school are read in memory,
// and written nowhere but in its vault.
const mostDrop = 96 << 20

// boardRoutes are the pages of the school tier: names of people, for the staff of their school.
func (s *server) boardRoutes() []route {
	if s.Board == nil {
		return nil
	}
	const one = boardPath + "/{uai}"
	return []route{
		get(boardPath, nominative, "nominatif", s.boardSchools),
		get(vaultsPath, administrator, "consultation", s.vaultList),
		get(one+"/rentree", nominative, "nominatif", s.boardPage),
		post(one+"/rentree", nominative, "coffre", s.boardDrop).upTo(mostDrop),
		post(one+"/rentree/etape", nominative, "coffre", s.boardStep),
		post(one+"/rentree/reglages", nominative, "coffre", s.boardSettings),
		get(one+"/imports", nominative, "nominatif", s.importList),
		get(one+"/imports/{numero}", nominative, "nominatif", s.importPage),
		post(one+"/imports/{numero}", nominative, "coffre", s.importAct),
		get(one+"/releve", nominative, "nominatif", s.findingList),
		post(one+"/releve", nominative, "coffre", s.findingsAgain),
		get(one+"/releve/{numero}", nominative, "nominatif", s.findingPage),
		post(one+"/releve/{numero}", nominative, "coffre", s.findingAct),
		get(one+"/rapprochements", nominative, "nominatif", s.matchList),
		post(one+"/rapprochements", nominative, "coffre", s.matchDecide),
		post(one+"/services", nominative, "coffre", s.serviceAct),
		get(one+"/doublons", nominative, "nominatif", s.doubleList),
		post(one+"/doublons", nominative, "coffre", s.doubleJudge),
		get(one+"/eleves", nominative, "nominatif", s.pupilList),
		get(one+"/eleves/{numero}", nominative, "nominatif", s.pupilPage),
		get(one+"/eleves/{numero}/export.json", nominative, "nominatif", s.pupilExport),
		get(one+"/eleves/{numero}/effacer", nominative, "nominatif", s.askErase),
		post(one+"/eleves/{numero}/effacer", nominative, "coffre", s.erase),
	}
}

// boardEntries are the pages of the school that the reader stands in, or of the only one that he has.
func (s *server) boardEntries(viewer belvedere.Viewer, path string, higher bool) []menuEntry {
	if s.Board == nil || !viewer.School || len(viewer.Scope.Limit()) > 0 {
		return nil
	}
	schools := board.Schools(viewer)
	entries := []menuEntry{}
	if len(schools) != 1 {
		entries = append(entries, menuEntry{"Mes établissements", boardPath, schoolStaff})
	}
	for _, uai := range schools {
		at := boardPath + "/" + string(uai)
		if len(schools) != 1 && !strings.HasPrefix(path, at+"/") {
			continue
		}
		if higher { // who has no pupils of SIECLE
			entries = append(entries, s.dossierEntries(at)...)
			continue
		}
		entries = append(entries, menuEntry{"Rentrée", at + "/rentree", schoolStaff}, menuEntry{"Dépôts", at + "/imports", schoolStaff},
			menuEntry{"Relève du contrôle", at + "/releve", schoolStaff}, menuEntry{"Rapprochements", at + "/rapprochements", schoolStaff},
			menuEntry{"Doublons", at + "/doublons", schoolStaff}, menuEntry{"Élèves", at + "/eleves", schoolStaff})
		if s.Directory != nil {
			entries = append(entries, menuEntry{"Annuaire", at + "/annuaire", schoolStaff}, menuEntry{"Courriers d’activation", at + "/courriers", schoolStaff},
				menuEntry{"Listes de diffusion", at + "/listes", schoolStaff})
		}
		entries = append(entries, s.lessonEntries(at)...)
		entries = append(entries, s.dossierEntries(at)...)
	}
	return entries
}

// boardSchools leads to the board of a school: at once when there is only one.
func (s *server) boardSchools(w http.ResponseWriter, r *http.Request) error {
	schools := board.Schools(viewerOf(r))
	if len(schools) == 1 {
		http.Redirect(w, r, boardPath+"/"+string(schools[0])+"/rentree", http.StatusSeeOther)
		return nil
	}
	p := pages.BoardSchools{Frame: s.frame(r, "Mes établissements")}
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Mes établissements"})
	for _, uai := range schools {
		p.List = append(p.List, parts.Link{Label: s.schoolName(r, uai), Address: boardPath + "/" + string(uai) + "/rentree"})
	}
	return s.write(w, r, http.StatusOK, pages.BoardSchoolsPage(p))
}

// schoolName is the name of a school in the register, or its UAI.
func (s *server) schoolName(r *http.Request, uai belvedere.UAI) string {
	keys, err := s.Reports.Schools(r.Context(), viewerOf(r), string(uai), 5)
	if i := slices.IndexFunc(keys, func(k belvedere.Key) bool { return k.Code == string(uai) }); err == nil && i >= 0 && keys[i].Label != "" {
		return keys[i].Label
	}
	return string(uai)
}

// nominativeSchool is the school of an address; another than the reader's own is refused.
func nominativeSchool(r *http.Request) (belvedere.UAI, error) {
	uai, err := belvedere.ParseUAI(r.PathValue("uai"))
	if err != nil {
		return "", notFound("Cette adresse ne mène à aucune page. Elle a pu changer de nom.")
	}
	return uai, board.May(viewerOf(r), uai)
}

// schoolForm reads a form of a school, with the year that it is of.
func (s *server) schoolForm(r *http.Request) (uai belvedere.UAI, year belvedere.SchoolYear, form url.Values, err error) {
	if uai, err = nominativeSchool(r); err != nil {
		return uai, 0, nil, err
	}
	if form, err = posted(r); err != nil {
		return uai, 0, nil, err
	}
	year, _, err = s.yearOf(r, uai, form)
	return uai, year, form, err
}

// schoolRow is the school and the number in an address.
func schoolRow(r *http.Request) (uai belvedere.UAI, id int64, err error) {
	if uai, err = nominativeSchool(r); err != nil {
		return uai, 0, err
	}
	id, err = rowNumber(r)
	return uai, id, err
}

// schoolFrame surrounds a page of a school.
func (s *server) schoolFrame(r *http.Request, uai belvedere.UAI, title string, between ...parts.Link) pages.SchoolFrame {
	f := pages.SchoolFrame{Frame: s.frame(r, title), UAI: string(uai), Name: s.schoolName(r, uai)}
	f.Frame.Place, f.Frame.PlaceNote = f.Name, string(uai)
	if f.Name == f.UAI {
		f.Frame.PlaceNote = ""
	}
	f.Frame.Crumbs = append([]parts.Link{{Label: f.Name, Address: boardPath + "/" + string(uai) + "/rentree"}}, between...)
	f.Frame.Crumbs = append(f.Frame.Crumbs, parts.Link{Label: title})
	return f
}

// yearOf is the year that a form or an address asks for: the current one by default.
func (s *server) yearOf(r *http.Request, uai belvedere.UAI, values url.Values) (year belvedere.SchoolYear, all []belvedere.SchoolYear, err error) {
	if all, err = s.Board.Years(r.Context(), viewerOf(r), uai); err != nil {
		return 0, nil, err
	}
	if text := values.Get("annee"); text != "" {
		if year, err = belvedere.ParseSchoolYear(text); err != nil {
			return 0, nil, belvedere.Errorf(belvedere.Invalid, "annee : %v", err)
		}
		return year, all, nil
	}
	b, err := s.Board.Board(r.Context(), viewerOf(r), uai)
	return b.Current, all, err
}

// yearLinks lead from one year to another of a page; none when there is only one.
func yearLinks(path string, query url.Values, all []belvedere.SchoolYear, current belvedere.SchoolYear) (out []parts.Link) {
	if len(all) < 2 {
		return nil
	}
	for _, y := range all {
		v := url.Values{}
		for name, values := range query {
			if name != "fait" && name != "page" {
				v[name] = values
			}
		}
		v.Set("annee", y.String())
		out = append(out, parts.Link{Label: y.String(), Address: withQuery(path, v), Current: y == current})
	}
	return out
}

// rowNumber is the number that an address names.
func rowNumber(r *http.Request) (int64, error) {
	n, err := strconv.ParseInt(r.PathValue("numero"), 10, 64)
	if err != nil || n < 1 {
		return 0, notFound("Cette adresse ne mène à aucune page. Elle a pu changer de nom.")
	}
	return n, nil
}

// doneIn leads back to a page of a school, in a year, with a sentence.
func doneIn(w http.ResponseWriter, r *http.Request, path string, year belvedere.SchoolYear, word string) {
	v := url.Values{"fait": {word}}
	if year != 0 {
		v.Set("annee", year.String())
	}
	http.Redirect(w, r, withQuery(path, v), http.StatusSeeOther)
}

// boardDone are the sentences of what was done in the school tier, by the word in the address.
var boardDone = map[string]string{
	"importe":   "Les fichiers sont importés et contrôlés.",
	"suite":     "Les fichiers sont importés, mais les contrôles ou les chiffres n’ont pas pu suivre : relancez les contrôles depuis la relève.",
	"abandonne": "Le dépôt est abandonné : les fichiers sont effacés, rien n’a changé.",
	"recalcule": "L’essai a été refait sur les données d’aujourd’hui.",
	"etape":     "L’étape est notée.",
	"reglages":  "Les réglages sont enregistrés.",
	"controle":  "Les contrôles ont été refaits.",
	"accepte":   "Le constat est accepté, avec votre motif. Il ne retient plus les courriers.",
	"rouvert":   "Le constat est de nouveau ouvert.",
	"ecarte":    "Le service est laissé de côté : les contrôles l’ignorent jusqu’à ce qu’il soit repris.",
	"repris":    "Le service est repris.",
	"rapproche": "Les rapprochements sont retenus : les imports suivants s’en serviront.",
	"fusionne":  "Les deux fiches comptent pour une seule dans les courriers. SIECLE n’est pas modifié : la liste à corriger le rappelle.",
	"distinct":  "Les deux fiches restent distinctes.",
	"personne":  "Toutes les données de cette personne sont effacées.",
}
