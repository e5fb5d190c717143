package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/extract"
	"belvedere/internal/registry"
	"belvedere/internal/school/pseudonym"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// A wizard is one step of the request of an extract: a draft keeps what was said in the steps before, so that
// nothing that is typed stands in an address.
type wizard struct {
	s    *server
	r    *http.Request
	form url.Values // posted, nil when the step is shown
	page pages.ExtractWizard
}

var stepTitles = []string{"Ce que l’extrait contient", "Colonnes", "Filtres", "Finalité et destinataires", "Fichier", "Vérifier et demander"}

// newExtract shows a step.
func (s *server) newExtract(w http.ResponseWriter, r *http.Request) error {
	z, err := s.wizardOf(r, r.URL.Query())
	if err != nil {
		return err
	}
	if state := r.URL.Query().Get("exploration"); state != "" && z.page.ID == 0 {
		z.page.State, z.page.Spec.Kind, z.page.Spec.State = state, extract.Totals, state
	}
	if z.page.ID > 0 && (z.page.Step == extract.StepConfirm || r.URL.Query().Get("a") == "corriger") {
		now, before, err := z.sort(s.Extracts.Check(viewerOf(r), z.page.Spec, z.page.Step))
		if err != nil {
			return err
		}
		if before > 0 {
			http.Redirect(w, r, stepPath(z.page.ID, before)+"&a=corriger", http.StatusSeeOther)
			return nil
		}
		z.page.Errors = now
	}
	return z.show(w, http.StatusOK)
}

// wizardOf reads which draft and which step.
func (s *server) wizardOf(r *http.Request, v url.Values) (*wizard, error) {
	z := &wizard{s: s, r: r, page: pages.ExtractWizard{Step: extract.StepSubject}}
	if text := v.Get("brouillon"); text != "" {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, notFound("Cette demande n’existe pas.")
		}
		e, err := s.Extracts.Own(r.Context(), viewerOf(r), id)
		if err != nil {
			return nil, err
		}
		if e.State != registry.ExtractDraft {
			return nil, belvedere.Errorf(belvedere.Conflict, "Cet extrait est déjà demandé\u00a0: il ne change plus.")
		}
		z.page.ID, z.page.Spec, z.page.Step = e.ID, extract.SpecOf(e), extract.StepColumns
	}
	if n, err := strconv.Atoi(v.Get("etape")); err == nil && n >= extract.StepSubject && n <= extract.StepConfirm && (z.page.ID > 0 || n == extract.StepSubject) {
		z.page.Step = n
	}
	return z, nil
}

// saveExtract takes a step in, and shows the next; the last asks for the extract.
func (s *server) saveExtract(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	z, err := s.wizardOf(r, form)
	if err != nil {
		return err
	}
	z.form = form
	traceOf(r).about("nouvelle extraction", "étape "+strconv.Itoa(z.page.Step))
	if z.page.Step == extract.StepConfirm {
		return z.ask(w)
	}
	z.read()
	now, before, err := z.sort(s.Extracts.Check(viewerOf(r), z.page.Spec, z.page.Step))
	if err != nil {
		return err
	}
	z.page.Errors = now
	if len(now) > 0 {
		return z.show(w, http.StatusUnprocessableEntity)
	}
	if err := z.keep(); err != nil {
		return err
	}
	if before > 0 { // what is said here is kept; a step before lacks something
		http.Redirect(w, r, stepPath(z.page.ID, before)+"&a=corriger", http.StatusSeeOther)
		return nil
	}
	next := z.page.Step + 1
	if z.page.Step < extract.StepPurpose && z.page.Spec.Purpose != "" { // a step that was gone back to: the others stand
		next = extract.StepConfirm
	}
	http.Redirect(w, r, stepPath(z.page.ID, next), http.StatusSeeOther)
	return nil
}

func stepPath(id int64, step int) string {
	return newExtractPath + "?brouillon=" + strconv.FormatInt(id, 10) + "&etape=" + strconv.Itoa(step)
}

// sort tells the faults of the step under way from those of the steps before, of which it gives the first step. Its
// error is one that no step mends.
func (z *wizard) sort(err error) (now parts.FieldErrors, before int, _ error) {
	var flaws admin.Flaws
	switch {
	case err == nil:
		return nil, 0, nil
	case errors.As(err, &flaws):
	case belvedere.KindOf(err) == belvedere.Forbidden:
		flaws = admin.Flaws{{Field: "sujet", Message: belvedere.Message(err)}}
	default:
		return nil, 0, err
	}
	for _, f := range flaws {
		switch step := extract.StepOf(f.Field); {
		case step == z.page.Step:
			now.Add(f.Field, f.Message)
		case step < z.page.Step && (before == 0 || step < before):
			before = step
		}
	}
	return now, before, nil
}

// keep writes the draft, a new one at the first step.
func (z *wizard) keep() error {
	viewer, x := viewerOf(z.r), z.page.Spec
	if z.page.ID > 0 {
		_, err := z.s.Extracts.Save(z.r.Context(), viewer, z.page.ID, x)
		return err
	}
	x.Days, x.Basis = 30, "mission"
	x.Format = string(extract.Format("xlsx"))
	e, err := z.s.Extracts.Draft(z.r.Context(), viewer, x)
	z.page.ID = e.ID
	return err
}

// ask asks for the extract.
func (z *wizard) ask(w http.ResponseWriter) error {
	viewer := viewerOf(z.r)
	if column := z.form.Get("remede"); column != "" {
		return z.mend(w, column)
	}
	e, err := z.s.Extracts.Ask(z.r.Context(), viewer, z.page.ID, z.form.Get("engagement") == "oui")
	var flaws admin.Flaws
	switch {
	case errors.As(err, &flaws): // a step before lacks something: the page leads there
		http.Redirect(w, z.r, stepPath(z.page.ID, extract.StepConfirm), http.StatusSeeOther)
		return nil
	case belvedere.KindOf(err) == belvedere.TooLarge && err != nil:
		return z.show(w, http.StatusUnprocessableEntity) // says the size, and what to do
	case belvedere.KindOf(err) == belvedere.Invalid && err != nil:
		z.page.Errors.Add("engagement", belvedere.Message(err))
		return z.show(w, http.StatusUnprocessableEntity)
	case err != nil:
		return err
	}
	z.s.aboutExtract(z.r, e, cut("demandé, finalité\u00a0: "+e.Purpose+", destinataires\u00a0: "+e.Recipients, 1500))
	doneAt(w, z.r, extractsPath+"/"+strconv.FormatInt(e.ID, 10), "demande")
	return nil
}

// mend takes a column in a coarser way, or leaves it out, and measures the risk again.
func (z *wizard) mend(w http.ResponseWriter, text string) error {
	column, way, _ := strings.Cut(text, ":")
	z.page.Spec = z.page.Spec.With(column, pseudonym.Coarse(way))
	traceOf(z.r).about("nouvelle extraction", "colonnes rendues moins fines")
	if err := z.s.Extracts.Check(viewerOf(z.r), z.page.Spec, extract.StepColumns); err != nil {
		return err
	}
	if err := z.keep(); err != nil {
		return err
	}
	http.Redirect(w, z.r, stepPath(z.page.ID, extract.StepConfirm), http.StatusSeeOther)
	return nil
}

// show writes the page of the step.
func (z *wizard) show(w http.ResponseWriter, status int) error {
	p := &z.page
	p.Frame = z.s.extractFrame(z.r, "Nouvelle extraction")
	if p.Subject == "" {
		p.Subject = subjectOf(p.Spec)
	}
	var err error
	switch p.Step {
	case extract.StepSubject:
		z.subjects()
	case extract.StepColumns:
		err = z.chooseColumns()
	case extract.StepFilters:
		err = z.chooseFilters()
	case extract.StepPurpose:
		for _, b := range extract.Bases {
			p.Bases = append(p.Bases, parts.Option{Value: b.Code, Label: b.Label})
		}
		for _, d := range extract.Durations {
			p.Durations = append(p.Durations, parts.Option{Value: strconv.Itoa(d.Days), Label: d.Label})
		}
	case extract.StepFile:
		for _, f := range extract.Formats() {
			p.Formats = append(p.Formats, parts.Option{Value: string(f), Label: extract.FormatLabels[f]})
		}
	default:
		err = z.size()
	}
	if err != nil {
		return err
	}
	z.steps()
	return z.s.write(w, z.r, status, pages.ExtractWizardPage(*p))
}

// size says how large the extract would be. What is wrong with a step before leads back to it.
func (z *wizard) size() error {
	size, err := z.s.Extracts.Estimate(z.r.Context(), viewerOf(z.r), z.page.Spec)
	switch {
	case err == nil:
		z.page.Size = &size
		z.readsPersons()
	case belvedere.KindOf(err) == belvedere.Invalid || belvedere.KindOf(err) == belvedere.TooLarge:
		z.page.Errors.Add("", belvedere.Message(err))
	default:
		return err
	}
	return nil
}

// readsPersons tells the journal whose rows the page was made of.
func (z *wizard) readsPersons() {
	if z.page.Spec.Kind == extract.Persons {
		traceOf(z.r).schools = []belvedere.UAI{z.page.Spec.Order.School}
	}
}
