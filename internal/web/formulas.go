package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/formula"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const (
	formulasPath    = "/formules"
	populationsPath = "/populations"
)

// formulaRoutes are the pages of formulas and of populations, which are alike. Who may change, share and
// verify one is decided by the use case.
func (s *server) formulaRoutes() (out []route) {
	if s.Formulas == nil {
		return nil
	}
	for _, kind := range []registry.FormulaKind{registry.FormulaOfFigures, registry.FormulaOfRows} {
		base := formulaBase(kind)
		one := base + "/{code}"
		of := func(h func(http.ResponseWriter, *http.Request, registry.FormulaKind) error) handler {
			return func(w http.ResponseWriter, r *http.Request) error { return h(w, r, kind) }
		}
		out = append(out,
			get(base, signedIn, "consultation", of(s.formulas)),
			get(base+"/nouvelle", author, "", of(s.newFormula)),
			post(base+"/nouvelle", author, "formule", of(s.saveFormula)),
			get(one, signedIn, "consultation", of(s.formula)),
			get(one+"/modifier", signedIn, "", of(s.editFormula)),
			post(one+"/modifier", signedIn, "formule", of(s.saveFormula)),
			post(one, signedIn, "formule", of(s.actFormula)),
		)
	}
	return out
}

func formulaBase(kind registry.FormulaKind) string {
	if kind == registry.FormulaOfRows {
		return populationsPath
	}
	return formulasPath
}

// formulaEntries lead to the formulas and the populations.
func (s *server) formulaEntries() []menuEntry {
	if s.Formulas == nil {
		return nil
	}
	return []menuEntry{{"Formules", formulasPath, signedIn}, {"Populations", populationsPath, signedIn}}
}

var formulaDone = map[string]string{
	"enregistree": "La version est enregistrée. Les résultats d’avant se rejouent avec l’ancien texte.",
	"partagee":    "Le partage est enregistré.",
	"verifiee":    "La vérification est enregistrée.",
	"supprimee":   "C’est supprimé. Les reçus qui s’en servaient se rejouent encore.",
}

// formulaWords name a kind on its pages.
func formulaWords(kind registry.FormulaKind) pages.FormulaWords {
	if kind == registry.FormulaOfRows {
		return pages.FormulaWords{Kind: kind, Base: populationsPath, Several: "Populations", New: "Nouvelle population", One: "population"}
	}
	return pages.FormulaWords{Kind: kind, Base: formulasPath, Several: "Formules", New: "Nouvelle formule", One: "formule"}
}

func (s *server) formulaFrame(r *http.Request, words pages.FormulaWords, title string) parts.Frame {
	f := s.frame(r, title)
	if title != words.Several {
		f.Crumbs = append(f.Crumbs, parts.Link{Label: words.Several, Address: words.Base})
	}
	f.Crumbs = append(f.Crumbs, parts.Link{Label: title})
	return f
}

// formulas lists what the viewer may use.
func (s *server) formulas(w http.ResponseWriter, r *http.Request, kind registry.FormulaKind) error {
	words := formulaWords(kind)
	p := pages.Formulas{Frame: s.formulaFrame(r, words, words.Several), Words: words, Viewer: viewerOf(r).ID, Done: formulaDone[r.URL.Query().Get("fait")]}
	p.Writes, _ = author.allows(viewerOf(r))
	var err error
	if p.List, err = s.Formulas.List(r.Context(), viewerOf(r), kind); err != nil {
		return err
	}
	return s.write(w, r, http.StatusOK, pages.FormulasPage(p))
}

// formula shows one: text, figures, what it reads, where it is used, versions.
func (s *server) formula(w http.ResponseWriter, r *http.Request, kind registry.FormulaKind) error {
	viewer := viewerOf(r)
	sheet, err := s.Formulas.Sheet(r.Context(), viewer, kind, clean(r.PathValue("code"), 80))
	if err != nil {
		return err
	}
	words := formulaWords(kind)
	p := pages.FormulaSheet{Frame: s.formulaFrame(r, words, sheet.Label), Words: words, Sheet: sheet, Zone: s.Zone, Done: formulaDone[r.URL.Query().Get("fait")],
		Refused: clean(r.URL.Query().Get("refus"), 300)}
	p.Explore, p.Alert = s.formulaDoors(viewer, sheet)
	if kind == registry.FormulaOfFigures && sheet.Problem == nil {
		asked, err := s.Formulas.Formula(r.Context(), viewer, sheet.Code, 0)
		if err != nil {
			return err
		}
		if p.Sample, err = s.Formulas.Sample(r.Context(), viewer, asked); err != nil {
			return err
		}
	}
	return s.write(w, r, http.StatusOK, pages.FormulaSheetPage(p))
}

// formulaDoors are where a formula can be asked from its page: the explorer, for who composes, and an
// alert.
func (s *server) formulaDoors(viewer belvedere.Viewer, sheet *formula.Sheet) (explore, alert string) {
	if sheet.Problem != nil {
		return "", ""
	}
	state := report.Explore{Among: []string{sheet.Code}}
	if sheet.Kind == registry.FormulaOfFigures {
		state = report.Explore{Columns: []report.ExploreColumn{{Indicator: belvedere.FormulaPrefix + sheet.Code}}}
		if s.Notice != nil {
			alert = withQuery(alertsPath+"/nouvelle", url.Values{"indicateur": {belvedere.FormulaPrefix + sheet.Code}})
		}
	}
	if may, _ := author.allows(viewer); may && s.Explorer != nil {
		explore = state.Address()
	}
	return explore, alert
}

func (s *server) newFormula(w http.ResponseWriter, r *http.Request, kind registry.FormulaKind) error {
	p := pages.FormulaForm{Draft: formula.Draft{Kind: kind}}
	p.Draft.Text = clean(r.URL.Query().Get("texte"), 2000)
	return s.formulaForm(w, r, http.StatusOK, p)
}

func (s *server) editFormula(w http.ResponseWriter, r *http.Request, kind registry.FormulaKind) error {
	sheet, err := s.Formulas.Sheet(r.Context(), viewerOf(r), kind, clean(r.PathValue("code"), 80))
	if err != nil {
		return err
	}
	if !sheet.Change {
		return belvedere.Errorf(belvedere.Forbidden, "Seul son auteur, ou le responsable des données, peut la changer.")
	}
	p := pages.FormulaForm{Draft: formula.Draft{Kind: kind, Code: sheet.Code, Base: sheet.Version, FormulaVersion: sheet.FormulaVersion}}
	p.Draft.Note, p.Uses = "", sheet.Uses
	return s.formulaForm(w, r, http.StatusOK, p)
}

// formulaForm shows the form with what can be said of the text, and figures when it computes.
func (s *server) formulaForm(w http.ResponseWriter, r *http.Request, status int, p pages.FormulaForm) error {
	p.Words = formulaWords(p.Draft.Kind)
	title := p.Words.New
	p.Action = p.Words.Base + "/nouvelle"
	if p.Draft.Base > 0 {
		title, p.Action = "Modifier", p.Words.Base+"/"+p.Draft.Code+"/modifier"
	}
	p.Frame, p.Title = s.formulaFrame(r, p.Words, title), title
	model, err := s.Formulas.Model(r.Context())
	if err != nil {
		return err
	}
	p.Themes = pages.FormulaThemes(model, viewerOf(r))
	if p.Populations, err = s.Formulas.List(r.Context(), viewerOf(r), registry.FormulaOfRows); err != nil {
		return err
	}
	if p.Formulas, err = s.Formulas.List(r.Context(), viewerOf(r), registry.FormulaOfFigures); err != nil {
		return err
	}
	p.Formulas = slices.DeleteFunc(p.Formulas, func(f registry.SavedFormula) bool { return f.Code == p.Draft.Code })
	if p.Draft.Text == "" || p.Unread {
		return s.write(w, r, status, pages.FormulaFormPage(p))
	}
	check, err := s.Formulas.Check(r.Context(), viewerOf(r), p.Draft)
	if err != nil {
		return err
	}
	p.Check, p.Checked = check, true
	if check.Problem != "" {
		p.Caret = check.Caret
	} else if p.Draft.Kind == registry.FormulaOfFigures {
		if p.Sample, err = s.Formulas.Sample(r.Context(), viewerOf(r), check.Formula); err != nil {
			return err
		}
	}
	return s.write(w, r, status, pages.FormulaFormPage(p))
}

// saveFormula keeps what the form says, or says what is wrong with it; another button only checks it.
func (s *server) saveFormula(w http.ResponseWriter, r *http.Request, kind registry.FormulaKind) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	p := pages.FormulaForm{Draft: readFormula(form, kind, clean(r.PathValue("code"), 80))}
	traceOf(r).about(p.Draft.Code, "essai, rien d’enregistré")
	if form.Get("geste") == "inserer" {
		p.Unread = true // half a formula is no mistake yet
		p.Draft.Text = strings.TrimSpace(p.Draft.Text + " " + clean(form.Get("nom"), 100))
	}
	if form.Get("geste") != "enregistrer" {
		return s.formulaForm(w, r, http.StatusOK, p)
	}
	kept, err := s.Formulas.Save(r.Context(), viewerOf(r), p.Draft)
	switch belvedere.KindOf(err) {
	case belvedere.Invalid, belvedere.Conflict, belvedere.TooLarge:
		if err != nil {
			p.Errors.Add(formulaField(err), belvedere.Message(err))
			return s.formulaForm(w, r, http.StatusUnprocessableEntity, p)
		}
	}
	if err != nil {
		return err
	}
	traceOf(r).about(formulaObject(kept), cut("version "+strconv.Itoa(kept.Version)+" : "+kept.Text, 1500))
	doneAt(w, r, formula.Path(kept), "enregistree")
	return nil
}

// formulaField is the field that an error is about.
func formulaField(err error) string {
	text := strings.ToLower(belvedere.Message(err))
	for _, f := range []struct{ word, field string }{{"le code \"", "code"}, {"libellé", "libelle"}, {"unité compte", "unite"}, {"décimales", "decimales"}} {
		if strings.Contains(text, f.word) && !strings.Contains(text, "ne se lit pas") {
			return f.field
		}
	}
	return "texte"
}

func formulaObject(f registry.SavedFormula) string { return string(f.Kind) + " " + f.Code }

func readFormula(form url.Values, kind registry.FormulaKind, code string) formula.Draft {
	lines := func(name string) string {
		t := strings.ReplaceAll(strings.TrimSpace(form.Get(name)), "\r\n", "\n")
		return string([]rune(t)[:min(len([]rune(t)), 4000)])
	}
	d := formula.Draft{Kind: kind, Code: code}
	if code == "" {
		d.Code = clean(form.Get("code"), 80)
	}
	d.Base, _ = strconv.Atoi(form.Get("version"))
	if code != "" && d.Base < 1 {
		d.Base = 1
	}
	d.Decimals, _ = strconv.Atoi(form.Get("decimales"))
	d.Label, d.Definition, d.Text, d.Unit = clean(form.Get("libelle"), 200), lines("definition"), lines("texte"), clean(form.Get("unite"), 80)
	d.Percent, d.BetterIsLow, d.Note = form.Get("pourcent") != "", form.Get("moins") != "", clean(form.Get("note"), 300)
	return d
}

// actFormula shares, verifies or deletes.
func (s *server) actFormula(w http.ResponseWriter, r *http.Request, kind registry.FormulaKind) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	code, act, viewer := clean(r.PathValue("code"), 80), form.Get("geste"), viewerOf(r)
	version, _ := strconv.Atoi(form.Get("version"))
	traceOf(r).about(string(kind)+" "+code, cut(act, 40))
	var f registry.SavedFormula
	back, word := formulaBase(kind)+"/"+code, "partagee"
	switch act {
	case "partager", "reprendre":
		f, err = s.Formulas.Share(r.Context(), viewer, kind, code, act == "partager")
	case "verifier", "deverifier":
		f, err = s.Formulas.Verify(r.Context(), viewer, kind, code, version, act == "verifier")
		word = "verifiee"
	case "supprimer":
		f, err = s.Formulas.Delete(r.Context(), viewer, kind, code)
		back, word = formulaBase(kind), "supprimee"
	default:
		return belvedere.Errorf(belvedere.Invalid, "Ce geste est inconnu.")
	}
	if belvedere.KindOf(err) == belvedere.Conflict && err != nil {
		http.Redirect(w, r, withQuery(formulaBase(kind)+"/"+code, url.Values{"refus": {belvedere.Message(err)}}), http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return err
	}
	traceOf(r).about(formulaObject(f), act)
	doneAt(w, r, back, word)
	return nil
}
