package web

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/door"
	"belvedere/internal/extract"
	"belvedere/internal/registry"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const (
	extractsPath    = "/extractions"
	newExtractPath  = extractsPath + "/nouvelle"
	allExtractsPath = extractsPath + "/toutes"
	regularPath     = extractsPath + "/regulieres"
	extractsPerPage = 50
	mostExtractForm = 256 << 10
	mostTracedForm  = 257 << 20
)

// extractRoutes are the extracts: one's own for whoever asked for some, all of them for who oversees; what
// someone may ask, take and see is decided by package extract.
func (s *server) extractRoutes() []route {
	if s.Extracts == nil {
		return nil
	}
	const one = extractsPath + "/{id}"
	return []route{
		get(extractsPath, signedIn, "consultation", s.extracts),
		get(newExtractPath, extractor, "consultation", s.newExtract),
		post(newExtractPath, extractor, "extrait", s.saveExtract).upTo(mostExtractForm),
		get(allExtractsPath, signedIn, "consultation", s.allExtracts),
		get(extractsPath+"/reglages", auditor, "consultation", s.extractLimits),
		post(extractsPath+"/reglages", auditor, "extrait", s.saveExtractLimits),
		get(extractsPath+"/tracer", signedIn, "", s.askTrace),
		post(extractsPath+"/tracer", signedIn, "extrait", s.traceCopy).upTo(mostTracedForm),
		get(regularPath, signedIn, "consultation", s.regularExtracts),
		get(regularPath+"/nouvelle", extractor, "", s.newRegular),
		post(regularPath+"/nouvelle", extractor, "extrait", s.createRegular),
		post(regularPath+"/{id}/changer", signedIn, "extrait", s.changeRegular),
		get(one, signedIn, "consultation", s.extract),
		get(one+"/etat", signedIn, "", s.extractState),
		post(one+"/prendre", signedIn, "extrait", s.takeExtract),
		post(one+"/phrase", signedIn, "extrait", s.revealExtract),
		post(one+"/annuler", signedIn, "extrait", s.actExtract("annulé", s.Extracts.Cancel)),
		post(one+"/supprimer", signedIn, "extrait", s.actExtract("supprimé", s.Extracts.Delete)),
		post(one+"/detruit", signedIn, "extrait", s.actExtract("detruit", s.Extracts.Destroyed)),
		post(one+"/refaire", extractor, "extrait", s.againExtract),
	}
}

// extractEntries lead to one's extracts, and to those of all for who oversees them.
func (s *server) extractEntries(v belvedere.Viewer) (out []menuEntry) {
	if s.Extracts == nil {
		return nil
	}
	out = append(out, menuEntry{"Extractions", extractsPath, extractor})
	if extract.Oversees(v) {
		out = append(out, menuEntry{"Extractions de tous", allExtractsPath, signedIn})
	}
	return append(out, menuEntry{"Réglages des extractions", extractsPath + "/reglages", auditor})
}

var extractDone = map[string]string{
	"demande":  "L’extraction est demandée. Elle se prépare\u00a0: vous pouvez quitter cette page, un courrier vous préviendra.",
	"annulé":   "L’extraction est annulée, ou va s’arrêter.",
	"supprimé": "Le fichier est supprimé du serveur. Ses pseudonymes ne se rattachent plus à personne.",
	"detruit":  "Merci\u00a0: il est noté que vos copies sont détruites.",
	"reglages": "Les réglages sont enregistrés.",
	"regle":    "L’extrait régulier est réglé. Il sera préparé à sa prochaine échéance.",
	"change":   "L’extrait régulier est modifié.",
}

func (s *server) extractFrame(r *http.Request, title string) parts.Frame {
	f := s.frame(r, title)
	if title != "Mes extractions" {
		f.Crumbs = append(f.Crumbs, parts.Link{Label: "Mes extractions", Address: extractsPath})
	}
	f.Crumbs = append(f.Crumbs, parts.Link{Label: title})
	return f
}

// extracts lists one's own.
func (s *server) extracts(w http.ResponseWriter, r *http.Request) error {
	return s.extractList(w, r, pages.Extracts{Frame: s.extractFrame(r, "Mes extractions")}, extractsPath, func(p registry.Page) ([]registry.Extract, int, error) {
		return s.Extracts.List(r.Context(), viewerOf(r), p)
	})
}

// allExtracts lists those of all, without what they hold.
func (s *server) allExtracts(w http.ResponseWriter, r *http.Request) error {
	v := r.URL.Query()
	p := pages.Extracts{Frame: s.extractFrame(r, "Extractions de tous"), Everyone: true,
		Choice: extract.Choice{Flagged: v.Get("signalees") == "oui", Overdue: v.Get("copies") == "depassees", Login: clean(v.Get("compte"), 100)}}
	return s.extractList(w, r, p, allExtractsPath, func(page registry.Page) ([]registry.Extract, int, error) {
		return s.Extracts.All(r.Context(), viewerOf(r), p.Choice, page)
	})
}

func (s *server) extractList(w http.ResponseWriter, r *http.Request, p pages.Extracts, path string, list func(registry.Page) ([]registry.Extract, int, error)) error {
	query, viewer := r.URL.Query(), viewerOf(r)
	number, err := pageNumber(query)
	if err != nil {
		return err
	}
	found, total, err := list(registry.Page{Offset: (number - 1) * extractsPerPage, Limit: extractsPerPage})
	if err != nil {
		return err
	}
	for _, e := range found {
		p.List = append(p.List, pages.ExtractRow{Extract: e, Zone: s.Zone})
	}
	p.May, _ = extractor.allows(viewer)
	p.Total, p.Pages, p.Done, p.Oversees, p.Regular, p.Now = total, pageLinks(path, query, number, total, extractsPerPage), extractDone[query.Get("fait")],
		extract.Oversees(viewer), len(s.Extracts.Places) > 0, s.Now()
	return s.write(w, r, http.StatusOK, pages.ExtractsPage(p))
}

// extract shows one: one's own, or any for who oversees.
func (s *server) extract(w http.ResponseWriter, r *http.Request) error {
	return s.showExtract(w, r, "")
}

func (s *server) showExtract(w http.ResponseWriter, r *http.Request, phrase string) error {
	viewer := viewerOf(r)
	e, err := s.Extracts.Watched(r.Context(), viewer, pathID(r))
	if err != nil {
		return err
	}
	if e.State == registry.ExtractDraft {
		http.Redirect(w, r, newExtractPath+"?brouillon="+strconv.FormatInt(e.ID, 10), http.StatusSeeOther)
		return nil
	}
	row := pages.ExtractRow{Extract: e, Zone: s.Zone}
	p := pages.Extract{Frame: s.extractFrame(r, "Extrait "+e.Code), Row: row, Own: e.Account == viewer.ID, Done: extractDone[r.URL.Query().Get("fait")], Phrase: phrase,
		Now: s.Now(), Places: len(s.Extracts.Places) > 0, Spec: extract.SpecOf(e)}
	if e.Kind == extract.Persons && s.Extracts.People != nil {
		p.Columns = s.Extracts.People.Declared(e.Subject)
	}
	if e.State == registry.ExtractWaiting || e.State == registry.ExtractRunning {
		p.Frame.Refresh = refreshEvery
	}
	return s.write(w, r, http.StatusOK, pages.ExtractPage(p))
}

// extractState tells the script of the page how far an extract is.
func (s *server) extractState(w http.ResponseWriter, r *http.Request) error {
	e, err := s.Extracts.Watched(r.Context(), viewerOf(r), pathID(r))
	if err != nil {
		return err
	}
	running := e.State == registry.ExtractWaiting || e.State == registry.ExtractRunning
	body, err := json.Marshal(struct {
		State string `json:"etat"`
		Words string `json:"texte"`
		Done  int64  `json:"fait"`
		Total int64  `json:"total"`
		Final bool   `json:"final"`
	}{string(e.State), pages.ExtractRow{Extract: e, Zone: s.Zone}.Words(), e.Done, e.Total, !running})
	if err != nil {
		return err
	}
	send(w, r, http.StatusOK, "application/json", body)
	return nil
}

// takeExtract hands the file out. It is a POST because it changes the extract: it is kept as taken.
func (s *server) takeExtract(w http.ResponseWriter, r *http.Request) error {
	viewer := viewerOf(r)
	e, file, err := s.Extracts.Take(r.Context(), viewer, pathID(r))
	if err != nil {
		return err
	}
	defer file.Close()
	s.aboutExtract(r, e, "téléchargé")
	h := w.Header()
	h.Set("Content-Type", file.Type)
	h.Set("Content-Disposition", `attachment; filename="`+file.Name+`"`)
	h.Set("Content-Length", strconv.FormatInt(file.Size, 10))
	h.Set("Cache-Control", "no-store")
	still := func() error {
		now, err := s.Viewer(r)
		if err != nil {
			return err
		}
		return s.Extracts.Still(r.Context(), now, e.ID)
	}
	if n, err := door.Copy(w, file, s.Now, still); err != nil || n < file.Size {
		s.Log.Warn("an extract was not handed out whole", "extract", e.ID, "bytes", n, "of", file.Size, "err", err)
		if err != nil {
			panic(http.ErrAbortHandler) // the length announced is not met: the reader knows that it is cut
		}
	}
	return nil
}

// aboutExtract says in the journal which extract a request was about, and whose rows it holds.
func (s *server) aboutExtract(r *http.Request, e registry.Extract, detail string) {
	t := traceOf(r)
	t.about(extract.Object(e), detail)
	t.schools, t.all = s.Extracts.Covered(viewerOf(r), e)
}

// revealExtract shows the passphrase of an archive, once.
func (s *server) revealExtract(w http.ResponseWriter, r *http.Request) error {
	phrase, err := s.Extracts.Reveal(r.Context(), viewerOf(r), pathID(r))
	if err != nil {
		return err
	}
	traceOf(r).about("extrait "+strconv.FormatInt(pathID(r), 10), "phrase de passe montrée")
	w.Header().Set("Cache-Control", "no-store")
	return s.showExtract(w, r, phrase)
}

// actExtract makes the handler of a button of the page of an extract.
func (s *server) actExtract(word string, act extractAct) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		e, err := act(r.Context(), viewerOf(r), pathID(r))
		if err != nil {
			return err
		}
		detail := word
		if word == "detruit" {
			detail = "copies détruites, dit celui qui l’a pris"
		}
		s.aboutExtract(r, e, detail)
		doneAt(w, r, extractsPath+"/"+strconv.FormatInt(e.ID, 10), word)
		return nil
	}
}

// againExtract begins the same request anew.
func (s *server) againExtract(w http.ResponseWriter, r *http.Request) error {
	e, err := s.Extracts.Again(r.Context(), viewerOf(r), pathID(r))
	if err != nil {
		return err
	}
	traceOf(r).about("nouvelle extraction", "reprise de l’extrait "+strconv.FormatInt(pathID(r), 10))
	http.Redirect(w, r, newExtractPath+"?brouillon="+strconv.FormatInt(e.ID, 10)+"&etape="+strconv.Itoa(extract.StepPurpose), http.StatusSeeOther)
	return nil
}

// extractLimits shows the settings.
func (s *server) extractLimits(w http.ResponseWriter, r *http.Request) error {
	l, err := s.Extracts.Limits(r.Context())
	if err != nil {
		return err
	}
	f := extract.LimitsForm{KeptDays: strconv.Itoa(l.KeptDays), Most: strconv.FormatInt(l.Most, 10), Flag: strconv.FormatInt(l.Flag, 10), FlagDay: strconv.Itoa(l.FlagDay)}
	return s.write(w, r, http.StatusOK, pages.ExtractLimitsPage(pages.ExtractLimits{Frame: s.extractFrame(r, "Réglages des extractions"), Form: f, Done: extractDone[r.URL.Query().Get("fait")]}))
}

// saveExtractLimits writes them.
func (s *server) saveExtractLimits(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	f := extract.LimitsForm{KeptDays: clean(form.Get("conservation"), 20), Most: clean(form.Get("lignes"), 20), Flag: clean(form.Get("signal"), 20), FlagDay: clean(form.Get("jour"), 20)}
	traceOf(r).about("réglages des extractions", "conservation "+f.KeptDays+" jours, "+f.Most+" lignes au plus, signal à "+f.Flag+" lignes ou "+f.FlagDay+" par jour")
	err = s.Extracts.SetLimits(r.Context(), viewerOf(r), f)
	var flaws admin.Flaws
	if errors.As(err, &flaws) {
		p := pages.ExtractLimits{Frame: s.extractFrame(r, "Réglages des extractions"), Form: f, Errors: fieldErrors(flaws)}
		return s.write(w, r, http.StatusUnprocessableEntity, pages.ExtractLimitsPage(p))
	}
	if err != nil {
		return err
	}
	doneAt(w, r, extractsPath+"/reglages", "reglages")
	return nil
}

// askTrace shows where a copy is dropped.
func (s *server) askTrace(w http.ResponseWriter, r *http.Request) error {
	if !extract.Oversees(viewerOf(r)) {
		return belvedere.Errorf(belvedere.Forbidden, "Ceux qui répondent des données cherchent d’où vient une copie.")
	}
	return s.write(w, r, http.StatusOK, pages.ExtractTracePage(pages.ExtractTrace{Frame: s.extractFrame(r, "D’où vient cette copie ?"), Zone: s.Zone}))
}

// traceCopy looks for the marks of a copy. The copy is not kept, and who may not look sends none.
func (s *server) traceCopy(w http.ResponseWriter, r *http.Request) error {
	if !extract.Oversees(viewerOf(r)) {
		return belvedere.Errorf(belvedere.Forbidden, "Ceux qui répondent des données cherchent d’où vient une copie.")
	}
	p := pages.ExtractTrace{Frame: s.extractFrame(r, "D’où vient cette copie ?"), Zone: s.Zone, Asked: true}
	traceOf(r).about("recherche de l’origine d’une copie", "")
	body, err := r.MultipartReader()
	if err != nil {
		return belvedere.WrapError(belvedere.Invalid, err, "Le formulaire n’a pas pu être lu.")
	}
	for {
		part, err := body.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return belvedere.WrapError(belvedere.Invalid, err, "Le fichier n’a pas pu être lu.")
		}
		if part.FormName() != "copie" || part.FileName() == "" {
			continue
		}
		if p.Found, err = s.Extracts.Trace(r.Context(), viewerOf(r), part); err != nil {
			return err
		}
		traceOf(r).about("recherche de l’origine d’une copie", belvedere.Plural(len(p.Found), "extrait reconnu", "extraits reconnus"))
		return s.write(w, r, http.StatusOK, pages.ExtractTracePage(p))
	}
	p.Asked = false
	p.Errors.Add("copie", "Choisissez le fichier à examiner.")
	return s.write(w, r, http.StatusUnprocessableEntity, pages.ExtractTracePage(p))
}

// extractQuery is the address of the wizard for a state of the explorer, "" where there are no extracts.
func (s *server) extractQuery(state url.Values) string {
	if s.Extracts == nil {
		return ""
	}
	return newExtractPath + "?" + url.Values{"exploration": {state.Encode()}}.Encode()
}
