package extract_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/extract"
	"belvedere/internal/extract/place"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
)

type mailMessage = mail.Message

// shelf is a place that may refuse.
type shelf struct {
	*place.Place
	fail  error
	tries int
}

func (s *shelf) Put(ctx context.Context, name string, size int64, open func() (io.ReadCloser, error)) error {
	if s.tries++; s.fail != nil {
		return s.fail
	}
	return s.Place.Put(ctx, name, size, open)
}

// regular is a house with a place, a schedule of each day, and its owner.
func regular(t *testing.T) (*house, *shelf, string, belvedere.Viewer) {
	t.Helper()
	dir := t.TempDir()
	p, err := place.New(place.Settings{Name: "partage", Label: "Partage de la direction", Folder: dir})
	if err != nil {
		t.Fatal(err)
	}
	s := &shelf{Place: p}
	h := newHouse(t, func(c *extract.Config) { c.Places = []extract.Place{s} })
	h.students(t, 20)
	return h, s, dir, h.staff(t, "Roux", belvedere.Pseudonyms)
}

// day lets a day pass and does what is due, twice as two servers would.
func (h *house) day(t *testing.T) {
	t.Helper()
	h.pass(24 * time.Hour)
	for range 2 {
		if err := h.RunSchedules(ctx); err != nil {
			t.Fatal(err)
		}
	}
	for {
		done, err := h.RunOnce(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if !done {
			break
		}
	}
	if _, err := h.Deposit(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestRegular(t *testing.T) {
	h, s, dir, v := regular(t)
	x := persons(false)
	made, phrase, err := h.CreateSchedule(ctx, v, extract.ScheduleForm{Label: "Chaque jour", Spec: &x, Rhythm: "jour", Place: "partage"})
	if err != nil || phrase != "" {
		t.Fatal(phrase, err)
	}
	h.day(t)
	list, _ := os.ReadDir(dir)
	if len(list) != 1 || !strings.HasSuffix(list[0].Name(), ".zip") || len(h.held(t)) != 0 {
		t.Fatalf("%v; held %v", list, h.held(t))
	}
	body, err := os.ReadFile(filepath.Join(dir, list[0].Name()))
	if err != nil || strings.Count(members(t, body)[".csv"], "\n") != 21 {
		t.Error(err)
	}
	if found, err := h.Trace(ctx, belvedere.Viewer{Kind: belvedere.Operator}, bytes.NewReader(body)); err != nil || len(found) != 1 || found[0].Extract.State != registry.ExtractSent || found[0].Extract.Schedule != made.ID {
		t.Errorf("%+v, %v", found, err)
	}
	s.fail = belvedere.Errorf(belvedere.Invalid, "la clé n’est plus admise.") // tried again the next day
	h.day(t)
	if last := h.letters[len(h.letters)-1]; !strings.Contains(last.Subject, "non déposé") {
		t.Errorf("told %q", last.Subject)
	}
	s.fail = nil
	h.day(t)
	if list, _ := os.ReadDir(dir); len(list) != 2 {
		t.Errorf("%d files", len(list))
	}
	runs, n, err := h.ScheduleLog(ctx, []registry.ExtractSchedule{made}, registry.Page{})
	if err != nil || n != 3 || runs[0].Result != "déposé" || runs[1].Result != "échec" {
		t.Errorf("%+v, %v", runs, err)
	}
}

// The rights are those of the moment: when the grant ends, nothing more is made, and the owner is told.
func TestRegularStopsWithTheGrant(t *testing.T) {
	h, _, dir, v := regular(t)
	x := persons(false)
	made, _, err := h.CreateSchedule(ctx, v, extract.ScheduleForm{Label: "Chaque jour", Spec: &x, Rhythm: "jour", Place: "partage"})
	if err != nil {
		t.Fatal(err)
	}
	without := v
	without.Grants = nil
	h.may(without)
	h.day(t)
	h.day(t)
	one, err := h.registry.ExtractSchedule(ctx, made.ID)
	if err != nil || one.Stopped == "" {
		t.Errorf("%+v, %v", one, err)
	}
	if list, _ := os.ReadDir(dir); len(list) != 0 {
		t.Errorf("%v was put", list)
	}
	if len(h.letters) != 1 || !strings.Contains(h.letters[0].Subject, "arrêté") {
		t.Errorf("letters %+v", h.letters)
	}
	if _, err := h.StopSchedule(ctx, without, made.ID, false); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Errorf("let go on without the grant: %v", err)
	}
	h.may(v)
	if _, err := h.StopSchedule(ctx, v, made.ID, false); err != nil {
		t.Error(err)
	}
	h.day(t)
	if list, _ := os.ReadDir(dir); len(list) != 1 {
		t.Errorf("%v was put", list)
	}
	other := h.staff(t, "Autre", belvedere.Pseudonyms)
	if _, err := h.DeleteSchedule(ctx, other, made.ID); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("another deletes: %v", err)
	}
}

// The archives of a regular extract have one passphrase, shown once, that opens each.
func TestRegularLocked(t *testing.T) {
	h, _, dir, v := regular(t)
	x := persons(false)
	x.Encrypted = true
	_, phrase, err := h.CreateSchedule(ctx, v, extract.ScheduleForm{Label: "Chaque jour", Spec: &x, Rhythm: "jour", Place: "partage"})
	if err != nil || len(phrase) != 29 {
		t.Fatal(phrase, err)
	}
	h.day(t)
	list, _ := os.ReadDir(dir)
	if len(list) != 1 {
		t.Fatal(list)
	}
	body, _ := os.ReadFile(filepath.Join(dir, list[0].Name()))
	if strings.Contains(string(body), "pseudonyme") || opened(t, body, phrase) == 0 {
		t.Error("the archive does not open with the passphrase of its schedule")
	}
	for name, f := range map[string]extract.ScheduleForm{"lieu": {Label: "x", Spec: &x, Rhythm: "jour", Place: "ailleurs"}, "rythme": {Label: "x", Spec: &x, Rhythm: "heure", Place: "partage"}, "nom": {Spec: &x, Rhythm: "jour", Place: "partage"}} {
		if _, _, err := h.CreateSchedule(ctx, v, f); belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
