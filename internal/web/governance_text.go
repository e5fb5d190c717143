package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/governance"
	"belvedere/internal/registry"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const questionsPerPage = 50

// governanceTextRoutes are what is written, asked and taught.
func (s *server) governanceTextRoutes() []route {
	const action, rule, question, training = governance.Action, governance.RulesPath + "/{id}", governance.QuestionsPath + "/{id}", governance.TrainingsPath + "/{id}"
	return []route{
		get(governance.RulesPath, signedIn, "consultation", s.writtenRules),
		get(governance.RulesPath+"/nouvelle", signedIn, "", s.newRule),
		post(governance.RulesPath+"/nouvelle", signedIn, action, s.writeRule).upTo(mostRuleForm),
		get(rule, signedIn, "consultation", s.writtenRule),
		get(rule+"/modifier", signedIn, "", s.editRule),
		post(rule+"/modifier", signedIn, action, s.writeRule).upTo(mostRuleForm),
		get(rule+"/differences", signedIn, "consultation", s.ruleDiff),
		post(rule+"/vigueur", signedIn, action, s.forceRule),
		post(rule+"/abroger", signedIn, action, s.repealRule),
		post(rule+"/lu", signedIn, action, s.acknowledgeRule),

		get(governance.QuestionsPath, signedIn, "consultation", s.helpQuestions),
		get(governance.QuestionsPath+"/nouvelle", signedIn, "", s.newHelp),
		post(governance.QuestionsPath+"/nouvelle", signedIn, action, s.askHelp),
		get(question, signedIn, "consultation", s.helpQuestion),
		post(question, signedIn, action, s.answerHelp),

		get(governance.TrainingsPath, signedIn, "consultation", s.trainings),
		get(governancePath+"/formations.csv", signedIn, "export", s.trainingsFile),
		get(governance.TrainingsPath+"/nouvelle", signedIn, "", s.newTraining),
		post(governance.TrainingsPath+"/nouvelle", signedIn, action, s.putTraining),
		get(training, signedIn, "consultation", s.training),
		get(training+"/liste.csv", signedIn, "export", s.trainingsFile),
		get(training+"/modifier", signedIn, "", s.editTraining),
		post(training+"/modifier", signedIn, action, s.putTraining),
		post(training+"/inscription", signedIn, action, s.registerTraining),
		post(training+"/desinscription", signedIn, action, s.unregisterTraining),
		post(training+"/presence", signedIn, action, s.markPresence),
	}
}

// ruleOptions are the written rules as a list to choose from, or none of them.
func (s *server) ruleOptions(r *http.Request) ([]parts.Option, error) {
	out := []parts.Option{{Value: "0", Label: "Aucune"}}
	list, err := s.Governance.Rules(r.Context(), viewerOf(r))
	for _, one := range list {
		if one.State() != registry.RuleRepealed {
			out = append(out, parts.Option{Value: strconv.FormatInt(one.ID, 10), Label: one.Title})
		}
	}
	return out, err
}

// writtenRules lists what is written.
func (s *server) writtenRules(w http.ResponseWriter, r *http.Request) (err error) {
	p := pages.WrittenRules{Frame: s.governanceFrame(r, "Règles et procédures"), Done: governanceDone[r.URL.Query().Get("fait")], Zone: s.Zone}
	if p.List, err = s.Governance.Rules(r.Context(), viewerOf(r)); err != nil {
		return err
	}
	if p.Writes, err = s.writesRules(r); err != nil {
		return err
	}
	return s.write(w, r, http.StatusOK, pages.WrittenRulesPage(p))
}

// writesRules tells whether the viewer may write a rule for any responsibility.
func (s *server) writesRules(r *http.Request) (bool, error) {
	list, err := s.Governance.Duties(r.Context())
	for _, d := range list {
		if s.Governance.Acts(r.Context(), viewerOf(r), d.Code, "") {
			return true, nil
		}
	}
	return false, err
}

// writtenRule shows one, in the version that the address names.
func (s *server) writtenRule(w http.ResponseWriter, r *http.Request) error {
	return s.writtenRulePage(w, r, http.StatusOK, pages.WrittenRule{})
}

func (s *server) writtenRulePage(w http.ResponseWriter, r *http.Request, status int, p pages.WrittenRule) (err error) {
	version, _ := strconv.Atoi(r.URL.Query().Get("version"))
	if p.Sheet, err = s.Governance.Rule(r.Context(), viewerOf(r), pathNumber(r), version); err != nil {
		return err
	}
	p.Frame = s.governanceFrame(r, p.Sheet.Title, parts.Link{Label: "Règles et procédures", Address: governance.RulesPath})
	p.Blocks, p.Zone, p.Done = governance.Blocks(p.Sheet.Shown.Text), s.Zone, governanceDone[r.URL.Query().Get("fait")]
	return s.write(w, r, status, pages.WrittenRulePage(p))
}

func (s *server) newRule(w http.ResponseWriter, r *http.Request) error {
	return s.ruleForm(w, r, http.StatusOK, pages.RuleEdit{Form: governance.RuleForm{Audience: governance.Everyone, Reason: "Première version.", Duty: clean(r.URL.Query().Get("responsabilite"), 40)}})
}

// editRule shows the last text of a rule, to write the next.
func (s *server) editRule(w http.ResponseWriter, r *http.Request) error {
	sheet, err := s.Governance.Rule(r.Context(), viewerOf(r), pathNumber(r), 0)
	if err != nil {
		return err
	}
	return s.ruleForm(w, r, http.StatusOK, pages.RuleEdit{Form: governance.RuleForm{ID: sheet.ID, Title: sheet.Title, Duty: sheet.Duty, Audience: sheet.WrittenRule.Audience,
		Asked: sheet.Asked, Text: sheet.Versions[0].Text, After: sheet.Last}})
}

func (s *server) ruleForm(w http.ResponseWriter, r *http.Request, status int, p pages.RuleEdit) error {
	title, crumbs := "Nouvelle règle", []parts.Link{{Label: "Règles et procédures", Address: governance.RulesPath}}
	if p.Form.ID != 0 {
		title, crumbs = "Écrire une version", append(crumbs, parts.Link{Label: p.Form.Title, Address: governance.RulePath(p.Form.ID)})
	}
	p.Frame = s.governanceFrame(r, title, crumbs...)
	list, err := s.Governance.Duties(r.Context())
	if err != nil {
		return err
	}
	for _, d := range list {
		if s.Governance.Acts(r.Context(), viewerOf(r), d.Code, "") {
			p.Duties = append(p.Duties, parts.Option{Value: d.Code, Label: d.Label})
		}
	}
	if len(p.Duties) == 0 {
		return belvedere.Errorf(belvedere.Forbidden, "Ceux qui répondent d’une responsabilité, les administrateurs et les responsables des données écrivent les règles.")
	}
	audiences, err := s.Governance.Audiences(r.Context())
	if err != nil {
		return err
	}
	for _, a := range audiences {
		p.Audiences = append(p.Audiences, parts.Option{Value: a.Code, Label: a.Label})
	}
	return s.write(w, r, status, pages.RuleEditPage(p))
}

// writeRule adds a rule or a version, or shows how its text will look.
func (s *server) writeRule(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	f := governance.RuleForm{ID: pathNumber(r), Title: clean(form.Get("titre"), 150), Duty: clean(form.Get("responsabilite"), 40), Audience: clean(form.Get("public"), 60),
		Asked: form.Get("accuse") == "oui", Text: form.Get("texte"), Reason: clean(form.Get("motif"), 1000), After: max(wholeOf(form.Get("apres")), 0), Force: form.Get("vigueur") == "oui"}
	traceOf(r).about("règle "+f.Title, "rien d’enregistré")
	if form.Get("geste") == "apercu" {
		return s.ruleForm(w, r, http.StatusOK, pages.RuleEdit{Form: f, Preview: governance.Blocks(f.Text)})
	}
	kept, err := s.Governance.Write(r.Context(), viewerOf(r), f)
	if mendable(err) {
		p := pages.RuleEdit{Form: f}
		p.Errors.Add("", belvedere.Message(err))
		return s.ruleForm(w, r, http.StatusUnprocessableEntity, p)
	} else if err != nil {
		return err
	}
	traceOf(r).about("règle "+strconv.FormatInt(kept.ID, 10)+" version "+strconv.Itoa(kept.Last), cut(kept.Title+" : "+f.Reason, 1500))
	doneAt(w, r, governance.RulePath(kept.ID), "version")
	return nil
}

// ruleDiff compares two versions of a rule.
func (s *server) ruleDiff(w http.ResponseWriter, r *http.Request) (err error) {
	p := pages.RuleDiff{}
	if p.Sheet, err = s.Governance.Rule(r.Context(), viewerOf(r), pathNumber(r), 0); err != nil {
		return err
	}
	from, to := wholeOf(r.URL.Query().Get("de")), wholeOf(r.URL.Query().Get("a"))
	if p.From, err = p.Sheet.Version(from); err != nil {
		return err
	}
	if p.To, err = p.Sheet.Version(to); err != nil {
		return err
	}
	for _, v := range p.Sheet.Versions {
		p.Numbers = append(p.Numbers, parts.Option{Value: strconv.Itoa(v.Number), Label: "version " + strconv.Itoa(v.Number)})
	}
	p.Lines, p.Unchanged = governance.Diff(p.From.Text, p.To.Text), p.From.Text == p.To.Text
	p.Frame = s.governanceFrame(r, "Différences", parts.Link{Label: "Règles et procédures", Address: governance.RulesPath}, parts.Link{Label: p.Sheet.Title, Address: governance.RulePath(p.Sheet.ID)})
	return s.write(w, r, http.StatusOK, pages.RuleDiffPage(p))
}

// forceRule puts a version in force.
func (s *server) forceRule(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	version := wholeOf(form.Get("version"))
	kept, err := s.Governance.Force(r.Context(), viewerOf(r), pathNumber(r), version)
	if err != nil {
		return err
	}
	traceOf(r).about("règle "+strconv.FormatInt(kept.ID, 10), "version "+strconv.Itoa(version)+" en vigueur")
	doneAt(w, r, governance.RulePath(kept.ID), "vigueur")
	return nil
}

// repealRule ends a rule, with the reason.
func (s *server) repealRule(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	reason := clean(form.Get("motif"), 1000)
	traceOf(r).about("règle "+strconv.FormatInt(pathNumber(r), 10), "rien de changé")
	kept, err := s.Governance.Repeal(r.Context(), viewerOf(r), pathNumber(r), reason)
	if belvedere.KindOf(err) == belvedere.Invalid && err != nil {
		p := pages.WrittenRule{Reason: reason}
		p.Errors.Add("motif", belvedere.Message(err))
		return s.writtenRulePage(w, r, http.StatusUnprocessableEntity, p)
	} else if err != nil {
		return err
	}
	traceOf(r).about("règle "+strconv.FormatInt(kept.ID, 10), "abrogée : "+reason)
	doneAt(w, r, governance.RulesPath, "abrogee")
	return nil
}

// acknowledgeRule notes that the viewer read the version in force.
func (s *server) acknowledgeRule(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	id, version := pathNumber(r), wholeOf(form.Get("version"))
	traceOf(r).about("règle "+strconv.FormatInt(id, 10), "version "+strconv.Itoa(version)+" lue")
	if err := s.Governance.Acknowledge(r.Context(), viewerOf(r), id, version); err != nil {
		return err
	}
	doneAt(w, r, governance.RulePath(id), "lu")
	return nil
}

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

// trainings lists the sessions.
func (s *server) trainings(w http.ResponseWriter, r *http.Request) (err error) {
	viewer := viewerOf(r)
	p := pages.Trainings{Frame: s.governanceFrame(r, "Formations"), Trains: s.Governance.Trains(r.Context(), viewer), Done: governanceDone[r.URL.Query().Get("fait")]}
	if p.List, err = s.Governance.Sessions(r.Context(), viewer); err != nil {
		return err
	}
	if p.Trains {
		if p.Untrained, err = s.Governance.Untrained(r.Context(), viewer); err != nil {
			return err
		}
	}
	return s.write(w, r, http.StatusOK, pages.TrainingsPage(p))
}

// trainingsFile gives one session, or all, with who registered.
func (s *server) trainingsFile(w http.ResponseWriter, r *http.Request) error {
	b := getBuffer()
	defer putBuffer(b)
	id, name := pathNumber(r), "formations.csv"
	if id > 0 {
		name = "formation-" + strconv.FormatInt(id, 10) + ".csv"
	}
	if err := s.Governance.WriteTrainings(r.Context(), viewerOf(r), id, b); err != nil {
		return err
	}
	attach(w, r, name, "text/csv; charset=utf-8", b)
	return nil
}

func (s *server) newTraining(w http.ResponseWriter, r *http.Request) error {
	return s.trainingForm(w, r, http.StatusOK, pages.TrainingEdit{Form: registry.Training{Seats: 12}})
}

func (s *server) editTraining(w http.ResponseWriter, r *http.Request) error {
	one, err := s.Governance.Session(r.Context(), viewerOf(r), pathNumber(r))
	if err != nil {
		return err
	}
	return s.trainingForm(w, r, http.StatusOK, pages.TrainingEdit{Form: one.Training, Day: one.Day.Format("2006-01-02")})
}

func (s *server) trainingForm(w http.ResponseWriter, r *http.Request, status int, p pages.TrainingEdit) error {
	if !s.Governance.Trains(r.Context(), viewerOf(r)) {
		return belvedere.Errorf(belvedere.Forbidden, "Le responsable « formation », les administrateurs et les responsables des données tiennent les sessions.")
	}
	title := "Nouvelle session"
	if p.Form.ID != 0 {
		title = "Modifier la session"
	}
	p.Frame = s.governanceFrame(r, title, parts.Link{Label: "Formations", Address: governance.TrainingsPath})
	topics, err := s.Governance.Topics(r.Context())
	if err != nil {
		return err
	}
	p.Topics = []parts.Option{{Label: "Pour tous"}}
	for _, t := range topics {
		p.Topics = append(p.Topics, parts.Option{Value: t.Code, Label: t.Label})
	}
	return s.write(w, r, status, pages.TrainingEditPage(p))
}

// putTraining adds a session or changes it.
func (s *server) putTraining(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	p := pages.TrainingEdit{Day: clean(form.Get("date"), 20), Form: registry.Training{ID: pathNumber(r), Label: clean(form.Get("sujet"), 150), Note: form.Get("programme"),
		Topic: clean(form.Get("prepare"), 40), Hours: clean(form.Get("horaire"), 60), Place: clean(form.Get("lieu"), 120), Trainer: clean(form.Get("formateur"), 120),
		Seats: wholeOf(form.Get("places")), Cancelled: form.Get("annulee") == "oui"}}
	traceOf(r).about("formation "+p.Form.Label, "rien de changé")
	if day, err := belvedere.ParseDate(p.Day); err == nil {
		p.Form.Day = day
	}
	t, err := s.Governance.PutTraining(r.Context(), viewerOf(r), p.Form)
	if mendable(err) {
		p.Errors.Add("", belvedere.Message(err))
		return s.trainingForm(w, r, http.StatusUnprocessableEntity, p)
	} else if err != nil {
		return err
	}
	traceOf(r).about("formation "+strconv.FormatInt(t.ID, 10), t.Label)
	doneAt(w, r, governance.TrainingPath(t.ID), "enregistre")
	return nil
}

// training shows one session.
func (s *server) training(w http.ResponseWriter, r *http.Request) error {
	return s.trainingPage(w, r, http.StatusOK, pages.Training{})
}

func (s *server) trainingPage(w http.ResponseWriter, r *http.Request, status int, p pages.Training) (err error) {
	if p.Session, err = s.Governance.Session(r.Context(), viewerOf(r), pathNumber(r)); err != nil {
		return err
	}
	p.Frame = s.governanceFrame(r, p.Session.Label, parts.Link{Label: "Formations", Address: governance.TrainingsPath})
	p.Zone, p.Done = s.Zone, governanceDone[r.URL.Query().Get("fait")]
	return s.write(w, r, status, pages.TrainingPage(p))
}

func (s *server) registerTraining(w http.ResponseWriter, r *http.Request) error {
	return s.seat(w, r, "inscrit", func(id int64) error { return s.Governance.Register(r.Context(), viewerOf(r), id, "") })
}

func (s *server) unregisterTraining(w http.ResponseWriter, r *http.Request) error {
	return s.seat(w, r, "desinscrit", func(id int64) error { return s.Governance.Unregister(r.Context(), viewerOf(r), id, "") })
}

// seat does something with a seat of a session, and comes back to it.
func (s *server) seat(w http.ResponseWriter, r *http.Request, word string, do func(id int64) error) error {
	id := pathNumber(r)
	traceOf(r).about("formation "+strconv.FormatInt(id, 10), word)
	if err := do(id); err != nil {
		return err
	}
	doneAt(w, r, governance.TrainingPath(id), word)
	return nil
}

// markPresence registers others, and says who came.
func (s *server) markPresence(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	id, login, what := pathNumber(r), clean(form.Get("qui"), 120), form.Get("presence")
	traceOf(r).about("formation "+strconv.FormatInt(id, 10), strings.TrimSpace(clean(what, 20)+" "+login))
	viewer, word := viewerOf(r), "presence"
	switch {
	case login == "":
		err = belvedere.Errorf(belvedere.Invalid, "Dites qui, par son identifiant.")
	case what == "inscrire":
		err, word = s.Governance.Register(r.Context(), viewer, id, login), "inscrit"
	case what == "retirer":
		err, word = s.Governance.Unregister(r.Context(), viewer, id, login), "desinscrit"
	default:
		err = s.Governance.MarkPresence(r.Context(), viewer, id, login, registry.Presence(what))
	}
	if mendable(err) {
		p := pages.Training{Login: login}
		p.Errors.Add("qui", belvedere.Message(err))
		return s.trainingPage(w, r, http.StatusUnprocessableEntity, p)
	} else if err != nil {
		return err
	}
	http.Redirect(w, r, withQuery(governance.TrainingPath(id), url.Values{"fait": {word}}), http.StatusSeeOther)
	return nil
}
