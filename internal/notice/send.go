package notice

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/door"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
	"belvedere/internal/watch"
)

// Results of runs, as logs show them, beside the refusals.
const (
	sent   = "envoyé"
	failed = "échec"
)

// RunSchedules sends the files that are due.
func (s *Service) RunSchedules(ctx context.Context) (err error) {
	defer belvedere.Wrap(&err, "RunSchedules")
	list, err := s.Registry.ListSchedules(ctx)
	if err != nil || len(list) == 0 {
		return err
	}
	edition, err := s.Reports().Edition(ctx, 0)
	if err != nil || edition.Number == 0 {
		return err
	}
	for _, one := range list {
		if one.Paused {
			continue
		}
		if slot := watch.Rhythm(one.Rhythm).Slot(s.Now(), s.Zone, edition, one.Created); slot != "" {
			if err := s.send(ctx, one, slot); err != nil {
				return err
			}
		}
	}
	return nil
}

// SendNow sends a schedule to its recipients at once, beside its rhythm.
func (s *Service) SendNow(ctx context.Context, id int64) (err error) {
	defer belvedere.Wrap(&err, "SendNow(%d)", id)
	if s.Reports() == nil {
		return belvedere.Errorf(belvedere.Unavailable, "Un autre processus tient l’entrepôt. Demandez l’envoi sur la page Envois, ou arrêtez d’abord le serveur.")
	}
	one, err := s.Registry.Schedule(ctx, id)
	if err != nil {
		return err
	}
	return s.send(ctx, one, s.slotNow())
}

// send sends a schedule to each of its recipients, once for the slot.
func (s *Service) send(ctx context.Context, one registry.Schedule, slot string) error {
	done, _, err := s.Registry.ListRuns(ctx, registry.RunFilter{Kind: registry.RunSchedule, Number: one.ID, Slot: slot}, registry.Page{})
	if err != nil {
		return err
	}
	recipients, err := s.recipients(ctx, one)
	if err != nil {
		return err
	}
	for _, account := range recipients {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if slices.ContainsFunc(done, func(r registry.WatchRun) bool { return r.Account == account }) {
			continue
		}
		run := registry.WatchRun{Kind: registry.RunSchedule, Number: one.ID, Slot: slot, Account: account, Label: one.Label, Claimed: s.Now().UTC()}
		taken, err := s.Registry.Claim(ctx, run)
		if err != nil {
			return err
		}
		if !taken {
			continue
		}
		if err := s.deliver(ctx, one, run); err != nil {
			return err
		}
	}
	return nil
}

// recipients are the accounts that a schedule names and those that manage one of its groups,
// without those that unsubscribed.
func (s *Service) recipients(ctx context.Context, one registry.Schedule) ([]int64, error) {
	out := slices.Clone(one.Accounts)
	if len(one.Groups) > 0 {
		people, _, err := s.Registry.ListAccounts(ctx, registry.AccountFilter{}, registry.Page{})
		if err != nil {
			return nil, err
		}
		for _, a := range people {
			if slices.ContainsFunc(a.Groups, func(g int64) bool { return slices.Contains(one.Groups, g) }) {
				out = append(out, a.ID)
			}
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return slices.DeleteFunc(out, func(id int64) bool { return slices.Contains(one.Refused, id) }), nil
}

// deliver makes the file of one recipient, with his or her own rights, and hands it to the mail.
// The error is that of the registry or of the context; what is wrong with this one is noted.
func (s *Service) deliver(ctx context.Context, one registry.Schedule, run registry.WatchRun) error {
	account, viewer, why, err := s.reader(ctx, run.Account)
	if err != nil {
		return s.broken(ctx, run, err)
	}
	if why != "" {
		return s.ended(ctx, run, string(why), "")
	}
	u, err := url.Parse(one.Address)
	if err != nil {
		return s.broken(ctx, run, err)
	}
	var body bytes.Buffer
	made, err := s.file(ctx, viewer, u, one.Format, &body)
	if err != nil {
		return s.broken(ctx, run, err)
	}
	if !made.Shows {
		return s.ended(ctx, run, string(nothingOpen), "")
	}
	run.Receipt, run.Bytes = made.Receipt, int64(body.Len())
	if err := s.Unchanged(ctx, viewer); err != nil {
		return s.broken(ctx, run, err)
	}
	if err := s.keep(ctx, viewer, "export", withFormat(u, one.Format), "envoi "+one.Label, splitSchools(u)); err != nil {
		return s.broken(ctx, run, err)
	}
	console := s.Console(ctx)
	file := mail.ScheduledFile{
		Label: one.Label, Title: made.Title, Rhythm: strings.ToLower(watch.Rhythm(one.Rhythm).Label()),
		Link: console.URL + one.Address, Stop: fmt.Sprintf("%s/envois/%d/arreter", console.URL, one.ID), By: s.authorOf(ctx, one, run.Account),
		File: mail.Attachment{Name: made.Name, Type: made.Type, Body: body.Bytes()}, TooBig: body.Len() > mail.MostAttached,
	}
	if file.TooBig {
		run.Detail = "trop volumineux pour être joint : lien vers la page"
	}
	return s.post(ctx, run, console.ScheduledLetter(person(account), file))
}

// A File is what was written for a reader.
type File struct {
	Type, Name string
	Title      string
	Receipt    string // "" when each of its figures has its own
	Shows      bool   // some figure
}

// file writes what stands at an address for a reader: a page of the console, or a dashboard.
func (s *Service) file(ctx context.Context, viewer belvedere.Viewer, u *url.URL, format string, into *bytes.Buffer) (f File, err error) {
	if s.isBoard(u) {
		return s.Boards.File(ctx, viewer, u, format, into)
	}
	view, err := s.Reports().PageAt(ctx, viewer, u)
	if err != nil || view.Result == nil || !shows(view.Result) {
		return f, err
	}
	f = File{Title: view.Heading.Title + ", " + view.Heading.Selection, Receipt: view.Result.Receipt.Code, Shows: true}
	f.Type, f.Name, err = s.Write(into, format, view.Result, view.Heading)
	return f, err
}

// authorOf names who set a schedule, for the other recipients.
func (s *Service) authorOf(ctx context.Context, one registry.Schedule, recipient int64) string {
	if one.Author == recipient {
		return ""
	}
	if a, err := s.Registry.Account(ctx, one.Author); err == nil {
		return a.Name()
	}
	return "l’exploitant de la console"
}

// shows tells whether a result shows any figure.
func shows(r *belvedere.Result) bool {
	shown := func(row belvedere.ResultRow) bool {
		return slices.ContainsFunc(row.Cells, func(c belvedere.Cell) bool { return c.State.Shown() })
	}
	return slices.ContainsFunc(r.Rows, shown) || r.Total != nil && shown(*r.Total)
}

func withFormat(u *url.URL, format string) string {
	join := "?"
	if u.RawQuery != "" {
		join = "&"
	}
	return u.String() + join + "format=" + format
}

func splitSchools(u *url.URL) (out []string) {
	for _, v := range u.Query()["etablissement"] {
		out = append(out, strings.Split(v, ",")...)
	}
	return out
}

// keep writes in the journal what is about to be told.
func (s *Service) keep(ctx context.Context, v belvedere.Viewer, action, object, detail string, filter []string) error {
	schools, all := door.Covered(v.Scope, filter)
	return door.Keep(ctx, s.Journal, registry.Entry{At: s.Now().UTC(), Account: v.ID, Login: v.Login, Door: "courrier", Action: action, Object: object, Detail: detail},
		schools, all, 200)
}

// post hands a message over and notes what comes of it. When too many wait, it waits too.
func (s *Service) post(ctx context.Context, run registry.WatchRun, m mail.Message) error {
	m.Done = func(err error) {
		result, detail := sent, run.Detail
		if err != nil {
			result, detail = failed, belvedere.Message(err)
		}
		if err := s.ended(context.WithoutCancel(ctx), run, result, detail); err != nil {
			s.Errors.Error("what came of a sending could not be noted", "kind", run.Kind, "number", run.Number, "err", err)
		}
	}
	for {
		err := s.Mail.Send(ctx, m)
		if belvedere.KindOf(err) != belvedere.Unavailable {
			if err != nil {
				return s.broken(ctx, run, err)
			}
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(2 * time.Second):
		}
	}
}

// broken notes what kept one recipient from being served, and lets the others be.
func (s *Service) broken(ctx context.Context, run registry.WatchRun, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.Errors.Warn("a sending failed", "kind", run.Kind, "number", run.Number, "err", err)
	return s.ended(ctx, run, failed, belvedere.Message(err))
}

func (s *Service) ended(ctx context.Context, run registry.WatchRun, result, detail string) error {
	run.Ended, run.Result, run.Detail = s.Now().UTC(), result, detail
	return s.Registry.EndRun(ctx, run)
}
