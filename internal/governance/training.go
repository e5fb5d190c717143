package governance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
)

// TrainingsPath is the page of training sessions.
const TrainingsPath = "/gouvernance/formations"

// TrainingPath is the page of one.
func TrainingPath(id int64) string { return fmt.Sprintf("%s/%d", TrainingsPath, id) }

// A Topic is what a session prepares for: a capability, or a duty.
type Topic struct{ Code, Label string }

// capabilities are those that people are trained for.
var capabilities = []Topic{
	{string(belvedere.Author), "Auteur de requêtes"}, {string(belvedere.Extractor), "Extracteur"}, {string(belvedere.DataOfficer), "Responsable des données"},
}

// Topics are all that a session may prepare for.
func (s *Service) Topics(ctx context.Context) ([]Topic, error) {
	out := slices.Clone(capabilities)
	duties, err := s.Duties(ctx)
	for _, d := range duties {
		out = append(out, Topic{d.Code, "Responsabilité " + d.Label})
	}
	return out, err
}

func (s *Service) topicLabel(ctx context.Context, code string) string {
	if code == "" {
		return "Pour tous"
	}
	topics, _ := s.Topics(ctx)
	for _, t := range topics {
		if t.Code == code {
			return t.Label
		}
	}
	return code
}

// trains is for who holds the duty of training, and for managers.
func (s *Service) trains(ctx context.Context, v belvedere.Viewer) error {
	return s.answers(ctx, v, "formation", "")
}

// Trains tells whether a viewer keeps the sessions.
func (s *Service) Trains(ctx context.Context, v belvedere.Viewer) bool {
	return s.trains(ctx, v) == nil
}

// PutTraining adds a session or changes it.
func (s *Service) PutTraining(ctx context.Context, v belvedere.Viewer, t registry.Training) (_ registry.Training, err error) {
	defer belvedere.Wrap(&err, "PutTraining(%s)", t.Label)
	if err := s.trains(ctx, v); err != nil {
		return t, err
	}
	topics, err := s.Topics(ctx)
	if err != nil {
		return t, err
	}
	if t.Topic != "" && !slices.ContainsFunc(topics, func(o Topic) bool { return o.Code == t.Topic }) {
		return t, belvedere.Errorf(belvedere.Invalid, "Une session prépare à une habilitation ou à une responsabilité de la liste.")
	}
	t.Label, t.Note, t.Hours, t.Place, t.Trainer = strings.TrimSpace(t.Label), tidyText(t.Note), strings.TrimSpace(t.Hours), strings.TrimSpace(t.Place), strings.TrimSpace(t.Trainer)
	t.By, t.At = v.Login, s.Now().UTC()
	return s.Registry.PutTraining(ctx, t)
}

// A Seat is a registered person.
type Seat struct {
	registry.Attendance
	Login string
	Name  string
}

// A Session is a training with what pages say of it.
type Session struct {
	registry.Training
	TopicLabel string
	Taken      int
	Mine       bool // the viewer is registered
	Past       bool
	Acts       bool
	Seats      []Seat // for those who keep the sessions
}

// Full tells whether no place is left.
func (t Session) Full() bool { return t.Training.Seats > 0 && t.Taken >= t.Training.Seats }

// Open tells whether one may still register.
func (t Session) Open() bool { return !t.Past && !t.Cancelled }

// Sessions lists all, the latest day first.
func (s *Service) Sessions(ctx context.Context, v belvedere.Viewer) (out []Session, err error) {
	defer belvedere.Wrap(&err, "Sessions")
	list, err := s.Registry.Trainings(ctx)
	if err != nil {
		return nil, err
	}
	seats, err := s.Registry.Attendances(ctx, 0)
	if err != nil {
		return nil, err
	}
	acts := s.Trains(ctx, v)
	for _, t := range list {
		one := Session{Training: t, TopicLabel: s.topicLabel(ctx, t.Topic), Past: t.Day.Before(s.today()), Acts: acts}
		for _, a := range seats {
			if a.Training == t.ID {
				one.Taken++
				one.Mine = one.Mine || v.ID != 0 && a.Account == v.ID
			}
		}
		out = append(out, one)
	}
	return out, nil
}

// Session gives one, with its list for those who keep the sessions.
func (s *Service) Session(ctx context.Context, v belvedere.Viewer, id int64) (one Session, err error) {
	defer belvedere.Wrap(&err, "Session(%d)", id)
	t, err := s.Registry.Training(ctx, id)
	if err != nil {
		return one, err
	}
	one = Session{Training: t, TopicLabel: s.topicLabel(ctx, t.Topic), Past: t.Day.Before(s.today()), Acts: s.Trains(ctx, v)}
	seats, err := s.Registry.Attendances(ctx, id)
	if err != nil {
		return one, err
	}
	people, err := s.people(ctx)
	for _, a := range seats {
		one.Taken++
		one.Mine = one.Mine || v.ID != 0 && a.Account == v.ID
		if one.Acts {
			one.Seats = append(one.Seats, Seat{Attendance: a, Login: people[a.Account].Login, Name: people[a.Account].Name()})
		}
	}
	return one, err
}

// Register gives a seat to the viewer, or to another (who keeps the sessions may).
func (s *Service) Register(ctx context.Context, v belvedere.Viewer, id int64, login string) (err error) {
	defer belvedere.Wrap(&err, "Register(%d)", id)
	account, err := s.seatOf(ctx, v, login)
	if err != nil {
		return err
	}
	t, err := s.Registry.Training(ctx, id)
	if err != nil {
		return err
	}
	if t.Day.Before(s.today()) {
		return belvedere.Errorf(belvedere.Conflict, "Cette session est passée.")
	}
	return s.Registry.Register(ctx, id, account, s.Now().UTC())
}

// Unregister frees a seat.
func (s *Service) Unregister(ctx context.Context, v belvedere.Viewer, id int64, login string) (err error) {
	defer belvedere.Wrap(&err, "Unregister(%d)", id)
	account, err := s.seatOf(ctx, v, login)
	if err != nil {
		return err
	}
	return s.Registry.Unregister(ctx, id, account)
}

// seatOf is whose seat it is: the viewer's own when no other is named.
func (s *Service) seatOf(ctx context.Context, v belvedere.Viewer, login string) (int64, error) {
	if login = strings.TrimSpace(login); login == "" || login == v.Login && v.Kind == belvedere.AccountViewer {
		if v.Kind != belvedere.AccountViewer || v.ID == 0 {
			return 0, belvedere.Errorf(belvedere.Invalid, "Dites qui s’inscrit, par son identifiant.")
		}
		return v.ID, nil
	}
	if err := s.trains(ctx, v); err != nil {
		return 0, err
	}
	account, err := s.Registry.AccountByLogin(ctx, login)
	if belvedere.KindOf(err) == belvedere.NotFound && err != nil {
		err = belvedere.Errorf(belvedere.Invalid, "Aucun compte n’a l’identifiant «\u00a0%.60s\u00a0».", login)
	}
	return account.ID, err
}

// MarkPresence says who came.
func (s *Service) MarkPresence(ctx context.Context, v belvedere.Viewer, id int64, login string, presence registry.Presence) (err error) {
	defer belvedere.Wrap(&err, "MarkPresence(%d)", id)
	if err := s.trains(ctx, v); err != nil {
		return err
	}
	account, err := s.seatOf(ctx, v, login)
	if err != nil {
		return err
	}
	return s.Registry.MarkPresence(ctx, registry.Attendance{Training: id, Account: account, Presence: presence, By: v.Login, At: s.Now().UTC()})
}

// An Untrained is someone who was not yet trained for what he or she may do.
type Untrained struct {
	Account    registry.Account
	Topic      string
	Label      string
	Registered time.Time // day of a session to come, zero for none
}

// Untrained lists who has attended no session for a capability that a grant gives, or for a duty that
// sessions prepare for: for those who keep the sessions.
func (s *Service) Untrained(ctx context.Context, v belvedere.Viewer) (out []Untrained, err error) {
	defer belvedere.Wrap(&err, "Untrained")
	if err := s.trains(ctx, v); err != nil {
		return nil, err
	}
	trainings, err := s.Registry.Trainings(ctx)
	if err != nil {
		return nil, err
	}
	seats, err := s.Registry.Attendances(ctx, 0)
	if err != nil {
		return nil, err
	}
	topics, err := s.Topics(ctx)
	if err != nil {
		return nil, err
	}
	for _, topic := range topics {
		audience := topic.Code
		if !slices.ContainsFunc(capabilities, func(c Topic) bool { return c.Code == topic.Code }) {
			if !slices.ContainsFunc(trainings, func(t registry.Training) bool { return t.Topic == topic.Code }) {
				continue // nobody trains for it
			}
			audience = holdersOf + topic.Code
		}
		people, err := s.concerned(ctx, audience)
		if err != nil {
			return nil, err
		}
		for _, a := range people {
			u := Untrained{Account: a, Topic: topic.Code, Label: topic.Label}
			if !s.trained(&u, trainings, seats) {
				out = append(out, u)
			}
		}
	}
	return out, nil
}

// trained tells whether someone attended a session of a topic, and notes a session to come.
func (s *Service) trained(u *Untrained, trainings []registry.Training, seats []registry.Attendance) bool {
	for _, t := range trainings {
		if t.Topic != u.Topic || t.Cancelled {
			continue
		}
		for _, a := range seats {
			switch {
			case a.Training != t.ID || a.Account != u.Account.ID:
			case a.Presence == registry.Present:
				return true
			case !t.Day.Before(s.today()):
				u.Registered = t.Day
			}
		}
	}
	return false
}

// trainingReminder is how many days before a session those who registered are reminded of it.
const trainingReminder = 3

// remindTrainings writes to those who registered for a session that is near, and to those of one that is
// cancelled.
func (s *Service) remindTrainings(ctx context.Context) error {
	list, err := s.Registry.Trainings(ctx)
	if err != nil || len(list) == 0 {
		return err
	}
	var people map[int64]registry.Account
	for _, t := range list {
		left := t.Day.Sub(s.today())
		if left < 0 || !t.Cancelled && left > days(trainingReminder) {
			continue
		}
		seats, err := s.Registry.Attendances(ctx, t.ID)
		if err != nil {
			return err
		}
		if people == nil {
			if people, err = s.people(ctx); err != nil {
				return err
			}
		}
		var to []registry.Account
		for _, a := range seats {
			to = append(to, people[a.Account])
		}
		slot, subject, what := "rappel "+t.Day.Format(time.DateOnly), "formation : "+t.Label, "Une formation à laquelle vous êtes inscrit a lieu bientôt."
		if t.Cancelled {
			slot, subject, what = "annulée", "formation annulée : "+t.Label, "Une formation à laquelle vous étiez inscrit est annulée."
		}
		if _, err := s.tell(ctx, to, news{kind: registry.LetterTraining, number: t.ID, slot: slot, GovernanceNews: mail.GovernanceNews{
			Subject: subject, What: what, Label: "Ouvrir la session", Link: TrainingPath(t.ID),
			Facts: [][2]string{{"Session", t.Label}, {"Date", belvedere.LongDate(t.Day)}, {"Horaire", t.Hours}, {"Lieu", t.Place}},
		}}); err != nil {
			return err
		}
	}
	return nil
}
