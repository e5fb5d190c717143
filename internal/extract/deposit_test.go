package extract_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/extract"
	"belvedere/internal/extract/place"
	"belvedere/internal/registry"
)

// subjects are the letters that were sent since so many.
func (h *house) subjects(from int) (list []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, l := range h.letters[from:] {
		list = append(list, l.Subject)
	}
	return list
}

// tried deposits what is due and gives the state of the last extract of the schedule, with what its log says.
func (h *house) tried(t *testing.T, x registry.ExtractSchedule) (registry.Extract, registry.WatchRun) {
	t.Helper()
	if _, err := h.Deposit(ctx); err != nil {
		t.Fatal(err)
	}
	list, _, err := h.registry.ListExtracts(ctx, registry.ExtractFilter{Schedule: x.ID}, registry.Page{Limit: 1})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	runs, _, err := h.ScheduleLog(ctx, []registry.ExtractSchedule{x}, registry.Page{Limit: 1})
	if err != nil || len(runs) != 1 {
		t.Fatal(runs, err)
	}
	return list[0], runs[0]
}

// daily sets an extract of each day.
func (h *house) daily(t *testing.T, v belvedere.Viewer) registry.ExtractSchedule {
	t.Helper()
	x := persons(false)
	made, _, err := h.CreateSchedule(ctx, v, extract.ScheduleForm{Label: "Chaque jour", Spec: &x, Rhythm: "jour", Place: "partage"})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// A place that is away for a while takes the file later the same day; nobody is bothered, and its log says when.
func TestDepositTriesAgain(t *testing.T) {
	h, s, dir, v := regular(t)
	made := h.daily(t, v)
	s.fail = belvedere.Errorf(belvedere.Unavailable, "sftp.exemple.fr:22 ne répond pas.")
	h.day(t)
	e, run := h.tried(t, made) // too early: not tried
	if e.State != registry.ExtractReady || !run.Ended.IsZero() || !strings.Contains(run.Detail, "Nouvel essai") || !strings.Contains(run.Detail, "sftp.exemple.fr:22 ne répond pas") || s.tries != 1 {
		t.Fatalf("%s, %+v, %d tries", e.State, run, s.tries)
	}
	h.pass(2 * time.Minute)
	h.tried(t, made)
	s.fail = nil
	h.pass(time.Minute)
	h.tried(t, made)
	if s.tries != 2 {
		t.Errorf("tried before its time: %d", s.tries)
	}
	h.pass(10 * time.Minute)
	if e, run = h.tried(t, made); e.State != registry.ExtractSent || run.Result != "déposé" || run.Detail != "" || len(h.subjects(0)) != 0 {
		t.Errorf("%s, %+v, letters %q", e.State, run, h.subjects(0))
	}
	if list, _ := os.ReadDir(dir); len(list) != 1 || len(h.held(t)) != 0 {
		t.Errorf("%v at the place, %v on the server", list, h.held(t))
	}
}

// A place that stays away is given up before the next slot, and the owner is told, and once those who run the
// console; the next slot tries anew.
func TestDepositGivesUp(t *testing.T) {
	h, s, _, v := regular(t)
	if _, err := h.registry.CreateAccount(ctx, registry.Account{FirstName: "Alma", LastName: "Ruz", Login: "Alma@RUZ", Email: "alma@exemple.fr", Admin: true, Place: registry.InTerritory,
		State: registry.Active, Created: h.clock(), EmailConfirmed: h.clock()}); err != nil {
		t.Fatal(err)
	}
	made := h.daily(t, v)
	s.fail = belvedere.Errorf(belvedere.Unavailable, "il n’y a plus de place sur le dossier.")
	spend := func() (e registry.Extract, run registry.WatchRun) {
		for range 12 {
			h.pass(time.Hour)
			e, run = h.tried(t, made)
		}
		return e, run
	}
	h.day(t)
	e, run := spend()
	if e.State != registry.ExtractFailed || run.Result != "échec" || !strings.Contains(run.Detail, "plus de place") || len(h.held(t)) != 0 {
		t.Fatalf("%s, %+v, %v", e.State, run, h.held(t))
	}
	if got := h.subjects(0); len(got) != 2 {
		t.Errorf("the owner and the administrator are told: %q", got)
	}
	h.day(t)
	spend()
	if got := h.subjects(2); len(got) != 1 {
		t.Errorf("the owner alone is told again: %q", got)
	}
	s.fail = nil
	h.day(t)
	if e, _ = h.tried(t, made); e.State != registry.ExtractSent {
		t.Errorf("the next slot: %s", e.State)
	}
}

// A crash after the file was put, before it was noted, leaves one file and one entry.
func TestDepositAfterCrash(t *testing.T) {
	dir, shelfDir := t.TempDir(), t.TempDir()
	p, err := place.New(place.Settings{Name: "partage", Folder: shelfDir})
	if err != nil {
		t.Fatal(err)
	}
	died := &dying{Place: p}
	h := houseIn(t, dir, func(c *extract.Config) { c.Places = []extract.Place{died} })
	v := h.staff(t, "Roux", belvedere.Totals)
	x := figures()
	made, _, err := h.CreateSchedule(ctx, v, extract.ScheduleForm{Label: "Chaque jour", Spec: &x, Rhythm: "jour", Place: "partage"})
	if err != nil {
		t.Fatal(err)
	}
	h.pass(24 * time.Hour)
	if err := h.RunSchedules(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := h.RunOnce(ctx); err != nil {
		t.Fatal(err)
	}
	cut, stop := context.WithCancel(ctx)
	died.stop = stop
	if _, err := h.Deposit(cut); !errors.Is(err, context.Canceled) {
		t.Fatalf("not cut: %v", err)
	}
	after := houseIn(t, dir, func(c *extract.Config) { c.Places = []extract.Place{p} })
	after.now = h.clock()
	if err := after.Recover(ctx); err != nil {
		t.Fatal(err)
	}
	if e, run := after.tried(t, made); e.State != registry.ExtractSent || run.Result != "déposé" {
		t.Errorf("%s, %+v", e.State, run)
	}
	list, _ := os.ReadDir(shelfDir)
	if len(list) != 1 || len(after.held(t)) != 0 || strings.HasPrefix(list[0].Name(), ".") {
		t.Errorf("%v at the place, %v on the server", list, after.held(t))
	}
	if n := len(slices.DeleteFunc(slices.Clone(after.entries), func(e registry.Entry) bool { return !strings.Contains(e.Detail, "déposé") })); n != 1 {
		t.Errorf("%d entries", n)
	}
}

// dying takes the file and stops the process before its answer.
type dying struct {
	*place.Place
	stop func()
}

func (d *dying) Put(ctx context.Context, name string, size int64, open func() (io.ReadCloser, error)) error {
	err := d.Place.Put(ctx, name, size, open)
	d.stop()
	return errors.Join(err, context.Canceled)
}

// A place that the configuration no longer has is named, with the remedy, and the other extracts go on.
func TestDepositPlaceGone(t *testing.T) {
	h, _, dir, v := regular(t)
	h.daily(t, v)
	x := figures()
	w := h.staff(t, "Autre", belvedere.Totals)
	gone, _, err := h.CreateSchedule(ctx, w, extract.ScheduleForm{Label: "Ailleurs", Spec: &x, Rhythm: "jour", Place: "partage"})
	if err != nil {
		t.Fatal(err)
	}
	moved, err := place.New(place.Settings{Name: "nouveau", Folder: dir})
	if err != nil {
		t.Fatal(err)
	}
	h.Places = []extract.Place{moved}
	h.day(t)
	_, run := h.tried(t, gone)
	if run.Result != "échec" || !strings.Contains(run.Detail, "«\u00a0partage\u00a0» n’est plus déclaré") || !strings.Contains(run.Detail, "extract_places") {
		t.Errorf("%+v", run)
	}
}

// The rights are asked again when the file is put: what waited for its place does not outlive them.
func TestDepositAsksRights(t *testing.T) {
	h, s, dir, v := regular(t)
	made := h.daily(t, v)
	s.fail = belvedere.Errorf(belvedere.Unavailable, "ne répond pas.")
	h.day(t)
	s.fail = nil
	without := v
	without.Grants = nil
	h.may(without)
	h.pass(2 * time.Minute)
	if e, _ := h.tried(t, made); e.State != registry.ExtractRefused {
		t.Errorf("%s", e.State)
	}
	if list, _ := filepath.Glob(filepath.Join(dir, "*")); len(list) != 0 {
		t.Errorf("%v was put", list)
	}
	if one, err := h.registry.ExtractSchedule(ctx, made.ID); err != nil || one.Stopped == "" {
		t.Errorf("%+v, %v", one, err)
	}
}

// Two accounts are served at once: a large extract of one does not keep the other waiting.
func TestTwoAtOnce(t *testing.T) {
	h := newHouse(t)
	a, b := h.staff(t, "Roux", belvedere.Totals), h.staff(t, "Autre", belvedere.Totals)
	large, small := h.asked(t, a, figures()), h.asked(t, b, figures())
	if _, found, err := h.registry.TakeExtract(ctx, h.clock()); err != nil || !found { // as a maker that is at it for long
		t.Fatal(found, err)
	}
	if done, err := h.RunOnce(ctx); err != nil || !done {
		t.Fatal(done, err)
	}
	if h.of(t, large).State != registry.ExtractRunning || h.of(t, small).State != registry.ExtractReady {
		t.Errorf("%s and %s", h.of(t, large).State, h.of(t, small).State)
	}
}

// Two servers of one registry have each their folder: one does not give up the file of the other.
func TestDepositOfAnotherServer(t *testing.T) {
	h, s, _, v := regular(t)
	made := h.daily(t, v)
	s.fail = belvedere.Errorf(belvedere.Unavailable, "ne répond pas.")
	h.day(t)
	h.pass(2 * time.Minute)
	mine := h.Folder
	h.Folder = t.TempDir()
	if e, _ := h.tried(t, made); e.State != registry.ExtractReady || s.tries != 1 {
		t.Errorf("%s after %d tries", e.State, s.tries)
	}
	s.fail, h.Folder = nil, mine
	if e, _ := h.tried(t, made); e.State != registry.ExtractSent {
		t.Errorf("%s", e.State)
	}
	h.day(t)
	if e, _ := h.tried(t, made); e.State != registry.ExtractSent {
		t.Fatalf("%s", e.State)
	}
}

// A file that is lost is said to be, after a while, and the next slot is made.
func TestDepositOfLostFile(t *testing.T) {
	h, s, _, v := regular(t)
	made := h.daily(t, v)
	s.fail = belvedere.Errorf(belvedere.Unavailable, "ne répond pas.")
	h.day(t)
	s.fail = nil
	for _, name := range h.held(t) {
		if err := os.Remove(filepath.Join(h.folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	h.pass(2 * time.Hour)
	if e, run := h.tried(t, made); e.State != registry.ExtractFailed || !strings.Contains(run.Detail, "manque sur le serveur") {
		t.Errorf("%s, %+v", e.State, run)
	}
}
