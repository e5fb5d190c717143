package web

import (
	"net/http"
	"net/url"
	"strconv"

	"belvedere"
	"belvedere/internal/school/directory"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

func mailingPath(uai belvedere.UAI) string { return boardPath + "/" + string(uai) + "/courriers" }

// mailingPage shows the letters of a year: what they wait for, and those printed.
func (s *server) mailingPage(w http.ResponseWriter, r *http.Request) error {
	uai, err := nominativeSchool(r)
	if err != nil {
		return err
	}
	year, _, err := s.yearOf(r, uai, r.URL.Query())
	if err != nil {
		return err
	}
	f := directory.PrintForm{Year: year, Profile: directory.Guardians}
	if p := clean(r.URL.Query().Get("profil"), 40); p != "" {
		f.Profile = p
	}
	return s.showMailing(w, r, http.StatusOK, uai, f, "pdf", "")
}

func (s *server) showMailing(w http.ResponseWriter, r *http.Request, status int, uai belvedere.UAI, f directory.PrintForm, format, trouble string) error {
	viewer := viewerOf(r)
	_, choices, err := s.Directory.List(r.Context(), viewer, uai, directory.ListForm{Year: f.Year, Profile: directory.Pupils})
	if err != nil {
		return err
	}
	st, err := s.Directory.Standing(r.Context(), viewer, uai, f.Year)
	if err != nil {
		return err
	}
	list, err := s.Directory.Batches(r.Context(), viewer, uai, f.Year)
	if err != nil {
		return err
	}
	all, err := s.Board.Years(r.Context(), viewer, uai)
	if err != nil {
		return err
	}
	p := pages.Mailing{SchoolFrame: s.schoolFrame(r, uai, "Courriers d’activation"), Year: f.Year, Standing: st, Form: f, Format: format, Divisions: choices.Divisions,
		List: list, Years: yearLinks(mailingPath(uai), r.URL.Query(), all, f.Year), Trouble: trouble}
	return s.write(w, r, status, pages.MailingPage(p))
}

// mailingPrint answers with the letters: their codes are nowhere else.
func (s *server) mailingPrint(w http.ResponseWriter, r *http.Request) error {
	uai, year, form, err := s.schoolForm(r)
	if err != nil {
		return err
	}
	f := directory.PrintForm{Year: year, Profile: clean(form.Get("profil"), 40), Division: clean(form.Get("division"), 40), Second: clean(form.Get("langue"), 10),
		Waiver: clean(form.Get("motif"), 500), Again: form.Get("tous") == "oui"}
	return s.printLetters(w, r, uai, f, form.Get("format"))
}

// letterFiles are the formats of letters.
var letterFiles = map[string]string{"pdf": "application/pdf", "csv": "text/csv; charset=utf-8", "zip": "application/zip"}

func (s *server) printLetters(w http.ResponseWriter, r *http.Request, uai belvedere.UAI, f directory.PrintForm, format string) error {
	contentType := letterFiles[format]
	if contentType == "" {
		return belvedere.Errorf(belvedere.Invalid, "Ce format de courriers n’existe pas.")
	}
	run, err := s.Directory.Print(r.Context(), viewerOf(r), uai, f)
	if kind := belvedere.KindOf(err); kind == belvedere.Conflict || kind == belvedere.Invalid {
		return s.showMailing(w, r, http.StatusUnprocessableEntity, uai, f, format, belvedere.Message(err))
	} else if err != nil {
		return err
	}
	detail := "lot " + strconv.FormatInt(run.ID, 10) + " : " + belvedere.Plural(len(run.Letters), "courrier", "courriers") + ", " + belvedere.Plural(run.Codes(), "code", "codes")
	if f.Waiver != "" {
		detail += ", malgré des constats bloquants"
	}
	traceOf(r).about("coffre "+string(uai), detail)
	b := getBuffer()
	defer putBuffer(b)
	if err := run.Write(format, b); err != nil {
		return err
	}
	attach(w, r, "courriers-"+string(uai)+"-lot-"+strconv.FormatInt(run.ID, 10)+"."+format, contentType, b)
	return nil
}

// batchPage shows a run of letters, to be ticked as they are handed out.
func (s *server) batchPage(w http.ResponseWriter, r *http.Request) error {
	uai, id, err := schoolRow(r)
	if err != nil {
		return err
	}
	b, list, err := s.Directory.Batch(r.Context(), viewerOf(r), uai, id)
	if err != nil {
		return err
	}
	back := withQuery(mailingPath(uai), url.Values{"annee": {b.Year.String()}})
	return s.write(w, r, http.StatusOK, pages.BatchPage(pages.Batch{
		SchoolFrame: s.schoolFrame(r, uai, "Lot "+strconv.FormatInt(id, 10), parts.Link{Label: "Courriers d’activation", Address: back}),
		Batch:       b, List: list, Done: directoryDone[r.URL.Query().Get("fait")],
	}))
}

// batchAct ticks letters, or prints one again.
func (s *server) batchAct(w http.ResponseWriter, r *http.Request) error {
	uai, id, err := schoolRow(r)
	if err != nil {
		return err
	}
	form, err := posted(r)
	if err != nil {
		return err
	}
	chosen := numbers(form["pli"])
	if form.Get("faire") == "tout" {
		_, list, err := s.Directory.Batch(r.Context(), viewerOf(r), uai, id)
		if err != nil {
			return err
		}
		for _, e := range list {
			chosen = append(chosen, e.Number)
		}
	}
	if len(chosen) == 0 {
		return belvedere.Errorf(belvedere.Invalid, "Cochez au moins un courrier.")
	}
	word := "remis"
	switch form.Get("faire") {
	case "remettre", "tout":
	case "reprendre":
		word = "repris"
	case "reimprimer":
		return s.printAgain(w, r, uai, id, chosen)
	default:
		return belvedere.Errorf(belvedere.Invalid, "Cette demande n’existe pas.")
	}
	n, err := s.Directory.Hand(r.Context(), viewerOf(r), uai, id, chosen, word == "remis")
	if err != nil {
		return err
	}
	traceOf(r).about("coffre "+string(uai), "lot "+strconv.FormatInt(id, 10)+" : "+belvedere.Plural(n, "courrier ", "courriers ")+word)
	doneAt(w, r, mailingPath(uai)+"/"+strconv.FormatInt(id, 10), word)
	return nil
}

// printAgain prints one letter of a run, with new codes, as a run of its own.
func (s *server) printAgain(w http.ResponseWriter, r *http.Request, uai belvedere.UAI, id int64, chosen []int64) error {
	if len(chosen) != 1 {
		return belvedere.Errorf(belvedere.Invalid, "Cochez un seul courrier à réimprimer.")
	}
	b, list, err := s.Directory.Batch(r.Context(), viewerOf(r), uai, id)
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.Number != chosen[0] {
			continue
		}
		f := directory.PrintForm{Year: b.Year, Profile: b.Profile, Waiver: b.Waiver, Person: e.IDs[0]}
		return s.printLetters(w, r, uai, f, "pdf")
	}
	return notFound("Ce courrier n’est pas dans ce lot.")
}

// letterModel shows the text of the letters of a profile in a language.
func (s *server) letterModel(w http.ResponseWriter, r *http.Request) error {
	uai, err := nominativeSchool(r)
	if err != nil {
		return err
	}
	language := clean(r.URL.Query().Get("langue"), 10)
	if language == "" {
		language = "fr"
	}
	t, err := s.Directory.Template(r.Context(), viewerOf(r), uai, r.PathValue("profil"), language)
	if err != nil {
		return err
	}
	return s.showModel(w, r, http.StatusOK, uai, t, "")
}

func (s *server) showModel(w http.ResponseWriter, r *http.Request, status int, uai belvedere.UAI, t directory.Template, fault string) error {
	p := pages.LetterModel{SchoolFrame: s.schoolFrame(r, uai, "Modèle", parts.Link{Label: "Courriers d’activation", Address: mailingPath(uai)}), Template: t,
		Done: directoryDone[r.URL.Query().Get("fait")]}
	p.Others = profileLinks(p.SchoolFrame, t.Profile, t.Language)
	if fault != "" {
		p.Errors.Add("texte", fault)
	}
	return s.write(w, r, status, pages.LetterModelPage(p))
}

// putLetterModel changes the text of letters.
func (s *server) putLetterModel(w http.ResponseWriter, r *http.Request) error {
	uai, _, form, err := s.schoolForm(r)
	if err != nil {
		return err
	}
	t := directory.Template{Profile: r.PathValue("profil"), Language: clean(form.Get("langue"), 10), Subject: form.Get("objet"), Body: form.Get("texte")}
	word := "modele"
	if form.Get("faire") == "origine" {
		word, t.Subject, t.Body = "origine", "", ""
	} else if t.Subject+t.Body == "" {
		return s.showModel(w, r, http.StatusUnprocessableEntity, uai, t, "Un modèle a un objet et un texte.")
	}
	err = s.Directory.PutTemplate(r.Context(), viewerOf(r), uai, t)
	if belvedere.KindOf(err) == belvedere.Invalid && profileKnown(t.Profile) {
		return s.showModel(w, r, http.StatusUnprocessableEntity, uai, t, belvedere.Message(err))
	} else if err != nil {
		return err
	}
	traceOf(r).about("coffre "+string(uai), "modèle de courrier "+t.Profile+", "+t.Language+" : "+word)
	http.Redirect(w, r, withQuery(mailingPath(uai)+"/modeles/"+t.Profile, url.Values{"fait": {word}, "langue": {t.Language}}), http.StatusSeeOther)
	return nil
}

func profileKnown(profile string) bool {
	for _, p := range directory.ProfileNames {
		if p[0] == profile {
			return true
		}
	}
	return false
}

// letterPreview shows a letter to nobody, in French and in the language asked for.
func (s *server) letterPreview(w http.ResponseWriter, r *http.Request) error {
	uai, err := nominativeSchool(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	year, _, err := s.yearOf(r, uai, q)
	if err != nil {
		return err
	}
	f := directory.PrintForm{Year: year, Profile: clean(q.Get("profil"), 40)}
	if language := clean(q.Get("langue"), 10); language != "fr" {
		f.Second = language
	}
	run, err := s.Directory.Preview(r.Context(), viewerOf(r), uai, f)
	if err != nil {
		return err
	}
	b := getBuffer()
	defer putBuffer(b)
	if err := run.PDF(b); err != nil {
		return err
	}
	attach(w, r, "apercu-"+f.Profile+".pdf", "application/pdf", b)
	return nil
}
