package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/definition"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const (
	indicatorsPath  = "/indicateurs"
	definitionsPath = "/definitions"
)

// Lineage tells where the figures of an indicator come from, as a viewer may see it.
type Lineage func(ctx context.Context, viewer belvedere.Viewer, code string) (*report.Lineage, error)

// definitionRoutes are the pages about what indicators mean. Who may propose, decide and answer is
// decided by the use case: the owner of an indicator is no administrator.
func (s *server) definitionRoutes() []route {
	if s.Meanings == nil {
		return nil
	}
	const one, proposal = indicatorsPath + "/{code}", definitionsPath + "/{id}"
	return []route{
		get(one, signedIn, "consultation", s.indicator),
		get(one+"/proposer", signedIn, "", s.newDefinition),
		post(one+"/proposer", signedIn, "definition", s.propose),
		post(one+"/questions", signedIn, "definition", s.askQuestion),
		post(one+"/responsable", administrator, "definition", s.nameOwner),
		get(definitionsPath, signedIn, "consultation", s.definitionsPage),
		get(proposal, signedIn, "consultation", s.proposal),
		post(proposal, signedIn, "definition", s.decide),
		post(definitionsPath+"/questions/{id}", signedIn, "definition", s.answerQuestion),
	}
}

var definitionDone = map[string]string{
	"proposee": "La proposition est enregistrée : le responsable de l’indicateur et les administrateurs sont prévenus.",
	"acceptee": "La définition est acceptée : elle vaut dès maintenant pour les périodes qui suivent sa date d’effet.",
	"refusee":  "La proposition est refusée : rien ne change.",
	"question": "Votre question est posée : le responsable de l’indicateur et les administrateurs sont prévenus.",
	"reponse":  "La réponse est enregistrée : tous les lecteurs la voient.",
	"nomme":    "Le responsable est enregistré.",
}

func (s *server) definitionFrame(r *http.Request, title string, crumbs ...parts.Link) parts.Frame {
	f := s.frame(r, title)
	f.Crumbs = append(append(f.Crumbs, crumbs...), parts.Link{Label: title})
	return f
}

// defined is the catalogue with the definitions of this moment.
func (s *server) defined(r *http.Request) (*belvedere.Model, error) {
	if s.Meanings == nil {
		return s.model, nil
	}
	return s.Meanings.Model(r.Context())
}

// indicator shows all that is said of one.
func (s *server) indicator(w http.ResponseWriter, r *http.Request) error {
	return s.indicatorPage(w, r, http.StatusOK, pages.Meaning{})
}

// indicatorPage shows an indicator, with a question that was typed and is to be mended.
func (s *server) indicatorPage(w http.ResponseWriter, r *http.Request, status int, p pages.Meaning) error {
	viewer := viewerOf(r)
	sheet, err := s.Meanings.Sheet(r.Context(), viewer, r.PathValue("code"))
	if err != nil {
		return err
	}
	ind := sheet.Indicator
	p.Frame = s.definitionFrame(r, ind.Label, parts.Link{Label: "Indicateurs", Address: indicatorsPath})
	p.Sheet, p.Definition, p.Done, p.Zone, p.Late = sheet, s.definition(s.rulesOfSecrecy(r.Context()), ind), definitionDone[r.URL.Query().Get("fait")], s.Zone, s.Meanings.Late
	p.Formulas, p.Uses, p.Delay = definition.Formulas(sheet.Model, ind), s.uses[ind.Code], s.Meanings.Delay
	for _, d := range ind.Definitions() {
		p.Versions = append(p.Versions, s.version(sheet, d))
	}
	if len(ind.Members) > 0 {
		for _, m := range ind.Members {
			if one := sheet.Model.Indicator(m); one != nil {
				p.Members = append(p.Members, parts.Link{Label: one.Label, Address: definition.IndicatorPath(m)})
			}
		}
		return s.write(w, r, status, pages.MeaningPage(p))
	}
	if p.Alike, err = s.Meanings.SameIdea(r.Context(), viewer, ind.Code); err != nil {
		return err
	}
	if s.Lineage != nil {
		if p.Lineage, err = s.Lineage(r.Context(), viewer, ind.Code); err != nil {
			return err
		}
		if ok, _ := administrator.allows(viewer); ok {
			p.Deliveries = s.lastDeliveries(r.Context(), p.Lineage)
		}
	}
	return s.write(w, r, status, pages.MeaningPage(p))
}

// version is a version as the page shows it.
func (s *server) version(sheet *definition.Sheet, d belvedere.Definition) pages.Version {
	ind := sheet.Indicator.Version(d.Number)
	v := pages.Version{Definition: d, Formulas: definition.Formulas(sheet.Model, ind), InForce: d.Number == sheet.Today}
	if len(sheet.Indicator.History) > 0 {
		for _, l := range s.uses[ind.Code] {
			v.Uses = append(v.Uses, parts.Link{Label: l.Label, Address: l.Address + "?" + url.Values{"definition": {ind.Code + "@" + strconv.Itoa(d.Number)}}.Encode()})
		}
	}
	return v
}

// lastDeliveries are the last published deliveries of the datasets of an indicator, for those who see
// the journal of deliveries.
func (s *server) lastDeliveries(ctx context.Context, l *report.Lineage) []belvedere.Delivery {
	var out []belvedere.Delivery
	for _, f := range l.Datasets {
		list, _, err := s.Deliveries.List(ctx, registry.DeliveryFilter{Dataset: f.Dataset.Name, States: []belvedere.DeliveryState{belvedere.Published}}, registry.Page{Limit: 1})
		if err == nil {
			out = append(out, list...)
		}
	}
	return out
}

// newDefinition shows the form of a proposal, empty: what is left so does not change.
func (s *server) newDefinition(w http.ResponseWriter, r *http.Request) error {
	next := belvedere.SchoolYearOf(s.Now().In(s.Zone)) + 1
	return s.proposalForm(w, r, http.StatusOK, pages.Proposing{Proposal: definition.Draft{From: next.First()}, From: next.First().Format("2006-01-02")})
}

func (s *server) proposalForm(w http.ResponseWriter, r *http.Request, status int, p pages.Proposing) error {
	sheet, err := s.Meanings.Sheet(r.Context(), viewerOf(r), r.PathValue("code"))
	if err != nil {
		return err
	}
	if !sheet.May.Propose {
		return belvedere.Errorf(belvedere.Forbidden, "Les administrateurs, la personne déléguée à la protection des données et le responsable de l’indicateur proposent une définition.")
	}
	ind := sheet.Indicator
	p.Frame = s.definitionFrame(r, "Proposer une définition", parts.Link{Label: "Indicateurs", Address: indicatorsPath}, parts.Link{Label: ind.Label, Address: definition.IndicatorPath(ind.Code)})
	p.Indicator = ind
	return s.write(w, r, status, pages.ProposingPage(p))
}

// propose checks a proposal and shows what it would move; it keeps it when it is sent again so.
func (s *server) propose(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	viewer := viewerOf(r)
	p := pages.Proposing{Proposal: readProposal(r.PathValue("code"), form), From: clean(form.Get("effet"), 20)}
	p.Proposal.Author = viewer.Login
	traceOf(r).about("indicateur "+clean(r.PathValue("code"), 60), "essai, rien d’enregistré")
	if p.Proposal.From, err = belvedere.ParseDate(p.From); err != nil {
		p.Errors.Add("effet", "La date d’effet doit s’écrire 2026-09-01 ou 01/09/2026.")
		return s.proposalForm(w, r, http.StatusUnprocessableEntity, p)
	}
	if form.Get("geste") == "proposer" {
		kept, err := s.Meanings.Propose(r.Context(), viewer, p.Proposal)
		if err == nil {
			traceOf(r).about("proposition "+strconv.FormatInt(kept.ID, 10)+" ("+kept.Indicator+")", cut("effet "+p.From+" : "+kept.Reason, 1500))
			doneAt(w, r, definition.ProposalPath(kept.ID), "proposee")
			return nil
		}
		return s.proposalFault(w, r, p, err)
	}
	if p.Impact, err = s.Meanings.Impact(r.Context(), viewer, p.Proposal); err != nil {
		return s.proposalFault(w, r, p, err)
	}
	return s.proposalForm(w, r, http.StatusOK, p)
}

// proposalFault shows the mistakes of a proposal, each under its field.
func (s *server) proposalFault(w http.ResponseWriter, r *http.Request, p pages.Proposing, err error) error {
	var problems definition.Problems
	if !errors.As(err, &problems) {
		return err
	}
	for _, one := range problems {
		field := one.File
		if field == definition.PartCode {
			field = definition.PartReason
		}
		p.Errors.Add(field, one.Message)
		if one.File != definition.PartCode {
			p.Carets = append(p.Carets, one.String())
		}
	}
	return s.proposalForm(w, r, http.StatusUnprocessableEntity, p)
}

// readProposal reads a form; line feeds stay, since a definition may have paragraphs.
func readProposal(code string, form url.Values) definition.Draft {
	text := func(name string) string {
		t := strings.ReplaceAll(strings.TrimSpace(form.Get(name)), "\r\n", "\n")
		return string([]rune(t)[:min(len([]rune(t)), 4000)])
	}
	return definition.Draft{Indicator: code, Text: text("definition"), Note: text("note"), Value: text("valeur"), RateLabel: text("taux"), Num: text("numerateur"),
		NumLabel: text("numerateur_nom"), Den: text("denominateur"), DenLabel: text("denominateur_nom"), Reason: text("motif")}
}

// definitionsPage lists what is to decide, what was decided, and the questions.
func (s *server) definitionsPage(w http.ResponseWriter, r *http.Request) error {
	p := pages.Definitions{Frame: s.definitionFrame(r, "Définitions", parts.Link{Label: "Indicateurs", Address: indicatorsPath}),
		Text: clean(r.URL.Query().Get("q"), mostSearch), Zone: s.Zone, Late: s.Meanings.Late, Done: definitionDone[r.URL.Query().Get("fait")]}
	m, err := s.defined(r)
	if err != nil {
		return err
	}
	p.Label = func(code string) string {
		if ind := m.Indicator(code); ind != nil {
			return ind.Label
		}
		return code
	}
	if p.Proposals, _, err = s.Meanings.Registry.ListProposals(r.Context(), registry.ProposalFilter{}, registry.Page{Limit: 200}); err != nil {
		return err
	}
	p.Questions, p.Found, err = s.Meanings.Registry.ListQuestions(r.Context(), registry.QuestionFilter{Text: p.Text}, registry.Page{Limit: 100})
	if err != nil {
		return err
	}
	return s.write(w, r, http.StatusOK, pages.DefinitionsPage(p))
}

// proposal shows one with all that it moves.
func (s *server) proposal(w http.ResponseWriter, r *http.Request) error {
	return s.proposalPage(w, r, http.StatusOK, pages.Deciding{})
}

func (s *server) proposalPage(w http.ResponseWriter, r *http.Request, status int, p pages.Deciding) error {
	viewer := viewerOf(r)
	kept, err := s.Meanings.Registry.Proposal(r.Context(), pathNumber(r))
	if err != nil {
		return err
	}
	sheet, err := s.Meanings.Sheet(r.Context(), viewer, kept.Indicator)
	if err != nil {
		return err
	}
	p.Frame = s.definitionFrame(r, "Proposition "+strconv.FormatInt(kept.ID, 10), parts.Link{Label: "Indicateurs", Address: indicatorsPath},
		parts.Link{Label: sheet.Indicator.Label, Address: definition.IndicatorPath(kept.Indicator)})
	p.Proposal, p.Sheet, p.Zone, p.Done = kept, sheet, s.Zone, definitionDone[r.URL.Query().Get("fait")]
	if kept.State == registry.Proposed && (sheet.May.Propose || sheet.May.Decide) {
		p.Impact, err = s.Meanings.Impact(r.Context(), viewer, definition.Written(kept))
		if kind := belvedere.KindOf(err); kind == belvedere.Invalid || kind == belvedere.Unavailable { // the catalogue may have changed since
			p.Trouble, err = belvedere.Message(err), nil
		}
		if err != nil {
			return err
		}
	}
	return s.write(w, r, status, pages.DecidingPage(p))
}

// decide accepts or refuses a proposal.
func (s *server) decide(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	id, accept := pathNumber(r), form.Get("decision") == "accepter"
	traceOf(r).about("proposition "+strconv.FormatInt(id, 10), "rien de décidé")
	kept, err := s.Meanings.Decide(r.Context(), viewerOf(r), id, accept, strings.TrimSpace(form.Get("motif")))
	if kind := belvedere.KindOf(err); kind == belvedere.Invalid {
		p := pages.Deciding{Reason: form.Get("motif")}
		p.Errors.Add("motif", belvedere.Message(err))
		return s.proposalPage(w, r, http.StatusUnprocessableEntity, p)
	} else if err != nil {
		return err
	}
	traceOf(r).about("proposition "+strconv.FormatInt(id, 10)+" ("+kept.Indicator+")", cut(kept.State.Label()+" : "+kept.Decision+" "+kept.Impact, 1500))
	word := "refusee"
	if accept {
		word = "acceptee"
	}
	doneAt(w, r, definition.ProposalPath(id), word)
	return nil
}

// askQuestion keeps the question of a reader.
func (s *server) askQuestion(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	code := r.PathValue("code")
	traceOf(r).about("indicateur "+clean(code, 60), "question")
	_, err = s.Meanings.Ask(r.Context(), viewerOf(r), code, readProposal(code, url.Values{"note": {form.Get("question")}}).Note)
	if belvedere.KindOf(err) == belvedere.Invalid {
		p := pages.Meaning{Question: form.Get("question")}
		p.Errors.Add("question", belvedere.Message(err))
		return s.indicatorPage(w, r, http.StatusUnprocessableEntity, p)
	} else if err != nil {
		return err
	}
	doneAt(w, r, definition.IndicatorPath(code), "question")
	return nil
}

// answerQuestion keeps the answer of who answers for the indicator.
func (s *server) answerQuestion(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	traceOf(r).about("question "+strconv.FormatInt(pathNumber(r), 10), "réponse")
	q, err := s.Meanings.Answer(r.Context(), viewerOf(r), pathNumber(r), readProposal("", url.Values{"note": {form.Get("reponse")}}).Note)
	if err != nil {
		return err
	}
	doneAt(w, r, definition.IndicatorPath(q.Indicator), "reponse")
	return nil
}

// nameOwner says who answers for an indicator.
func (s *server) nameOwner(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	code, who := r.PathValue("code"), clean(form.Get("responsable"), 120)
	traceOf(r).about("indicateur "+clean(code, 60), "responsable : "+who)
	err = s.Meanings.Name(r.Context(), viewerOf(r), code, who)
	if kind := belvedere.KindOf(err); kind == belvedere.Invalid || kind == belvedere.NotFound && who != "" {
		p := pages.Meaning{Owner: who}
		p.Errors.Add("responsable", belvedere.Message(err))
		return s.indicatorPage(w, r, http.StatusUnprocessableEntity, p)
	} else if err != nil {
		return err
	}
	doneAt(w, r, definition.IndicatorPath(code), "nomme")
	return nil
}
