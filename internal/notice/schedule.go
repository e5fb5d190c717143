package notice

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/registry"
	"belvedere/internal/watch"
)

// Formats of the files that are sent.
var Formats = []string{"csv", "xlsx", "pdf"}

// A ScheduleForm is a schedule as typed.
type ScheduleForm struct {
	Label    string
	Address  string // of a page, with its state
	Format   string
	Rhythm   string
	Accounts []string // identifiers; none: oneself. Others need an administrator
	Groups   []int64
}

// CreateSchedule sets a schedule. An administrator may set one for several: each of them gets
// what his or her own rights open. admin.Flaws when the form is wrong.
func (s *Service) CreateSchedule(ctx context.Context, viewer belvedere.Viewer, f ScheduleForm) (one registry.Schedule, err error) {
	defer belvedere.Wrap(&err, "CreateSchedule(%s)", f.Label)
	var flaws admin.Flaws
	add := func(field, text string) { flaws = append(flaws, admin.Flaw{Field: field, Message: typeset(text)}) }
	one = registry.Schedule{Author: viewer.ID, Label: strings.TrimSpace(f.Label), Format: f.Format, Rhythm: f.Rhythm, Created: s.Now().UTC()}
	if !slices.Contains(Formats, f.Format) {
		add("format", "Choisissez un format : csv, xlsx ou pdf.")
	}
	if !watch.Rhythm(f.Rhythm).Known() {
		add("rythme", "Choisissez un rythme de la liste.")
	}
	if err := s.recipientsOf(ctx, viewer, f, &one, add); err != nil {
		return one, err
	}
	title, err := s.pageOf(ctx, viewer, f.Address, &one)
	if belvedere.KindOf(err) == belvedere.Internal && err != nil {
		return one, err
	} else if err != nil {
		add("page", belvedere.Message(err))
	}
	if one.Label == "" {
		one.Label = title
	}
	if len([]rune(one.Label)) > 120 || strings.ContainsAny(one.Label, "\r\n\t\x00") {
		add("nom", "Le nom compte au plus 120 caractères, sur une ligne.")
	}
	if len(flaws) > 0 {
		return one, flaws
	}
	return s.Registry.CreateSchedule(ctx, one)
}

// recipientsOf reads who receives.
func (s *Service) recipientsOf(ctx context.Context, viewer belvedere.Viewer, f ScheduleForm, one *registry.Schedule, add func(field, text string)) error {
	for _, login := range f.Accounts {
		if login = strings.TrimSpace(login); login == "" {
			continue
		}
		a, err := s.Registry.AccountByLogin(ctx, login)
		switch {
		case belvedere.KindOf(err) == belvedere.NotFound:
			add("destinataires", fmt.Sprintf("Aucun compte n’a l’identifiant « %.60s ».", login))
		case err != nil:
			return err
		default:
			one.Accounts = append(one.Accounts, a.ID)
		}
	}
	one.Groups = f.Groups
	if len(one.Accounts)+len(one.Groups) == 0 && viewer.ID != 0 {
		one.Accounts = []int64{viewer.ID}
	}
	if len(one.Accounts)+len(one.Groups) == 0 {
		add("destinataires", "Nommez au moins un destinataire.")
	}
	others := len(one.Groups) > 0 || slices.ContainsFunc(one.Accounts, func(id int64) bool { return id != viewer.ID })
	if others && !viewer.Admin {
		add("destinataires", "Seul un administrateur règle un envoi pour d’autres.")
	}
	return nil
}

// pageOf checks the address of a schedule and gives its title. A year that is the last with data is
// left out, so that the schedule follows the years; so is what concerns one reading alone.
func (s *Service) pageOf(ctx context.Context, viewer belvedere.Viewer, address string, one *registry.Schedule) (string, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.IsAbs() || u.Host != "" || len(address) > 4000 {
		return "", belvedere.Errorf(belvedere.Invalid, "L’adresse doit être celle d’une page de la console, comme /moyens/synthese?type=college.")
	}
	v := u.Query()
	for _, name := range []string{"format", "bloc", "page", "edition"} {
		v.Del(name)
	}
	year := v.Get("annee")
	v.Del("annee")
	clean := url.URL{Path: u.Path, RawQuery: strings.ReplaceAll(v.Encode(), "%2C", ",")}
	if s.isBoard(&clean) {
		if year != "" {
			v.Set("annee", year)
			clean.RawQuery = strings.ReplaceAll(v.Encode(), "%2C", ",")
		}
		one.Address = clean.String()
		return s.Boards.Title(ctx, viewer, &clean)
	}
	reports := s.Reports()
	if reports == nil { // beside a server: the page is checked when it is sent
		if !slices.ContainsFunc(s.model().Pages, func(p *belvedere.Page) bool { return p.Path == u.Path }) {
			return "", belvedere.Errorf(belvedere.NotFound, "aucune page n’a l’adresse %q", u.Path)
		}
		if year != "" {
			v.Set("annee", year)
			clean.RawQuery = strings.ReplaceAll(v.Encode(), "%2C", ",")
		}
		one.Address = clean.String()
		return u.Path, nil
	}
	view, err := reports.PageAt(ctx, viewer, &clean)
	if err != nil {
		return "", err
	}
	if y, err := belvedere.ParseSchoolYear(year); year != "" && (err != nil || y != view.State.Year) {
		v.Set("annee", year)
		clean.RawQuery = strings.ReplaceAll(v.Encode(), "%2C", ",")
		if view, err = reports.PageAt(ctx, viewer, &clean); err != nil {
			return "", err
		}
	}
	one.Address = clean.String()
	if view.Heading.Title == "" {
		return view.Page.Title, nil
	}
	return view.Heading.Title, nil
}

// Schedules are those that the viewer set or receives; all of them when all is set, for an administrator.
func (s *Service) Schedules(ctx context.Context, viewer belvedere.Viewer, all bool) (out []registry.Schedule, err error) {
	list, err := s.Registry.ListSchedules(ctx)
	if err != nil {
		return nil, err
	}
	for _, one := range list {
		mine, err := s.concerns(ctx, viewer, one)
		if err != nil {
			return nil, err
		}
		if mine || all && (viewer.Admin || viewer.Kind == belvedere.Operator) {
			out = append(out, one)
		}
	}
	return out, nil
}

// concerns tells whether the viewer set a schedule, receives it or has refused it.
func (s *Service) concerns(ctx context.Context, viewer belvedere.Viewer, one registry.Schedule) (bool, error) {
	if viewer.ID == 0 {
		return false, nil
	}
	if one.Author == viewer.ID || slices.Contains(one.Refused, viewer.ID) {
		return true, nil
	}
	recipients, err := s.recipients(ctx, one)
	return slices.Contains(recipients, viewer.ID), err
}

// Schedule finds one that concerns the viewer, or any for an administrator.
func (s *Service) Schedule(ctx context.Context, viewer belvedere.Viewer, id int64) (registry.Schedule, error) {
	one, err := s.Registry.Schedule(ctx, id)
	if err != nil {
		return one, err
	}
	mine, err := s.concerns(ctx, viewer, one)
	if err == nil && !mine && !s.Manages(viewer, one) {
		err = belvedere.Errorf(belvedere.NotFound, "Cet envoi n’existe pas, ou plus.")
	}
	return one, err
}

// Manages tells whether the viewer may stop a schedule for all its recipients.
func (s *Service) Manages(viewer belvedere.Viewer, one registry.Schedule) bool {
	return viewer.Admin || viewer.Kind == belvedere.Operator || viewer.ID != 0 && one.Author == viewer.ID
}

// DeleteSchedule stops a schedule for all: its author and administrators may.
func (s *Service) DeleteSchedule(ctx context.Context, viewer belvedere.Viewer, id int64) (registry.Schedule, error) {
	one, err := s.managed(ctx, viewer, id)
	if err != nil {
		return one, err
	}
	return one, s.Registry.DeleteSchedule(ctx, id)
}

// PauseSchedule suspends a schedule for all, or lets it go on.
func (s *Service) PauseSchedule(ctx context.Context, viewer belvedere.Viewer, id int64, paused bool) (registry.Schedule, error) {
	one, err := s.managed(ctx, viewer, id)
	if err != nil {
		return one, err
	}
	return one, s.Registry.PauseSchedule(ctx, id, paused)
}

func (s *Service) managed(ctx context.Context, viewer belvedere.Viewer, id int64) (registry.Schedule, error) {
	one, err := s.Schedule(ctx, viewer, id)
	if err == nil && !s.Manages(viewer, one) {
		err = belvedere.Errorf(belvedere.Forbidden, "Seul son auteur, ou un administrateur, change cet envoi. Vous pouvez ne plus le recevoir.")
	}
	return one, err
}

// Unsubscribe takes the viewer out of a schedule, or back in.
func (s *Service) Unsubscribe(ctx context.Context, viewer belvedere.Viewer, id int64, wanted bool) (registry.Schedule, error) {
	one, err := s.Schedule(ctx, viewer, id)
	if err != nil {
		return one, err
	}
	if mine, err := s.concerns(ctx, viewer, one); err != nil || !mine {
		return one, belvedere.Errorf(belvedere.NotFound, "Vous ne recevez pas cet envoi.")
	}
	return one, s.Registry.Subscribe(ctx, id, viewer.ID, wanted)
}

// A Sending is a line of the log of schedules.
type Sending struct {
	registry.WatchRun
	Who string // name of the recipient
	Say string // result in words
}

// cutAfter is how long a sending may be under way before the log says that it was cut.
const cutAfter = time.Hour

// Log is what came of the schedules that concern the viewer, newest first: to all their
// recipients where he or she manages them, else his or her own.
func (s *Service) Log(ctx context.Context, viewer belvedere.Viewer, list []registry.Schedule, p registry.Page) (out []Sending, total int, err error) {
	f := registry.RunFilter{Kind: registry.RunSchedule, Numbers: []int64{}}
	for _, one := range list {
		f.Numbers = append(f.Numbers, one.ID)
		if !s.Manages(viewer, one) {
			f.Account = viewer.ID
		}
	}
	runs, total, err := s.Registry.ListRuns(ctx, f, p)
	if err != nil {
		return nil, 0, err
	}
	names := map[int64]string{}
	for _, r := range runs {
		if _, ok := names[r.Account]; !ok {
			a, err := s.Registry.Account(ctx, r.Account)
			if names[r.Account] = a.Name(); err != nil {
				names[r.Account] = "compte supprimé"
			}
		}
		out = append(out, Sending{WatchRun: r, Who: names[r.Account], Say: s.say(r)})
	}
	return out, total, nil
}

func (s *Service) say(r registry.WatchRun) string {
	switch {
	case !r.Ended.IsZero():
		return r.Result
	case s.Now().Sub(r.Claimed) > cutAfter:
		return "interrompu, non renvoyé"
	}
	return "en cours"
}

// ScheduleObject is how the journal names a schedule.
func ScheduleObject(one registry.Schedule) string {
	return fmt.Sprintf("envoi %d (%s)", one.ID, one.Label)
}
