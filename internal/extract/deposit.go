package extract

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/secret"
)

// waits are how long a file waits before each further try, when its place refuses it for a reason that passes.
var waits = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour}

// attempts remember how often files were refused. They are of this process: a restart tries anew.
type attempts struct {
	mu sync.Mutex
	of map[int64]attempt
}

type attempt struct {
	tries int
	next  time.Time
}

// ready tells whether a file may be tried at an instant.
func (a *attempts) ready(id int64, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !now.Before(a.of[id].next)
}

// again notes a refusal: when the next try is, false when there is none.
func (a *attempts) again(id int64, now time.Time) (time.Time, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	was := a.of[id]
	if was.tries >= len(waits) {
		return time.Time{}, false
	}
	if a.of == nil {
		a.of = map[int64]attempt{}
	}
	a.of[id] = attempt{was.tries + 1, now.Add(waits[was.tries])}
	return a.of[id].next, true
}

func (a *attempts) forget(id int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.of, id)
}

// Deposit puts the regular extracts that are ready at their places, those too that a crash cut on the way, and says
// how many are there. What a place refuses for a reason that passes is tried again, with longer and longer waits.
func (s *Service) Deposit(ctx context.Context) (n int, err error) {
	defer belvedere.Wrap(&err, "Deposit")
	ready, _, err := s.Registry.ListExtracts(ctx, registry.ExtractFilter{States: []registry.ExtractState{registry.ExtractReady, registry.ExtractDownloaded}}, registry.Page{})
	if err != nil {
		return 0, err
	}
	var errs []error
	for _, e := range ready {
		if e.Schedule == 0 || !s.attempts.ready(e.ID, s.Now()) || s.elsewhere(e) {
			continue
		}
		refused := s.put(ctx, e)
		switch {
		case ctx.Err() != nil:
			return n, ctx.Err() // what a stop cuts is taken up at the next start
		case refused == nil:
			n++
			s.attempts.forget(e.ID)
			continue
		case belvedere.KindOf(refused) == belvedere.Unavailable:
			if next, again := s.attempts.again(e.ID, s.Now()); again {
				errs = append(errs, s.later(ctx, e, refused, next))
				continue
			}
		}
		s.attempts.forget(e.ID)
		errs = append(errs, s.fail(ctx, e, refused))
	}
	return n, errors.Join(errs...)
}

// elsewhere tells that the file of an extract lies in the folder of another server of the same registry, which puts
// it. One that is nowhere for an hour is lost.
func (s *Service) elsewhere(e registry.Extract) bool {
	_, err := os.Stat(filepath.Join(s.Folder, e.File))
	return errors.Is(err, fs.ErrNotExist) && s.Now().Sub(e.Ended) < time.Hour
}

// run names the slot of an extract.
func run(e registry.Extract) registry.WatchRun {
	return registry.WatchRun{Kind: registry.RunExtract, Number: e.Schedule, Slot: e.Slot, Account: e.Account, Label: e.Label, Receipt: e.Receipt, Bytes: e.Bytes}
}

// put puts the file of a regular extract at its place, and takes it off the server.
func (s *Service) put(ctx context.Context, e registry.Extract) error {
	x, err := s.Registry.ExtractSchedule(ctx, e.Schedule)
	if err != nil {
		return err
	}
	at := s.placeOf(x.Place)
	if at == nil {
		return belvedere.Errorf(belvedere.Invalid, "Le lieu de dépôt «\u00a0%s\u00a0» n’est plus déclaré. Supprimez cet extrait régulier et refaites-le avec un autre lieu, ou demandez à l’exploitant de déclarer celui-ci de nouveau (extract_places).", x.Place)
	}
	account, v, err := s.asker(ctx, e) // rights may have ended while the file waited
	if err != nil {
		return err
	}
	if err := s.mayTake(v, e); err != nil {
		return err
	}
	key, err := s.keyOf(e)
	if err != nil {
		return err
	}
	if err := s.keep(ctx, v, e, "envoyé vers\u00a0: "+at.Label()+", pour "+account.Login); err != nil { // before its first byte leaves
		return err
	}
	err = at.Put(ctx, e.FileName, e.Bytes, func() (io.ReadCloser, error) {
		f, err := os.Open(filepath.Join(s.Folder, e.File))
		if err != nil {
			return nil, belvedere.WrapError(belvedere.NotFound, err, "le fichier préparé manque sur le serveur.")
		}
		return struct {
			io.Reader
			io.Closer
		}{secret.NewStreamOpener(f, key), f}, nil
	})
	if err != nil {
		return refusal(at, err)
	}
	if err := s.keep(ctx, v, e, "déposé\u00a0: "+at.Label()+", pour "+account.Login); err != nil {
		return err
	}
	if _, err := s.end(ctx, e.ID, registry.ExtractSent, func(*registry.Extract) error { return nil }); err != nil {
		return err
	}
	r := run(e)
	r.Ended, r.Result = s.Now().UTC(), "déposé"
	return s.Registry.EndRun(ctx, r)
}

// refusal says which place did not take a file, and why: what the place says in words is for who reads the message.
func refusal(at Place, err error) error {
	kind, why := belvedere.KindOf(err), belvedere.Message(err)
	if kind == belvedere.Internal {
		kind, why = belvedere.Unavailable, "l’envoi a été coupé."
	}
	return belvedere.WrapError(kind, err, "Le lieu de dépôt «\u00a0%s\u00a0» n’a pas pris le fichier\u00a0: %s", at.Label(), why)
}

// later notes in the log of the schedule that a file is tried again.
func (s *Service) later(ctx context.Context, e registry.Extract, cause error, next time.Time) error {
	s.Errors.Warn("a regular extract could not be put", "extract", e.ID, "again", next, "err", cause)
	r := run(e)
	r.Detail = "Nouvel essai à " + next.In(s.Zone).Format("15\u202fh\u202f04") + ". " + belvedere.Message(cause)
	return s.Registry.EndRun(ctx, r)
}

// unput notes that a regular extract came to nothing. One that rights no longer give is stopped; one that a place
// refused is tried again at its next slot. Its owner is told, and who can mend a place.
func (s *Service) unput(ctx context.Context, e registry.Extract, cause error) error {
	before, _, err := s.Registry.ListRuns(ctx, registry.RunFilter{Kind: registry.RunExtract, Number: e.Schedule}, registry.Page{Limit: 2})
	if err != nil {
		return err
	}
	r := run(e)
	r.Ended, r.Result, r.Detail = s.Now().UTC(), missed, belvedere.Message(cause)
	if err := s.Registry.EndRun(ctx, r); err != nil {
		return err
	}
	if belvedere.KindOf(cause) == belvedere.Forbidden {
		err := s.Registry.StopExtractSchedule(ctx, e.Schedule, belvedere.Message(cause))
		if err != nil && belvedere.KindOf(err) != belvedere.NotFound {
			return err
		}
	}
	n := s.news(ctx, e)
	n.Error, n.All = belvedere.Message(cause), s.Console(ctx).URL+"/extractions/regulieres"
	first := len(before) < 2 || before[1].Result != missed
	return s.tellMissed(ctx, e.Account, n, belvedere.KindOf(cause) == belvedere.Forbidden, first)
}

// missed is the result of a regular extract that came to nothing.
const missed = "échec"
