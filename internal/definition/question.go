package definition

import (
	"context"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// Name says who answers for an indicator: an account by its identifiant, else a function; "" for nobody.
func (s *Service) Name(ctx context.Context, v belvedere.Viewer, code, who string) (err error) {
	defer belvedere.Wrap(&err, "Name(%s)", code)
	if !s.May(v, registry.Owner{}).Name {
		return belvedere.Errorf(belvedere.Forbidden, "Les administrateurs nomment le responsable d’un indicateur.")
	}
	if _, _, err := s.Indicator(ctx, code); err != nil {
		return err
	}
	o := registry.Owner{Indicator: code, Name: strings.TrimSpace(who), By: v.Login, At: s.Now().UTC()}
	if o.Name != "" {
		account, err := s.Registry.AccountByLogin(ctx, o.Name)
		if err == nil {
			o.Account, o.Name = account.ID, account.Name()
		} else if belvedere.KindOf(err) != belvedere.NotFound {
			return err
		} else if strings.Contains(o.Name, "@") {
			return belvedere.Errorf(belvedere.NotFound, "Aucun compte n’a l’identifiant «\u00a0%s\u00a0».", o.Name)
		}
	}
	return s.Registry.PutOwner(ctx, o)
}

// Ask keeps a question of a reader, and tells those who may answer.
func (s *Service) Ask(ctx context.Context, v belvedere.Viewer, code, text string) (out registry.Question, err error) {
	defer belvedere.Wrap(&err, "Ask(%s)", code)
	if v.Kind != belvedere.AccountViewer && v.Kind != belvedere.Operator {
		return out, belvedere.Errorf(belvedere.Forbidden, "Une question est posée par une personne qui s’est identifiée.")
	}
	ind, _, err := s.Indicator(ctx, code)
	if err != nil {
		return out, err
	}
	out, err = s.Registry.AskQuestion(ctx, registry.Question{Indicator: code, Text: strings.TrimSpace(text), By: v.Login, At: s.Now().UTC()})
	if err != nil {
		return out, err
	}
	_, owner, err := s.rightsOf(ctx, v, code)
	if err != nil {
		return out, err
	}
	return out, s.tell(ctx, owner, v, func(to registry.Account) error { return s.Mail.DefinitionAsked(ctx, to, out, ind.Label) })
}

// Answer keeps the answer to a question.
func (s *Service) Answer(ctx context.Context, v belvedere.Viewer, id int64, text string) (out registry.Question, err error) {
	defer belvedere.Wrap(&err, "Answer(%d)", id)
	if out, err = s.Registry.Question(ctx, id); err != nil {
		return out, err
	}
	may, _, err := s.rightsOf(ctx, v, out.Indicator)
	if err != nil {
		return out, err
	}
	if !may.Answer {
		return out, belvedere.Errorf(belvedere.Forbidden, "Le responsable de l’indicateur et les administrateurs répondent.")
	}
	return s.Registry.AnswerQuestion(ctx, id, strings.TrimSpace(text), v.Login, s.Now().UTC())
}

// Late tells whether a question waits for its answer for longer than the delay.
func (s *Service) Late(q registry.Question) bool {
	return q.Answered.IsZero() && s.Now().Sub(q.At) > time.Duration(s.Delay)*24*time.Hour
}
