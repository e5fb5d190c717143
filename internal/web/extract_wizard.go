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
	"belvedere/internal/extract"
	"belvedere/internal/registry"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/pseudonym"
	"belvedere/internal/territory/report"
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
	err = s.Extracts.Check(viewerOf(r), z.page.Spec, z.page.Step)
	var flaws admin.Flaws
	switch {
	case errors.As(err, &flaws):
		z.page.Errors = fieldErrors(flaws)
	case belvedere.KindOf(err) == belvedere.Forbidden && err != nil:
		z.page.Errors.Add("sujet", belvedere.Message(err))
	case err != nil:
		return err
	}
	if len(z.page.Errors) > 0 {
		return z.show(w, http.StatusUnprocessableEntity)
	}
	if err := z.keep(); err != nil {
		return err
	}
	http.Redirect(w, r, newExtractPath+"?brouillon="+strconv.FormatInt(z.page.ID, 10)+"&etape="+strconv.Itoa(z.page.Step+1), http.StatusSeeOther)
	return nil
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
	e, err := z.s.Extracts.Ask(z.r.Context(), viewer, z.page.ID, z.form.Get("engagement") == "oui")
	var flaws admin.Flaws
	switch {
	case errors.As(err, &flaws):
		z.page.Errors = fieldErrors(flaws)
	case belvedere.KindOf(err) == belvedere.Invalid && err != nil:
		z.page.Errors.Add("engagement", belvedere.Message(err))
	case belvedere.KindOf(err) == belvedere.TooLarge && err != nil:
		return z.show(w, http.StatusUnprocessableEntity)
	case err != nil:
		return err
	}
	if len(z.page.Errors) > 0 {
		return z.show(w, http.StatusUnprocessableEntity)
	}
	z.s.aboutExtract(z.r, e, cut("demandé, finalité\u00a0: "+e.Purpose+", destinataires\u00a0: "+e.Recipients, 1500))
	doneAt(w, z.r, extractsPath+"/"+strconv.FormatInt(e.ID, 10), "demande")
	return nil
}

// read puts the posted step into the spec.
func (z *wizard) read() {
	x, f := &z.page.Spec, z.form
	switch z.page.Step {
	case extract.StepSubject:
		z.readSubject()
	case extract.StepColumns:
		if x.Kind == extract.Totals {
			z.change(func(e url.Values) {
				e.Set("indicateurs", strings.Join(f["indicateur"], ","))
				e.Set("lignes", strings.Join(f["ligne"], ","))
			})
			return
		}
		x.Order.Columns, x.Order.Coarse = f["colonne"], nil
		for _, name := range x.Order.Columns {
			if way, chosen := f["finesse."+name]; chosen {
				if x.Order.Coarse == nil {
					x.Order.Coarse = map[string]pseudonym.Coarse{}
				}
				x.Order.Coarse[name] = pseudonym.Coarse(way[0])
			}
		}
	case extract.StepFilters:
		z.readFilters()
	case extract.StepPurpose:
		x.Purpose, x.Basis, x.Recipients = oneLine(f.Get("finalite")), f.Get("base"), oneLine(f.Get("destinataires"))
		x.Days, _ = strconv.Atoi(f.Get("duree"))
	case extract.StepFile:
		x.Format, x.Encrypted, x.Label = f.Get("format"), f.Get("chiffre") == "oui", oneLine(f.Get("nom"))
	}
}

// readSubject begins anew when the subject changes.
func (z *wizard) readSubject() {
	x, f := &z.page.Spec, z.form
	was := subjectOf(*x)
	subject, names := f.Get("sujet"), f.Get("identites") == "oui"
	z.page.Subject = subject
	kind, rest, _ := strings.Cut(subject, ":")
	uai, sort, _ := strings.Cut(rest, ":")
	if subject != was {
		x.State, x.Order = "", pseudonym.Order{}
	}
	x.Kind = kind
	if kind == extract.Persons {
		x.Order.School, x.Order.Kind = belvedere.UAI(uai), sort
		if x.Order.Names && !names {
			x.Order.Columns = nil // those that name persons leave with the right to them
		}
		x.Order.Names = names
	} else if state := f.Get("exploration"); state != "" {
		x.State = state
	}
}

// subjectOf is the value of the choice that a spec stands for.
func subjectOf(x extract.Spec) string {
	if x.Kind == extract.Persons {
		return x.Kind + ":" + string(x.Order.School) + ":" + x.Order.Kind
	}
	return x.Kind
}

// change alters the state of the explorer.
func (z *wizard) change(f func(url.Values)) {
	v, err := url.ParseQuery(z.page.Spec.State)
	if err != nil {
		v = url.Values{}
	}
	f(v)
	for name, list := range v {
		if len(list) == 0 || list[0] == "" {
			v.Del(name)
		}
	}
	z.page.Spec.State = v.Encode()
}

// The ways in which addresses of the explorer write filters.
const (
	keepFilter = "filtre."
	dropFilter = "sauf."
)

func (z *wizard) readFilters() {
	x, f := &z.page.Spec, z.form
	if x.Kind == extract.Totals {
		z.change(func(v url.Values) {
			v.Set("annee", f.Get("annee"))
			for name := range v {
				if strings.HasPrefix(name, keepFilter) || strings.HasPrefix(name, dropFilter) {
					v.Del(name)
				}
			}
			for _, line := range strings.FieldsFunc(f.Get("filtres"), func(r rune) bool { return r == '\n' || r == '\r' }) {
				name, values, found := strings.Cut(line, "=")
				name = strings.TrimSpace(name)
				if drop, not := strings.CutSuffix(name, "!"); not {
					v.Set(dropFilter+strings.TrimSpace(drop), strings.ReplaceAll(values, "|", ","))
				} else if found && name != "" {
					v.Set(keepFilter+name, strings.ReplaceAll(values, "|", ","))
				}
			}
		})
		return
	}
	x.Order.Where = nil
	for _, c := range z.columns() {
		var values []string
		for _, text := range f["f."+c.Name] {
			for v := range strings.SplitSeq(text, ",") {
				if v = strings.TrimSpace(v); v != "" {
					values = append(values, v)
				}
			}
		}
		if len(values) > 0 {
			x.Order.Where = append(x.Order.Where, dossier.Filter{Column: c.Name, Op: dossier.In, Values: values})
		}
		for name, op := range map[string]dossier.Operator{"min.": dossier.AtLeast, "max.": dossier.AtMost} {
			if v := oneLine(f.Get(name + c.Name)); v != "" {
				x.Order.Where = append(x.Order.Where, dossier.Filter{Column: c.Name, Op: op, Values: []string{v}})
			}
		}
	}
	slices.SortStableFunc(x.Order.Where, func(a, b dossier.Filter) int { return strings.Compare(a.Column+string(a.Op), b.Column+string(b.Op)) })
}

// columns are those of the kind of rows that may be asked for.
func (z *wizard) columns() []pseudonym.Column {
	x := z.page.Spec
	if x.Kind != extract.Persons || z.s.Extracts.People == nil {
		return nil
	}
	kinds, _ := z.s.Extracts.People.Kinds(viewerOf(z.r), x.Order.School)
	for _, k := range kinds {
		if k.Name == x.Order.Kind {
			return slices.DeleteFunc(k.Columns, func(c pseudonym.Column) bool { return c.Names && !x.Order.Names })
		}
	}
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
		if z.page.Spec.Kind == extract.Persons {
			t := traceOf(z.r)
			t.schools = []belvedere.UAI{z.page.Spec.Order.School}
		}
	case belvedere.KindOf(err) == belvedere.Invalid || belvedere.KindOf(err) == belvedere.TooLarge:
		z.page.Errors.Add("", belvedere.Message(err))
	default:
		return err
	}
	return nil
}

// subjects are what the reader may ask for.
func (z *wizard) subjects() {
	p, viewer := &z.page, viewerOf(z.r)
	p.Subjects = []parts.Option{{Value: extract.Totals, Label: "Des totaux : indicateurs par dimensions, avec vos droits et le secret statistique"}}
	p.Loses = p.ID > 0 && (len(p.Spec.Order.Columns) > 0 || p.Spec.State != "")
	if z.s.Extracts.People == nil {
		return
	}
	for _, uai := range viewer.Scope.Own[:min(len(viewer.Scope.Own), 20)] {
		kinds, level := z.s.Extracts.People.Kinds(viewer, uai)
		for _, k := range kinds {
			label := k.Label + " de " + string(uai) + ", une ligne par personne"
			if !k.People {
				label = k.Label + " de " + string(uai)
			}
			p.Subjects = append(p.Subjects, parts.Option{Value: extract.Persons + ":" + string(uai) + ":" + k.Name, Label: label})
		}
		p.Names = p.Names || level == belvedere.Identities
	}
	if state, err := report.ParseExplore(queryOf(p.Spec.State)); err == nil && p.State != "" {
		p.Words = z.words(state)
	}
}

func queryOf(text string) url.Values {
	v, err := url.ParseQuery(text)
	if err != nil {
		return url.Values{}
	}
	return v
}

// words name what a state of the explorer asks.
func (z *wizard) words(e report.Explore) string {
	var names []string
	for _, c := range e.Columns {
		name := c.Indicator
		if ind := z.s.model.Indicator(c.Indicator); ind != nil {
			name = ind.Label
		}
		names = append(names, name)
	}
	text := strings.Join(names, ", ")
	if len(e.Lines) > 0 {
		text += ", par " + strings.Join(e.Lines, ", ")
	}
	return text
}
