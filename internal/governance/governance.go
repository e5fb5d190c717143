// Package governance is the organisation around the figures (seed 003): who answers for what, the
// year of procedures, written rules and who read them, the memory of questions and answers, training
// sessions. Pages and command line come through it.
//
// It promises that nobody is told twice: each letter takes its slot in the registry before it is sent,
// and keeps it for ever. It holds no figure and no pupil, and gives no right over either.
package governance

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"belvedere"
	"belvedere/internal/door"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
)

// Config is what a Service needs.
type Config struct {
	Registry registry.Registry
	Model    func(ctx context.Context) (*belvedere.Model, error)         // names indicators; nil names none
	Schools  func(ctx context.Context) (map[belvedere.UAI]string, error) // names of schools; nil names none
	Mail     mail.Sender                                                 // nil tells nobody
	Console  func(ctx context.Context) mail.Console                      // what letters say of the console
	Journal  door.Journal                                                // nil keeps nothing
	Zone     *time.Location
	Now      func() time.Time
	Errors   *slog.Logger
}

// A Service is safe for concurrent use.
type Service struct{ Config }

// New makes a Service.
func New(c Config) *Service {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Errors == nil {
		c.Errors = slog.Default()
	}
	return &Service{c}
}

// Run carries the year on, reminds of what begins, ends and is to be read, and takes questions that
// nobody answers further. What fails is noted and does not keep the others from running.
func (s *Service) Run(ctx context.Context) {
	for what, do := range map[string]func(context.Context) error{
		"calendar": s.remindTasks, "rules": s.remindReaders, "questions": s.escalate, "trainings": s.remindTrainings,
	} {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			s.Errors.Error("governance could not go on", "work", what, "err", err)
		}
	}
}

// Manages tells who edits all of it: administrators and data officers.
func Manages(v belvedere.Viewer) bool {
	return v.Kind == belvedere.Operator || v.Kind == belvedere.AccountViewer && v.May(belvedere.DataOfficer)
}

// managing refuses who does not.
func managing(v belvedere.Viewer) error {
	if Manages(v) {
		return nil
	}
	return belvedere.Errorf(belvedere.Forbidden, "Les administrateurs et les responsables des données tiennent cette page.")
}

// sees tells whether what is said of a school is for a viewer: as everywhere, the schools outside of
// his or her rights might as well not exist.
func sees(v belvedere.Viewer, school belvedere.UAI) bool {
	return school == "" || v.Kind == belvedere.Operator || v.Scope.AllSchools || slices.Contains(v.Scope.Schools, school) || slices.Contains(v.Scope.Own, school)
}

// today is the calendar date of the territory.
func (s *Service) today() time.Time {
	now := s.Now().In(s.Zone)
	return belvedere.Date(now.Year(), now.Month(), now.Day())
}

// Year is the school year of today.
func (s *Service) Year() belvedere.SchoolYear { return belvedere.SchoolYearOf(s.today()) }

// people are all accounts, by number.
func (s *Service) people(ctx context.Context) (map[int64]registry.Account, error) {
	list, _, err := s.Registry.ListAccounts(ctx, registry.AccountFilter{}, registry.Page{})
	out := make(map[int64]registry.Account, len(list))
	for _, a := range list {
		out[a.ID] = a
	}
	return out, err
}

// schools are the names of schools; a school that has none is shown by its UAI.
func (s *Service) schools(ctx context.Context) map[belvedere.UAI]string {
	if s.Schools == nil {
		return nil
	}
	names, err := s.Schools(ctx)
	if err != nil {
		s.Errors.Warn("the names of schools could not be read", "err", err)
	}
	return names
}

func schoolName(names map[belvedere.UAI]string, school belvedere.UAI) string {
	switch {
	case school == "":
		return "Ensemble"
	case names[school] != "":
		return names[school] + " (" + string(school) + ")"
	}
	return string(school)
}

// checkSchool reads a school that someone typed: none, or one whose figures the viewer may ask for.
func (s *Service) checkSchool(v belvedere.Viewer, typed string) (belvedere.UAI, error) {
	if typed == "" {
		return "", nil
	}
	uai, err := belvedere.ParseUAI(typed)
	if err != nil {
		return "", belvedere.WrapError(belvedere.Invalid, err, "%v", err)
	}
	if !sees(v, uai) {
		return "", belvedere.Errorf(belvedere.Invalid, "Vos droits n’ouvrent pas l’établissement %s.", uai)
	}
	return uai, nil
}

// Days of the settings when nobody has set them.
const (
	defaultEscalation = 5
	defaultReminder   = 14
)

// A Settings is what managers set.
type Settings struct {
	Escalation int // days without answer before a question goes further
	Reminder   int // days between two reminders to read a rule
}

// Settings gives those of the territory.
func (s *Service) Settings(ctx context.Context) (Settings, error) {
	kept, err := s.Registry.Settings(ctx)
	bounded := func(name string, most, usual int) int {
		if n, err := strconv.Atoi(kept[name]); err == nil && n >= 1 && n <= most {
			return n
		}
		return usual
	}
	return Settings{bounded(registry.SettingEscalation, 60, defaultEscalation), bounded(registry.SettingReadReminder, 90, defaultReminder)}, err
}

// PutSettings sets them.
func (s *Service) PutSettings(ctx context.Context, v belvedere.Viewer, x Settings) (err error) {
	defer belvedere.Wrap(&err, "PutSettings")
	if err := managing(v); err != nil {
		return err
	}
	if x.Escalation < 1 || x.Escalation > 60 {
		return belvedere.Errorf(belvedere.Invalid, "Une question sans réponse est transmise après 1 à 60 jours.")
	}
	if x.Reminder < 1 || x.Reminder > 90 {
		return belvedere.Errorf(belvedere.Invalid, "Un rappel de lecture part tous les 1 à 90 jours.")
	}
	return s.Registry.PutSettings(ctx, map[string]string{registry.SettingEscalation: strconv.Itoa(x.Escalation), registry.SettingReadReminder: strconv.Itoa(x.Reminder)})
}
