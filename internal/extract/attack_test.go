package extract_test

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/extract"
	"belvedere/internal/extract/place"
	"belvedere/internal/registry"
)

// meanwhile is a journal during whose entries things happen.
type meanwhile struct {
	*house
	do func(registry.Entry)
}

func (m *meanwhile) Record(ctx context.Context, e registry.Entry) error {
	if m.do != nil {
		m.do(e)
	}
	return m.house.Record(ctx, e)
}

// watched is a place that looks at its house when a file comes.
type watched struct {
	*place.Place
	seen func()
}

func (w *watched) Put(ctx context.Context, name string, size int64, open func() (io.ReadCloser, error)) error {
	w.seen()
	return w.Place.Put(ctx, name, size, open)
}

// guarded is a house whose place and journal are looked at, with its owner of a schedule of each day.
func guarded(t *testing.T) (*house, *watched, *meanwhile, string, belvedere.Viewer) {
	t.Helper()
	dir := t.TempDir()
	p, err := place.New(place.Settings{Name: "partage", Label: "Partage de la direction", Folder: dir})
	if err != nil {
		t.Fatal(err)
	}
	w, m := &watched{Place: p, seen: func() {}}, &meanwhile{}
	h := newHouse(t, func(c *extract.Config) { c.Places, c.Journal = []extract.Place{w}, m })
	m.house = h
	h.students(t, 20)
	v := h.staff(t, "Roux", belvedere.Pseudonyms)
	x := persons(false)
	if _, _, err := h.CreateSchedule(ctx, v, extract.ScheduleForm{Label: "Chaque jour", Spec: &x, Rhythm: "jour", Place: "partage"}); err != nil {
		t.Fatal(err)
	}
	return h, w, m, dir, v
}

// A grant that is revoked after the file of a regular extract was made, and before it leaves, keeps it here; and
// what leaves is in the journal before its first byte does.
func TestAttackOfARevocationBeforeTheFileLeaves(t *testing.T) {
	h, w, m, dir, v := guarded(t)
	without := v
	without.Grants = nil
	m.do = func(e registry.Entry) {
		if strings.Contains(e.Detail, "préparée") {
			h.may(without)
		}
	}
	h.day(t)
	if list, _ := os.ReadDir(dir); len(list) != 0 {
		t.Errorf("%v left without the grant", list)
	}
	if left := h.held(t); len(left) != 0 {
		t.Errorf("%v stays on the server", left)
	}
	m.do = nil
	h.may(v)
	list, err := h.Schedules(ctx, v, false)
	if err != nil || len(list) != 1 || list[0].Stopped == "" {
		t.Fatalf("%+v, %v", list, err)
	}
	if _, err := h.StopSchedule(ctx, v, list[0].ID, false); err != nil {
		t.Fatal(err)
	}
	noted := false
	w.seen = func() {
		last := h.entries[len(h.entries)-1]
		noted = strings.Contains(last.Detail, "Partage de la direction")
	}
	h.day(t)
	if list, _ := os.ReadDir(dir); len(list) != 1 || !noted {
		t.Errorf("%v left, in the journal before: %v", list, noted)
	}
}
