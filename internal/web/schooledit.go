package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const (
	schoolsPath    = "/administration/etablissements"
	schoolsPerPage = 100
)

// schoolRoutes correct the register of schools.
func (s *server) schoolRoutes() []route {
	if s.Schools == nil {
		return nil
	}
	const one = schoolsPath + "/{uai}"
	return []route{
		get(schoolsPath, administrator, "consultation", s.schoolList),
		get(one, administrator, "consultation", s.schoolEdit),
		post(one, administrator, "etablissement", s.putSchool),
		post(one+"/retablir", administrator, "etablissement", s.restoreSchool),
	}
}

// schoolDone are the sentences of what was done, by the word in the address.
var schoolDone = map[string]string{
	"valide":  "La correction est enregistrée : elle vaut dès la prochaine page.",
	"rien":    "Rien n’a changé.",
	"retabli": "L’établissement est de nouveau tel que les livraisons le décrivent.",
}

// schoolList lists the schools of the register, with search.
func (s *server) schoolList(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	number, err := pageNumber(query)
	if err != nil {
		return err
	}
	p := pages.Schools{Search: clean(query.Get("q"), mostSearch), Edited: query.Get("etat") == "corriges", Done: schoolDone[query.Get("fait")]}
	list, err := s.Schools.List(r.Context(), p.Search, p.Edited)
	if err != nil {
		return err
	}
	from := min((number-1)*schoolsPerPage, len(list))
	p.List, p.Total = list[from:min(from+schoolsPerPage, len(list))], len(list)
	query.Del("fait")
	p.Pages = pageLinks(schoolsPath, query, number, p.Total, schoolsPerPage)
	for _, view := range []struct{ code, label string }{{"", "Tous"}, {"corriges", "Corrigés"}} {
		v := url.Values{}
		if p.Search != "" {
			v.Set("q", p.Search)
		}
		if view.code != "" {
			v.Set("etat", view.code)
		}
		p.Views = append(p.Views, parts.Link{Label: view.label, Address: withQuery(schoolsPath, v), Current: p.Edited == (view.code != "")})
	}
	p.Frame = s.frame(r, "Établissements")
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Établissements"})
	return s.write(w, r, http.StatusOK, pages.SchoolsPage(p))
}

// askedSchool is the school that the address names.
func (s *server) askedSchool(r *http.Request) (admin.SchoolLine, error) {
	uai, err := belvedere.ParseUAI(r.PathValue("uai"))
	if err != nil {
		return admin.SchoolLine{}, notFound("Cette adresse ne mène à aucune page. Elle a pu changer de nom.")
	}
	return s.Schools.School(r.Context(), uai)
}

// schoolEdit shows the form of a school.
func (s *server) schoolEdit(w http.ResponseWriter, r *http.Request) error {
	line, err := s.askedSchool(r)
	if err != nil {
		return err
	}
	return s.schoolEditPage(w, r, http.StatusOK, pages.SchoolEdit{Line: line, Form: admin.SchoolFormOf(line), Done: schoolDone[r.URL.Query().Get("fait")]})
}

func (s *server) schoolEditPage(w http.ResponseWriter, r *http.Request, status int, p pages.SchoolEdit) error {
	if len(p.Form.Postcodes) == 0 {
		p.Form.Postcodes = []string{""}
	}
	name := p.Line.Name
	if name == "" {
		name = string(p.Line.UAI)
	}
	p.Frame, p.At = s.frame(r, name), belvedere.ShortDate(p.Line.Edit.At.In(s.Zone))
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Établissements", Address: schoolsPath}, parts.Link{Label: name})
	return s.write(w, r, status, pages.SchoolEditPage(p))
}

// putSchool saves a correction, or gives the form one postcode more or less.
func (s *server) putSchool(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	line, err := s.askedSchool(r)
	if err != nil {
		return err
	}
	p := pages.SchoolEdit{Line: line, Form: readSchoolForm(line.UAI, form)}
	traceOf(r).about("établissement "+string(line.UAI), "essai, rien d’enregistré")
	if rearranged(&p.Form, form.Get("faire")) {
		return s.schoolEditPage(w, r, http.StatusOK, p)
	}
	changes, err := s.Schools.Save(r.Context(), viewerOf(r), p.Form)
	if flaws := (admin.Flaws)(nil); errors.As(err, &flaws) {
		p.Errors = fieldErrors(flaws)
		return s.schoolEditPage(w, r, http.StatusUnprocessableEntity, p)
	}
	if belvedere.KindOf(err) == belvedere.Conflict {
		if p.Line, err = s.conflicting(r, &p, err); err != nil {
			return err
		}
		return s.schoolEditPage(w, r, http.StatusConflict, p)
	} else if err != nil {
		return err
	}
	traceOf(r).about("établissement "+string(line.UAI), cut(strings.Join(changes, ", "), 1500))
	word := "valide"
	if len(changes) == 0 {
		word = "rien"
	}
	doneAt(w, r, schoolsPath+"/"+string(line.UAI), word)
	return nil
}

// conflicting puts what was typed over what another has written meanwhile.
func (s *server) conflicting(r *http.Request, p *pages.SchoolEdit, fault error) (admin.SchoolLine, error) {
	line, err := s.askedSchool(r)
	p.Trouble, p.Form.Version = belvedere.Message(fault), line.Edit.Version
	return line, err
}

// mostFields bounds the postcodes that the form shows.
const mostFields = 30

// rearranged does what a button of the form asks for besides saving: one postcode more, one less.
func rearranged(f *admin.SchoolForm, button string) bool {
	if button == "ajouter" {
		if len(f.Postcodes) < mostFields {
			f.Postcodes = append(f.Postcodes, "")
		}
		f.AsDelivered = false
		return true
	}
	text, remove := strings.CutPrefix(button, "retirer-")
	if i, err := strconv.Atoi(text); remove && err == nil && i >= 0 && i < len(f.Postcodes) {
		f.Postcodes = slices.Delete(f.Postcodes, i, i+1)
	}
	return remove
}

func readSchoolForm(uai belvedere.UAI, form url.Values) admin.SchoolForm {
	codes := form["code_postal"]
	f := admin.SchoolForm{
		School: uai, AsDelivered: form.Get("livres") != "", Postcodes: slices.Clone(codes[:min(len(codes), mostFields)]),
		Opened: form.Get("ouverture"), Closed: form.Get("fermeture"), MergedInto: form.Get("devient"),
	}
	f.Version, _ = strconv.ParseInt(form.Get("version"), 10, 64) // one that is no number is no version of anything
	return f
}

// restoreSchool takes back all corrections of a school.
func (s *server) restoreSchool(w http.ResponseWriter, r *http.Request) error {
	line, err := s.askedSchool(r)
	if err != nil {
		return err
	}
	traceOf(r).about("établissement "+string(line.UAI), "rétabli tel que livré")
	if err := s.Schools.Restore(r.Context(), line.UAI); err != nil {
		return err
	}
	doneAt(w, r, schoolsPath+"/"+string(line.UAI), "retabli")
	return nil
}
