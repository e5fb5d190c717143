package web

import (
	"net/http"
	"strconv"

	"belvedere"
	"belvedere/internal/governance"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// helpQuestions searches the memory of questions and answers.
func (s *server) helpQuestions(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	number, err := pageNumber(query)
	if err != nil {
		return err
	}
	p := pages.HelpQuestions{Frame: s.governanceFrame(r, "Questions et réponses"), Done: governanceDone[query.Get("fait")], Zone: s.Zone,
		Search: governance.Search{Text: clean(query.Get("q"), mostSearch), Duty: clean(query.Get("responsabilite"), 40), Open: query.Get("ouvertes") == "oui", Mine: query.Get("miennes") == "oui"}}
	if p.Duties, err = s.dutyOptions(r, parts.Option{Label: "Toutes"}); err != nil {
		return err
	}
	settings, err := s.Governance.Settings(r.Context())
	if err != nil {
		return err
	}
	list, err := s.Governance.Questions(r.Context(), viewerOf(r), p.Search)
	if err != nil {
		return err
	}
	first := min((number-1)*questionsPerPage, len(list))
	p.Days, p.Total, p.List = settings.Escalation, len(list), list[first:min(first+questionsPerPage, len(list))]
	p.Pages = pageLinks(governance.QuestionsPath, query, number, len(list), questionsPerPage)
	return s.write(w, r, http.StatusOK, pages.HelpQuestionsPage(p))
}

func (s *server) newHelp(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	return s.helpForm(w, r, http.StatusOK, pages.HelpAsk{Form: governance.QuestionForm{Duty: clean(query.Get("responsabilite"), 40), Rule: int64(max(wholeOf(query.Get("regle")), 0)),
		Indicator: clean(query.Get("indicateur"), 60), School: clean(query.Get("etablissement"), 8)}})
}

func (s *server) helpForm(w http.ResponseWriter, r *http.Request, status int, p pages.HelpAsk) (err error) {
	p.Frame = s.governanceFrame(r, "Poser une question", parts.Link{Label: "Questions et réponses", Address: governance.QuestionsPath})
	if p.Form.Duty == "" {
		p.Form.Duty = governance.Assistance
	}
	if p.Duties, err = s.dutyOptions(r); err != nil {
		return err
	}
	if p.Rules, err = s.ruleOptions(r); err != nil {
		return err
	}
	settings, err := s.Governance.Settings(r.Context())
	p.Days = settings.Escalation
	if err != nil {
		return err
	}
	return s.write(w, r, status, pages.HelpAskPage(p))
}

// askHelp keeps a question.
func (s *server) askHelp(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	f := governance.QuestionForm{Subject: clean(form.Get("objet"), 150), Text: form.Get("question"), Duty: clean(form.Get("responsabilite"), 40),
		School: clean(form.Get("etablissement"), 8), Rule: int64(max(wholeOf(form.Get("regle")), 0)), Indicator: clean(form.Get("indicateur"), 60)}
	traceOf(r).about("question", "rien d’enregistré")
	q, err := s.Governance.Ask(r.Context(), viewerOf(r), f)
	if mendable(err) {
		p := pages.HelpAsk{Form: f}
		p.Errors.Add("", belvedere.Message(err))
		return s.helpForm(w, r, http.StatusUnprocessableEntity, p)
	} else if err != nil {
		return err
	}
	traceOf(r).about("question "+strconv.FormatInt(q.ID, 10), "posée à "+q.Duty)
	doneAt(w, r, governance.QuestionPath(q.ID), "question")
	return nil
}

// helpQuestion shows one.
func (s *server) helpQuestion(w http.ResponseWriter, r *http.Request) error {
	return s.helpPage(w, r, http.StatusOK, pages.HelpQuestion{})
}

func (s *server) helpPage(w http.ResponseWriter, r *http.Request, status int, p pages.HelpQuestion) (err error) {
	if p.Entry, err = s.Governance.Question(r.Context(), viewerOf(r), pathNumber(r)); err != nil {
		return err
	}
	settings, err := s.Governance.Settings(r.Context())
	if err != nil {
		return err
	}
	p.Frame = s.governanceFrame(r, p.Entry.Subject, parts.Link{Label: "Questions et réponses", Address: governance.QuestionsPath})
	p.Days, p.Zone, p.Done = settings.Escalation, s.Zone, governanceDone[r.URL.Query().Get("fait")]
	if p.Answer == "" {
		p.Answer = p.Entry.Answer
	}
	return s.write(w, r, status, pages.HelpQuestionPage(p))
}

// answerHelp keeps an answer.
func (s *server) answerHelp(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	id := pathNumber(r)
	traceOf(r).about("question "+strconv.FormatInt(id, 10), "rien d’enregistré")
	_, err = s.Governance.Answer(r.Context(), viewerOf(r), id, form.Get("reponse"))
	if mendable(err) {
		p := pages.HelpQuestion{Answer: form.Get("reponse")}
		p.Errors.Add("reponse", belvedere.Message(err))
		return s.helpPage(w, r, http.StatusUnprocessableEntity, p)
	} else if err != nil {
		return err
	}
	traceOf(r).about("question "+strconv.FormatInt(id, 10), "répondue")
	doneAt(w, r, governance.QuestionPath(id), "reponse")
	return nil
}
