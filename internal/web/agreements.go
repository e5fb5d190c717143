package web

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const (
	agreementsPath    = "/administration/conventions"
	agreementsPerPage = 100
	mostNothing       = 200 // schools without convention that the page names
)

// agreementRoutes manage what schools agreed to share.
func (s *server) agreementRoutes() []route {
	if s.Agreements == nil {
		return nil
	}
	const one = agreementsPath + "/{id}"
	return []route{
		get(agreementsPath, administrator, "consultation", s.agreements),
		get(agreementsPath+"/export.csv", administrator, "export", s.exportAgreements),
		get(agreementsPath+"/import", administrator, "", s.agreementsFile),
		post(agreementsPath+"/import", administrator, "convention", s.tryAgreementsFile).upTo(admin.MostImport + 64<<10),
		post(agreementsPath+"/import/appliquer", administrator, "convention", s.applyAgreementsFile).upTo(2 * admin.MostImport),
		get(agreementsPath+"/nouvelle", administrator, "", s.newAgreement),
		post(agreementsPath+"/nouvelle", administrator, "convention", s.putAgreement),
		get(one, administrator, "consultation", s.agreement),
		post(one, administrator, "convention", s.putAgreement),
		get(one+"/retirer", administrator, "", s.askAgreement(false)),
		post(one+"/retirer", administrator, "convention", s.withdrawAgreement),
		get(one+"/supprimer", administrator, "", s.askAgreement(true)),
		post(one+"/supprimer", administrator, "convention", s.deleteAgreement),
	}
}

// agreementDone are the sentences of what was done, by the word in the address.
var agreementDone = map[string]string{
	"creee":     "La convention est enregistrée.",
	"modifiee":  "La convention est enregistrée : ce qu’elle change vaut dès la prochaine page.",
	"retiree":   "La convention est retirée : elle ne partage plus rien.",
	"supprimee": "La convention est supprimée.",
	"importees": "Le fichier est importé.",
}

// agreementFrame surrounds a page about conventions.
func (s *server) agreementFrame(r *http.Request, title string) parts.Frame {
	f := s.frame(r, title)
	if title != "Conventions" {
		f.Crumbs = append(f.Crumbs, parts.Link{Label: "Conventions", Address: agreementsPath})
	}
	f.Crumbs = append(f.Crumbs, parts.Link{Label: title})
	return f
}

// agreements lists them with what each opens, and the schools that share nothing.
func (s *server) agreements(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	number, err := pageNumber(query)
	if err != nil {
		return err
	}
	search := admin.AgreementSearch{Text: clean(query.Get("q"), mostSearch), State: admin.AgreementState(clean(query.Get("etat"), 20))}
	list, err := s.Agreements.List(r.Context(), search)
	if err != nil {
		return err
	}
	p := pages.Agreements{
		Frame: s.agreementFrame(r, "Conventions"), Done: agreementDone[query.Get("fait")], Search: search.Text, State: string(search.State),
		States: agreementStates(search, list), List: list, Total: len(list.Lines), Nothing: list.Nothing[:min(len(list.Nothing), mostNothing)],
	}
	from := min((number-1)*agreementsPerPage, len(list.Lines))
	p.Lines = list.Lines[from:min(from+agreementsPerPage, len(list.Lines))]
	query.Del("fait")
	p.Pages = pageLinks(agreementsPath, query, number, p.Total, agreementsPerPage)
	return s.write(w, r, http.StatusOK, pages.AgreementsPage(p))
}

// agreementStates are the choices over the list, with how many conventions each has.
func agreementStates(search admin.AgreementSearch, list admin.AgreementList) []parts.Link {
	address := func(state admin.AgreementState) string {
		v := url.Values{}
		if search.Text != "" {
			v.Set("q", search.Text)
		}
		if state != "" {
			v.Set("etat", string(state))
		}
		return withQuery(agreementsPath, v)
	}
	out := []parts.Link{{Label: "Toutes", Address: address(""), Current: search.State == ""}}
	for _, state := range []admin.AgreementState{admin.InForce, admin.EndingSoon, admin.Coming, admin.Ended, admin.Withdrawn} {
		label := state.Labels() + " (" + strconv.Itoa(list.Counts[state]) + ")"
		out = append(out, parts.Link{Label: label, Address: address(state), Current: search.State == state})
	}
	return out
}

// exportAgreements gives all of them as the file that the import reads.
func (s *server) exportAgreements(w http.ResponseWriter, r *http.Request) error {
	var b bytes.Buffer
	if err := s.Agreements.Export(r.Context(), &b); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="conventions.csv"`)
	send(w, r, http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
	return nil
}

// agreementsFile asks for a file of conventions.
func (s *server) agreementsFile(w http.ResponseWriter, r *http.Request) error {
	return s.agreementsFilePage(w, r, http.StatusOK, pages.AgreementsFile{})
}

func (s *server) agreementsFilePage(w http.ResponseWriter, r *http.Request, status int, p pages.AgreementsFile) error {
	p.Frame, p.Most = s.agreementFrame(r, "Importer des conventions"), admin.MostImport
	return s.write(w, r, status, pages.AgreementsFilePage(p))
}

// tryAgreementsFile says what a file would do, and writes nothing.
func (s *server) tryAgreementsFile(w http.ResponseWriter, r *http.Request) error {
	file, err := sentFile(r, "fichier", admin.MostImport)
	if err != nil {
		return err
	}
	traceOf(r).about("import de conventions", "essai, rien d’enregistré")
	if len(file) == 0 {
		return s.agreementsFileFault(w, r, belvedere.Errorf(belvedere.Invalid, "Choisissez le fichier à importer."))
	}
	report, err := s.Agreements.DryRun(r.Context(), file)
	if err != nil {
		return s.agreementsFileFault(w, r, err)
	}
	return s.agreementsReport(w, r, http.StatusOK, file, report)
}

// mostImportShown is how many changes a report lists.
const mostImportShown = 200

func (s *server) agreementsReport(w http.ResponseWriter, r *http.Request, status int, file []byte, report *admin.AgreementImport) (err error) {
	p := pages.AgreementsFile{Report: report}
	if report.Refused() {
		status = http.StatusUnprocessableEntity
	} else if p.Packed, err = packFile(file); err != nil {
		return err
	}
	for _, l := range report.Lines {
		if l.Fate != admin.WouldKeep && len(p.Lines) < mostImportShown {
			p.Lines = append(p.Lines, l)
		}
	}
	return s.agreementsFilePage(w, r, status, p)
}

func (s *server) agreementsFileFault(w http.ResponseWriter, r *http.Request, err error) error {
	if kind := belvedere.KindOf(err); kind != belvedere.Invalid && kind != belvedere.TooLarge {
		return err
	}
	p := pages.AgreementsFile{}
	p.Errors.Add("fichier", belvedere.Message(err))
	return s.agreementsFilePage(w, r, http.StatusUnprocessableEntity, p)
}

// applyAgreementsFile does what was shown, or nothing.
func (s *server) applyAgreementsFile(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	file, err := unpackFile(form.Get("contenu"), admin.MostImport)
	if err != nil || form.Get("essai") == "" {
		return belvedere.Errorf(belvedere.Invalid, "La confirmation n’a pas pu être lue : refaites l’essai.")
	}
	traceOf(r).about("import de conventions", "confirmé")
	report, err := s.Agreements.Import(r.Context(), file, form.Get("essai"))
	if err != nil {
		return err
	}
	detail := belvedere.Plural(report.Count(admin.WouldCreate), "créée", "créées") + ", " + belvedere.Plural(report.Count(admin.WouldChange), "modifiée", "modifiées") + " :"
	for _, l := range report.Lines {
		if l.Fate != admin.WouldKeep {
			detail += " " + string(l.Next.School) + " " + l.Next.Reference + ","
		}
	}
	traceOf(r).about("import de conventions", cut(detail, 1500))
	doneAt(w, r, agreementsPath, "importees")
	return nil
}
