package web

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/school/directory"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// directoryRoutes are the pages of the directory of a school: accounts, letters, lists.
func (s *server) directoryRoutes() []route {
	if s.Directory == nil || s.Board == nil {
		return nil
	}
	const one = boardPath + "/{uai}"
	return []route{
		get(one+"/annuaire", nominative, "nominatif", s.directoryPage),
		post(one+"/annuaire", nominative, "coffre", s.directoryEnrol),
		post(one+"/annuaire/export", nominative, "coffre", s.directoryExport),
		get(one+"/listes", nominative, "nominatif", s.mailingList),
		get(one+"/listes.csv", nominative, "nominatif", s.mailingListFile),
		get(one+"/courriers", nominative, "nominatif", s.mailingPage),
		post(one+"/courriers", nominative, "coffre", s.mailingPrint),
		get(one+"/courriers/{numero}", nominative, "nominatif", s.batchPage),
		post(one+"/courriers/{numero}", nominative, "coffre", s.batchAct),
		get(one+"/courriers/apercu.pdf", nominative, "nominatif", s.letterPreview),
		get(one+"/courriers/modeles/{profil}", nominative, "nominatif", s.letterModel),
		post(one+"/courriers/modeles/{profil}", nominative, "coffre", s.putLetterModel),
	}
}

// directoryDone are the sentences of what was done, by the word in the address.
var directoryDone = map[string]string{
	"comptes": "Les comptes sont à jour : les arrivants ont leur identifiant, les comptes des partants sont fermés.",
	"remis":   "La remise est notée.",
	"repris":  "La remise est retirée.",
	"modele":  "Le modèle est enregistré.",
	"origine": "Le texte d’origine est revenu.",
}

func directoryPath(uai belvedere.UAI) string { return boardPath + "/" + string(uai) + "/annuaire" }

const directoryPerPage = 100

// directoryPage lists the people of a year with their identifiers.
func (s *server) directoryPage(w http.ResponseWriter, r *http.Request) error {
	return s.showDirectory(w, r, http.StatusOK, r.URL.Query(), "")
}

func (s *server) showDirectory(w http.ResponseWriter, r *http.Request, status int, query url.Values, trouble string) error {
	uai, err := nominativeSchool(r)
	if err != nil {
		return err
	}
	year, all, err := s.yearOf(r, uai, query)
	if err != nil {
		return err
	}
	number, err := pageNumber(query)
	if err != nil {
		return err
	}
	f := directory.Filter{Text: clean(query.Get("q"), mostSearch), Profile: clean(query.Get("profil"), 40), Division: clean(query.Get("division"), 40), State: clean(query.Get("etat"), 40)}
	list, err := s.Directory.Entries(r.Context(), viewerOf(r), uai, year, f)
	if err != nil {
		return err
	}
	_, choices, err := s.Directory.List(r.Context(), viewerOf(r), uai, directory.ListForm{Year: year, Profile: directory.Pupils})
	if err != nil {
		return err
	}
	from := min((number-1)*directoryPerPage, len(list))
	p := pages.Directory{SchoolFrame: s.schoolFrame(r, uai, "Annuaire"), Year: year, Filter: f, Divisions: choices.Divisions, Total: len(list),
		List: list[from:min(from+directoryPerPage, len(list))], Years: yearLinks(r.URL.Path, query, all, year), Done: directoryDone[query.Get("fait")],
		Trouble: trouble, Since: clean(query.Get("depuis"), 20)}
	for _, e := range list {
		if e.Login == "" || e.State == directory.Closed {
			p.Without++
		}
	}
	query.Del("fait")
	p.Pages = pageLinks(directoryPath(uai), query, number, len(list), directoryPerPage)
	return s.write(w, r, status, pages.DirectoryPage(p))
}

// directoryEnrol brings the accounts up to date.
func (s *server) directoryEnrol(w http.ResponseWriter, r *http.Request) error {
	uai, year, _, err := s.schoolForm(r)
	if err != nil {
		return err
	}
	c, err := s.Directory.Enrol(r.Context(), viewerOf(r), uai, year)
	if err != nil {
		return err
	}
	traceOf(r).about("coffre "+string(uai), "comptes de "+year.String()+" : "+strconv.Itoa(c.Made)+" créés, "+strconv.Itoa(c.Closed)+" fermés, "+strconv.Itoa(c.Back)+" rouverts")
	doneIn(w, r, directoryPath(uai), year, "comptes")
	return nil
}

// directoryExport gives the directory as a file for another ENT.
func (s *server) directoryExport(w http.ResponseWriter, r *http.Request) error {
	uai, year, form, err := s.schoolForm(r)
	if err != nil {
		return err
	}
	b := getBuffer()
	defer putBuffer(b)
	at := "coffre " + string(uai)
	switch form.Get("format") {
	case "csv":
		n, err := s.Directory.ExportCSV(r.Context(), viewerOf(r), uai, year, b)
		if err != nil {
			return err
		}
		traceOf(r).about(at, "annuaire de "+year.String()+" en CSV : "+belvedere.Plural(n, "personne", "personnes"))
		attach(w, r, "annuaire-"+string(uai)+".csv", "text/csv; charset=utf-8", b)
		return nil
	case "aaf":
		return s.directoryFeed(w, r, uai, year, form, b)
	}
	return belvedere.Errorf(belvedere.Invalid, "Ce format d’annuaire n’existe pas.")
}

func (s *server) directoryFeed(w http.ResponseWriter, r *http.Request, uai belvedere.UAI, year belvedere.SchoolYear, form url.Values, b *bytes.Buffer) error {
	f := directory.FeedForm{Year: year}
	if text := clean(form.Get("depuis"), 20); text != "" {
		var err error
		if f.Since, err = belvedere.ParseDate(text); err != nil {
			return s.showDirectory(w, r, http.StatusUnprocessableEntity, form, belvedere.Message(err))
		}
	}
	fed, err := s.Directory.ExportAAF(r.Context(), viewerOf(r), uai, f, b)
	if kind := belvedere.KindOf(err); kind == belvedere.Conflict || kind == belvedere.Invalid {
		return s.showDirectory(w, r, http.StatusUnprocessableEntity, form, belvedere.Message(err))
	} else if err != nil {
		return err
	}
	traceOf(r).about("coffre "+string(uai), "annuaire de "+year.String()+" en AAF : "+strconv.Itoa(fed.Added)+" ajouts, "+strconv.Itoa(fed.Changed)+" modifications, "+strconv.Itoa(fed.Deleted)+" suppressions")
	attach(w, r, "annuaire-"+string(uai)+"-"+s.Now().In(s.Zone).Format("20060102")+".zip", "application/zip", b)
	return nil
}

// attach answers with a file to keep.
func attach(w http.ResponseWriter, r *http.Request, name, contentType string, b *bytes.Buffer) {
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	send(w, r, http.StatusOK, contentType, b.Bytes())
}

// listForm is the distribution list that an address asks for.
func (s *server) listForm(r *http.Request) (uai belvedere.UAI, f directory.ListForm, all []belvedere.SchoolYear, err error) {
	if uai, err = nominativeSchool(r); err != nil {
		return uai, f, nil, err
	}
	q := r.URL.Query()
	f = directory.ListForm{Profile: clean(q.Get("profil"), 40), Division: clean(q.Get("division"), 40), Group: clean(q.Get("groupe"), 40), Level: clean(q.Get("niveau"), 40)}
	if f.Profile == "" {
		f.Profile = directory.Guardians
	}
	f.Year, all, err = s.yearOf(r, uai, q)
	return uai, f, all, err
}

// mailingList shows a distribution list.
func (s *server) mailingList(w http.ResponseWriter, r *http.Request) error {
	uai, f, all, err := s.listForm(r)
	if err != nil {
		return err
	}
	list, choices, err := s.Directory.List(r.Context(), viewerOf(r), uai, f)
	if err != nil {
		return err
	}
	query := r.URL.Query()
	query.Set("annee", f.Year.String())
	p := pages.MailingList{SchoolFrame: s.schoolFrame(r, uai, "Listes de diffusion"), Form: f, Choices: choices, List: list,
		File: withQuery(boardPath+"/"+string(uai)+"/listes.csv", query), Years: yearLinks(r.URL.Path, query, all, f.Year)}
	return s.write(w, r, http.StatusOK, pages.MailingListPage(p))
}

// mailingListFile gives a distribution list as a file.
func (s *server) mailingListFile(w http.ResponseWriter, r *http.Request) error {
	uai, f, _, err := s.listForm(r)
	if err != nil {
		return err
	}
	list, _, err := s.Directory.List(r.Context(), viewerOf(r), uai, f)
	if err != nil {
		return err
	}
	b := getBuffer()
	defer putBuffer(b)
	if err := list.CSV(b); err != nil {
		return err
	}
	attach(w, r, "liste-"+string(uai)+".csv", "text/csv; charset=utf-8", b)
	return nil
}

// profileLinks lead from the model of one profile to another.
func profileLinks(f pages.SchoolFrame, current, language string) (out []parts.Link) {
	for _, p := range directory.ProfileNames {
		out = append(out, parts.Link{Label: p[1], Address: withQuery(f.Path("courriers/modeles/"+p[0]), url.Values{"langue": {language}}), Current: p[0] == current})
	}
	return out
}

// numbers reads the numbers that boxes post; what is none is left out.
func numbers(texts []string) (list []int64) {
	for _, t := range texts {
		if n, err := strconv.ParseInt(strings.TrimSpace(t), 10, 64); err == nil && n > 0 && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list
}
