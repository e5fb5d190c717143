package governance_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/governance"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
)

// house is an organisation with a clock that tests move and letters that they read.
type house struct {
	*governance.Service
	t     *testing.T
	ctx   context.Context
	reg   registry.Registry
	where string
	mu    sync.Mutex
	now   time.Time
	post  []mail.Message
}

// Send keeps a letter, and tells at once that it went.
func (h *house) Send(_ context.Context, m mail.Message) error {
	h.mu.Lock()
	h.post = append(h.post, m)
	h.mu.Unlock()
	if m.Done != nil {
		m.Done(nil)
	}
	return nil
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, ctx: context.Background(), where: filepath.Join(t.TempDir(), "registre.sqlite"), now: time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)}
	h.reg = h.open()
	h.Service = h.server(h.reg)
	return h
}

func (h *house) open() registry.Registry {
	h.t.Helper()
	reg, err := registry.Open(h.ctx, h.where)
	h.must(err)
	h.t.Cleanup(func() { reg.Close() })
	return reg
}

// server is another process over the same registry.
func (h *house) server(reg registry.Registry) *governance.Service {
	return governance.New(governance.Config{Registry: reg, Mail: h, Console: func(context.Context) mail.Console { return mail.Console{URL: "https://console.example"} },
		Now: func() time.Time { return h.now }})
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) kind(want belvedere.Kind, err error) {
	h.t.Helper()
	if err == nil || belvedere.KindOf(err) != want {
		h.t.Errorf("error %v, want kind %v", err, want)
	}
}

// person adds an account that can be reached.
func (h *house) person(first, last string, change ...func(*registry.Account)) belvedere.Viewer {
	h.t.Helper()
	a := registry.Account{Login: first + "@" + strings.ToUpper(last), FirstName: first, LastName: last, Email: strings.ToLower(first + "." + last + "@ecole.example"),
		State: registry.Active, Place: registry.InTerritory, AllSchools: true, AllWidgets: true, Created: h.now, EmailConfirmed: h.now}
	for _, f := range change {
		f(&a)
	}
	a, err := h.reg.CreateAccount(h.ctx, a)
	h.must(err)
	return belvedere.Viewer{ID: a.ID, Login: a.Login, Name: a.Name(), Kind: belvedere.AccountViewer, Admin: a.Admin, Strong: true, Scope: belvedere.Scope{AllSchools: a.AllSchools, Schools: a.Schools}}
}

func admin(a *registry.Account) { a.Admin = true }

// names says who holds a duty.
func (h *house) names(boss belvedere.Viewer, duty string, place registry.HoldingPlace, who belvedere.Viewer) registry.Holding {
	h.t.Helper()
	out, err := h.Name(h.ctx, boss, governance.HoldingForm{Duty: duty, Place: string(place), Who: who.Login, From: "2026-09-01"})
	h.must(err)
	return out
}

// letters are who got a letter since the last call, with a word of its subject: "Léa: début".
func (h *house) letters() (out []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, m := range h.post {
		name, _, _ := strings.Cut(m.ToName, " ")
		out = append(out, name+": "+strings.ReplaceAll(strings.TrimPrefix(m.Subject, "Console - "), belvedere.NoBreak, " "))
	}
	h.post = nil
	return out
}

func (h *house) days(n int) { h.now = h.now.AddDate(0, 0, n) }
