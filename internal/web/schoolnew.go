package web

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const newSchoolPath = schoolsPath + "/nouveau"

// newSchoolRoutes declare one school without a file.
func (s *server) newSchoolRoutes() []route {
	if s.Schools == nil || s.Receive == nil {
		return nil
	}
	return []route{
		get(newSchoolPath, administrator, "", s.newSchool),
		post(newSchoolPath, administrator, "livraison", s.addSchool),
	}
}

// newSchoolColumns are the columns of the register that the form asks for, in its order.
var newSchoolColumns = []string{"etablissement", "nom", "type", "secteur", "commune", "code_commune", "codes_postaux", "departement"}

func (s *server) newSchool(w http.ResponseWriter, r *http.Request) error {
	return s.newSchoolPage(w, r, http.StatusOK, url.Values{}, nil)
}

func (s *server) newSchoolPage(w http.ResponseWriter, r *http.Request, status int, form url.Values, errs parts.FieldErrors) error {
	p := pages.NewSchool{Frame: s.frame(r, "Ajouter un établissement"), Form: form, Errors: errs, Types: s.codeOptions("types"), Sectors: s.codeOptions("secteurs")}
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Établissements", Address: schoolsPath}, parts.Link{Label: "Ajouter"})
	return s.write(w, r, status, pages.NewSchoolPage(p))
}

// codeOptions is a list of codes to choose from, or none of them.
func (s *server) codeOptions(list string) []parts.Option {
	out := []parts.Option{{Value: "", Label: "Non précisé"}}
	if l := s.model.CodeLists[list]; l != nil {
		for _, c := range l.All() {
			out = append(out, parts.Option{Value: c.Code, Label: c.Label})
		}
	}
	return out
}

// addSchool delivers the register of one school, as a file of that one line: it is checked, published and
// undone like any other delivery.
func (s *server) addSchool(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	values := url.Values{}
	for _, name := range newSchoolColumns {
		values.Set(name, clean(form.Get(name), 200))
	}
	errs, err := s.newSchoolFaults(r, values)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return s.newSchoolPage(w, r, http.StatusUnprocessableEntity, values, errs)
	}
	var line []string
	for _, name := range newSchoolColumns {
		line = append(line, values.Get(name))
	}
	var file bytes.Buffer
	out := csv.NewWriter(&file)
	out.Comma = ';'
	if err := out.WriteAll([][]string{newSchoolColumns, line}); err != nil {
		return err
	}
	uai := values.Get("etablissement")
	d, err := s.Receive(r.Context(), viewerOf(r), Upload{FileName: "etablissement-" + uai + ".csv", Dataset: "etablissements", Body: &file})
	if err != nil {
		return err
	}
	traceOf(r).about("établissement "+uai, "ajouté par la livraison n° "+strconv.FormatInt(d.Seq, 10))
	http.Redirect(w, r, "/livraisons/"+strconv.FormatInt(d.Seq, 10), http.StatusSeeOther)
	return nil
}

// newSchoolFaults says what is wrong field by field; what is left is judged by the delivery.
func (s *server) newSchoolFaults(r *http.Request, values url.Values) (errs parts.FieldErrors, err error) {
	uai, wrong := belvedere.ParseUAI(values.Get("etablissement"))
	if wrong != nil {
		errs.Add("etablissement", parts.Capital(wrong.Error())+".")
	} else {
		values.Set("etablissement", string(uai))
		known, err := s.Schools.List(r.Context(), string(uai), false)
		if err != nil {
			return nil, err
		}
		if len(known) > 0 {
			errs.Add("etablissement", "Cet établissement est déjà au répertoire.")
		}
	}
	if values.Get("nom") == "" {
		errs.Add("nom", "Donnez le nom de l’établissement.")
	}
	if d := values.Get("departement"); d != "" && (len(d) > 3 || strings.Trim(strings.ToUpper(d), "0123456789AB") != "") {
		errs.Add("departement", "Écrivez le code officiel du département : 35, 035, 2A ou 974.")
	}
	return errs, nil
}
