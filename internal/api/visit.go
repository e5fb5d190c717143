package api

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/door"
	"belvedere/internal/registry"
)

// A visit is a request with who sends it and the entry that the journal will keep of it.
type visit struct {
	caller  caller
	entry   registry.Entry
	schools []belvedere.UAI
	all     bool
	silent  bool // the journal keeps nothing of it
	pushes  bool // what it may read does not bear on its answer
}

type visitKey struct{}

// visitOf is the visit of a request; each request that serve passes on has one.
func visitOf(r *http.Request) *visit {
	v, _ := r.Context().Value(visitKey{}).(*visit)
	return v
}

// covers notes the schools whose figures the answer holds.
func (v *visit) covers(filter []string) {
	v.schools, v.all = door.Covered(v.caller.viewer.Scope, filter)
}

// serve admits a request to its route, keeps its entry and answers its error.
func (s *server) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := s.newVisit(rt, r)
		r = r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
		r.Body = http.MaxBytesReader(w, r.Body, s.MaxFile)
		keep := func(status int) error {
			if v.silent {
				return nil
			}
			return door.Keep(r.Context(), s.Journal, v.entry, v.schools, v.all, status)
		}
		jw := door.NewWriter(w, keep, func(w http.ResponseWriter) {
			s.sent(writeProblem(w, http.StatusServiceUnavailable, door.Unkept, r.URL.Path))
		})
		err := guarded(func(w http.ResponseWriter, r *http.Request) error {
			if err := s.admit(rt, r); err != nil {
				return err
			}
			return rt.handler(w, r)
		}, jw, r)
		if err != nil {
			s.problem(jw, r, err)
		}
		if !jw.Begun() { // the sender went away before its answer, and asked all the same
			if err := keep(statusGone); err != nil {
				s.Log.Error("api: journal", "error", err)
			}
		}
	})
}

// statusGone is for the journal only: nobody was there to read an answer.
const statusGone = 499

func (s *server) newVisit(rt route, r *http.Request) *visit {
	object := r.URL.EscapedPath()
	if r.URL.RawQuery != "" {
		object += "?" + r.URL.RawQuery
	}
	return &visit{silent: rt.action == "", pushes: rt.right == pushing, entry: registry.Entry{
		At: s.Now().UTC(), Door: "api", Action: rt.action, Object: short(door.WithoutTokens(object), 500), From: door.Address(r),
	}}
}

// admit finds who sends a request and whether he or she may, as often as that.
func (s *server) admit(rt route, r *http.Request) error {
	v := visitOf(r)
	network := door.Network(v.entry.From)
	if !door.FromMachine(r) {
		if err := s.within(v, s.limits.addresses, network); err != nil {
			return err
		}
	}
	if rt.right == open {
		return nil
	}
	c, err := s.whoAsks(r)
	if err != nil {
		v.entry.Action, v.silent = "refus", false
		var refused *refusal
		if errors.As(err, &refused) {
			v.entry.Detail = refused.cause
			if over := s.within(v, s.limits.failures, network); over != nil {
				return over
			}
		}
		return err
	}
	s.enter(v, c)
	if key := c.key(); key != "" {
		limiter := s.limits.reads
		if rt.right == pushing {
			limiter = s.limits.pushes
		}
		if err := s.within(v, limiter, key); err != nil {
			return err
		}
	}
	if err := rt.right.allows(c); err != nil {
		v.entry.Action = "refus"
		return err
	}
	if c.token != nil {
		s.noteUse(r.Context(), c.token, v.entry.From)
	}
	return nil
}

// enter writes who asks into the entry.
func (s *server) enter(v *visit, c caller) {
	v.caller = c
	v.entry.Account, v.entry.Login = c.viewer.ID, c.viewer.Login
	if c.personal() {
		v.entry.Detail = "par le jeton de lecture " + strconv.FormatInt(c.token.ID, 10) + " «\u00a0" + c.token.Name + "\u00a0»"
	}
	if !c.local {
		return
	}
	v.entry.Door = "commande"
	if c.viewer.Kind != belvedere.Operator {
		v.entry.Detail = "par l’exploitant de la machine, au nom de ce compte"
	} else if v.entry.Login == "" {
		v.entry.Login = "exploitant"
	}
}

// within refuses what is over a limit. The journal keeps the first refusal of a row of them: it
// must not grow at the pace of a flood.
func (s *server) within(v *visit, l *door.Limiter, key string) error {
	ok, wait, first := l.Take(key)
	if ok {
		return nil
	}
	v.entry.Action, v.silent = "refus", !first
	seconds := int(math.Ceil(wait.Seconds()))
	return &refusal{status: http.StatusTooManyRequests, header: "Retry-After", value: strconv.Itoa(seconds), cause: "trop de demandes",
		detail: "Trop de demandes en peu de temps\u00a0: attendez " + belvedere.Plural(seconds, "seconde", "secondes") + ", puis reprenez."}
}

// noteUse notes the use of a token once a minute at most. That it could not be noted is no
// reason to refuse: the journal holds each use.
func (s *server) noteUse(ctx context.Context, t *registry.Token, from string) {
	now := s.Now().UTC()
	if now.Sub(t.LastUsed) < time.Minute && from == t.LastFrom || !s.used.due(t.ID, now) {
		return
	}
	if err := s.Store.TokenUsed(context.WithoutCancel(ctx), t.ID, now, from); err != nil {
		s.Log.Warn("api: the use of a token was not noted", "token", t.Name, "error", err)
	}
}

// short cuts a text to a number of runes.
func short(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
