package governance

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
)

// QuestionsPath is the page of questions and answers.
const QuestionsPath = "/gouvernance/questions"

// QuestionPath is the page of one.
func QuestionPath(id int64) string { return fmt.Sprintf("%s/%d", QuestionsPath, id) }

// The steps of a question without answer.
const (
	AtHolder   = 0
	AtDeputy   = 1
	AtSteering = 2
)

// A QuestionForm is what someone asks, as typed.
type QuestionForm struct {
	Subject   string
	Text      string
	Duty      string
	School    string
	Rule      int64
	Indicator string
}

// Ask keeps a question, and tells who answers for it.
func (s *Service) Ask(ctx context.Context, v belvedere.Viewer, f QuestionForm) (q registry.HelpQuestion, err error) {
	defer belvedere.Wrap(&err, "Ask")
	if v.Kind != belvedere.AccountViewer && v.Kind != belvedere.Operator {
		return q, belvedere.Errorf(belvedere.Forbidden, "Une question est posée par une personne qui s’est identifiée.")
	}
	d, err := s.duty(ctx, f.Duty)
	if err != nil {
		return q, err
	}
	q = registry.HelpQuestion{Subject: strings.TrimSpace(f.Subject), Text: tidyText(f.Text), Duty: f.Duty, Rule: f.Rule, Indicator: strings.TrimSpace(f.Indicator),
		Account: v.ID, By: v.Login, At: s.Now().UTC()}
	if q.School, err = s.checkSchool(v, strings.TrimSpace(f.School)); err != nil {
		return q, err
	}
	if q.Rule != 0 {
		if _, err := s.Rule(ctx, v, q.Rule, 0); err != nil {
			return q, belvedere.WrapError(belvedere.Invalid, err, "La règle n°\u00a0%d n’existe pas.", q.Rule)
		}
	}
	if q.Indicator != "" && s.indicatorLabel(ctx, q.Indicator) == "" {
		return q, belvedere.Errorf(belvedere.Invalid, "Aucun indicateur ne porte le code «\u00a0%.60s\u00a0».", q.Indicator)
	}
	if q, err = s.Registry.AskHelp(ctx, q); err != nil {
		return q, err
	}
	to, err := s.responsible(ctx, q.Duty, q.School)
	if err == nil {
		_, err = s.tell(ctx, besides(to, v.ID), s.questionNews(q, "posée", "question : "+q.Subject, "Quelqu’un pose une question à la responsabilité "+d.Label+", et attend une réponse."))
	}
	if err != nil { // the question is kept, and goes further by itself when nobody is told
		s.Errors.Warn("nobody could be told of a question", "question", q.ID, "err", err)
	}
	return q, nil
}

func besides(list []registry.Account, id int64) []registry.Account {
	return slices.DeleteFunc(list, func(a registry.Account) bool { return a.ID == id })
}

func (s *Service) questionNews(q registry.HelpQuestion, slot, subject, what string) news {
	return news{kind: registry.LetterQuestion, number: q.ID, slot: slot, GovernanceNews: mail.GovernanceNews{
		Subject: subject, What: what, Label: "Ouvrir la question", Link: QuestionPath(q.ID),
		Facts: [][2]string{{"Objet", q.Subject}, {"Posée par", q.By}, {"Le", belvedere.DayMonthYear(q.At.In(s.Zone))}, {"Question", q.Text}},
	}}
}

// Answer keeps the answer to a question, and tells who asked.
func (s *Service) Answer(ctx context.Context, v belvedere.Viewer, id int64, text string) (q registry.HelpQuestion, err error) {
	defer belvedere.Wrap(&err, "Answer(%d)", id)
	if q, err = s.question(ctx, v, id); err != nil {
		return q, err
	}
	if err := s.mayAnswer(ctx, v, q); err != nil {
		return q, err
	}
	if q, err = s.Registry.AnswerHelp(ctx, id, tidyText(text), v.Login, s.Now().UTC()); err != nil {
		return q, err
	}
	asker, err := s.Registry.Account(ctx, q.Account)
	if err == nil && asker.ID != v.ID {
		n := s.questionNews(q, "réponse", "réponse : "+q.Subject, "Votre question a une réponse. Elle est gardée pour tous.")
		n.Facts = append(n.Facts, [2]string{"Réponse", q.Answer})
		if _, err := s.tell(ctx, []registry.Account{asker}, n); err != nil {
			s.Errors.Warn("who asked could not be told of the answer", "question", q.ID, "err", err)
		}
	}
	return q, nil
}

// mayAnswer is for who holds the duty, for the steering once it came that far, and for managers.
func (s *Service) mayAnswer(ctx context.Context, v belvedere.Viewer, q registry.HelpQuestion) error {
	err := s.answers(ctx, v, q.Duty, q.School)
	if err != nil && q.Step >= AtSteering && s.answers(ctx, v, Steering, "") == nil {
		return nil
	}
	return err
}

// question finds one that a viewer may read.
func (s *Service) question(ctx context.Context, v belvedere.Viewer, id int64) (registry.HelpQuestion, error) {
	q, err := s.Registry.HelpQuestion(ctx, id)
	if err == nil && !sees(v, q.School) {
		err = belvedere.Errorf(belvedere.NotFound, "Cette question n’existe pas, ou plus.")
	}
	return q, err
}

// An Entry is a question of the memory: one asked here, or one about an indicator, which stays where it is.
type Entry struct {
	registry.HelpQuestion
	Definition bool // asked on the page of an indicator
	Link       string
	DutyLabel  string
	SchoolName string
	RuleTitle  string
	About      string // label of the indicator, ""
	Late       bool
	Acts       bool // the viewer may answer
	Near       bool // of a search: it holds most of the words, not all
}

// StepLabel says how far a question without answer went.
func (e Entry) StepLabel() string {
	switch e.Step {
	case AtDeputy:
		return "transmise au suppléant"
	case AtSteering:
		return "transmise au pilotage"
	}
	return ""
}

// A Search keeps the questions that meet all that it says.
type Search struct {
	Text string // words, without case or accents
	Duty string
	Open bool // without answer
	Mine bool
}

// Question gives one with what pages say of it.
func (s *Service) Question(ctx context.Context, v belvedere.Viewer, id int64) (e Entry, err error) {
	defer belvedere.Wrap(&err, "Question(%d)", id)
	q, err := s.question(ctx, v, id)
	if err != nil {
		return e, err
	}
	g, err := s.ground(ctx, v)
	return s.entry(ctx, q, g), err
}

func (s *Service) entries(ctx context.Context, v belvedere.Viewer) (out []Entry, err error) {
	list, err := s.Registry.HelpQuestions(ctx, false)
	if err != nil {
		return nil, err
	}
	g, err := s.ground(ctx, v)
	if err != nil {
		return nil, err
	}
	for _, q := range list {
		if sees(v, q.School) {
			out = append(out, s.entry(ctx, q, g))
		}
	}
	about, _, err := s.Registry.ListQuestions(ctx, registry.QuestionFilter{}, registry.Page{})
	if err != nil {
		return nil, err
	}
	for _, q := range about {
		label := cmp.Or(s.indicatorLabel(ctx, q.Indicator), q.Indicator)
		out = append(out, Entry{Definition: true, Link: fmt.Sprintf("/indicateurs/%s#question-%d", q.Indicator, q.ID), About: label, DutyLabel: "Indicateurs",
			HelpQuestion: registry.HelpQuestion{ID: q.ID, Subject: label, Text: q.Text, Indicator: q.Indicator, By: q.By, At: q.At, Answer: q.Answer, AnsweredBy: q.AnsweredBy, Answered: q.Answered}})
	}
	slices.SortStableFunc(out, func(a, b Entry) int { return b.At.Compare(a.At) })
	return out, nil
}

func (s *Service) entry(ctx context.Context, q registry.HelpQuestion, g ground) Entry {
	return Entry{HelpQuestion: q, Link: QuestionPath(q.ID), DutyLabel: g.label(q.Duty), SchoolName: schoolName(g.names, q.School), RuleTitle: g.rules[q.Rule],
		About: s.indicatorLabel(ctx, q.Indicator), Late: q.Answered.IsZero() && s.Now().Sub(q.At) > days(g.settings.Escalation),
		Acts: g.acts(q.Duty, q.School) || q.Step >= AtSteering && g.acts(Steering, "")}
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// indicatorLabel is the label of an indicator, "" when none bears the code.
func (s *Service) indicatorLabel(ctx context.Context, code string) string {
	if s.Model == nil || code == "" {
		return ""
	}
	m, err := s.Model(ctx)
	if err != nil {
		return ""
	}
	if ind := m.Indicator(code); ind != nil {
		return ind.Label
	}
	return ""
}

// escalate takes questions that nobody answers further: after some days to the deputy, after as many
// again to the steering; where there is no deputy, to the steering at once. Letters come before the
// step, so that a crash between them tells nobody twice and forgets nobody.
func (s *Service) escalate(ctx context.Context) error {
	open, err := s.Registry.HelpQuestions(ctx, true)
	if err != nil || len(open) == 0 {
		return err
	}
	settings, err := s.Settings(ctx)
	if err != nil {
		return err
	}
	for _, q := range open {
		waited := s.Now().Sub(q.At)
		if q.Step < AtDeputy && waited >= days(settings.Escalation) {
			deputies, err := s.holders(ctx, q.Duty, q.School, registry.Deputy)
			if err != nil {
				return err
			}
			step := AtDeputy
			if deputies = besides(deputies, q.Account); len(deputies) == 0 {
				step = AtSteering
			} else if err := s.further(ctx, q, step, deputies, "sans réponse : "+q.Subject, fmt.Sprintf("Une question attend depuis %d jours\u00a0: en tant que suppléant, répondez-y.", settings.Escalation)); err != nil {
				return err
			}
			if step == AtDeputy {
				q.Step = step
			}
		}
		if q.Step < AtSteering && (waited >= 2*days(settings.Escalation) || q.Step < AtDeputy && waited >= days(settings.Escalation)) {
			to, err := s.steering(ctx)
			if err != nil {
				return err
			}
			if err := s.further(ctx, q, AtSteering, to, "sans réponse : "+q.Subject, "Une question reste sans réponse de la responsabilité à qui elle s’adresse\u00a0: elle est transmise au pilotage."); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) further(ctx context.Context, q registry.HelpQuestion, step int, to []registry.Account, subject, what string) error {
	if _, err := s.tell(ctx, to, s.questionNews(q, fmt.Sprintf("étape %d", step), subject, what)); err != nil {
		return err
	}
	_, err := s.Registry.StepHelp(ctx, q.ID, step, s.Now().UTC())
	return err
}
