package mail

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"belvedere"
)

var silent = slog.New(slog.DiscardHandler)

func essay(subject string) Message {
	return Message{To: "a@b.fr", Subject: subject, Text: "Lien secret"}
}

func TestQueueDoesNotWaitForTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		q := NewQueue(senderFunc(func(context.Context, Message) error {
			time.Sleep(time.Minute) // of the bubble
			sent++
			return nil
		}), silent, nil)
		start := time.Now()
		for range 5 {
			if err := q.Send(t.Context(), essay("x")); err != nil {
				t.Fatal(err)
			}
		}
		if time.Since(start) != 0 || sent != 0 {
			t.Error("Send waited for the server")
		}
		if err := q.Close(t.Context()); err != nil || sent != 5 {
			t.Errorf("Close: %v, %d were sent", err, sent)
		}
	})
}

func TestQueueTriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		start := time.Now()
		q := NewQueue(senderFunc(func(_ context.Context, m Message) error {
			if m.Subject == "other" {
				return nil // is not held up by the first
			}
			if at = append(at, time.Since(start)); len(at) < 4 {
				return errors.New("away")
			}
			return nil
		}), silent, func(Message, error) { t.Error("given up") })
		q.Send(t.Context(), essay("x"))
		synctest.Wait()
		q.Send(t.Context(), essay("other"))
		synctest.Wait()
		if q.Waiting() != 1 {
			t.Errorf("%d wait", q.Waiting())
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		want := []time.Duration{0, 5 * time.Second, 35 * time.Second, 155 * time.Second}
		if len(at) != 4 || at[1] != want[1] || at[2] != want[2] || at[3] != want[3] {
			t.Errorf("tries at %v, want %v", at, want)
		}
		if err := q.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestQueueGivesUp(t *testing.T) {
	for name, c := range map[string]struct {
		err   error
		tries int
	}{
		"away":    {errors.New("away"), 6},
		"refused": {belvedere.Errorf(belvedere.Invalid, "non"), 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			tries, lost := 0, 0
			var out bytes.Buffer
			q := NewQueue(senderFunc(func(context.Context, Message) error { tries++; return c.err }),
				slog.New(slog.NewTextHandler(&out, nil)), func(Message, error) { lost++ })
			q.Send(t.Context(), essay("x"))
			time.Sleep(24 * time.Hour)
			synctest.Wait()
			if tries != c.tries || lost != 1 {
				t.Errorf("%s: %d tries, %d lost", name, tries, lost)
			}
			if err := q.Close(t.Context()); err == nil {
				t.Errorf("%s: Close does not tell that a letter was lost", name)
			}
			if strings.Contains(out.String(), "secret") || !strings.Contains(out.String(), "mail not sent") {
				t.Errorf("%s: log %s", name, out.String())
			}
		})
	}
}

func TestQueueSurvivesItsSender(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		q := NewQueue(senderFunc(func(context.Context, Message) error {
			if n++; n == 1 {
				panic("broken")
			}
			return nil
		}), silent, nil)
		q.Send(t.Context(), essay("x"))
		q.Send(t.Context(), essay("y"))
		q.Close(t.Context())
		if n != 2 {
			t.Errorf("%d were tried", n)
		}
	})
}

func TestQueueIsBoundedAndCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		blocked := make(chan struct{})
		q := NewQueue(senderFunc(func(ctx context.Context, _ Message) error {
			select {
			case <-blocked:
			case <-ctx.Done():
			}
			return ctx.Err()
		}), silent, nil)
		q.Send(t.Context(), essay("x"))
		synctest.Wait()
		for range mostWaiting {
			if err := q.Send(t.Context(), essay("x")); err != nil {
				t.Fatal(err)
			}
		}
		if err := q.Send(t.Context(), essay("x")); belvedere.KindOf(err) != belvedere.Unavailable {
			t.Errorf("one too many: error %v", err)
		}
		// A server that never answers does not hold the program up.
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()
		if err := q.Close(ctx); err == nil || time.Since(start) != 10*time.Second {
			t.Errorf("Close: %v after %v", err, time.Since(start))
		}
		if err := q.Send(t.Context(), essay("x")); belvedere.KindOf(err) != belvedere.Unavailable {
			t.Errorf("after Close: error %v", err)
		}
	})
}

func TestQueueRefusesAtOnce(t *testing.T) {
	q := NewQueue(senderFunc(func(context.Context, Message) error { return nil }), silent, nil)
	defer q.Close(t.Context())
	if err := q.Send(t.Context(), Message{To: "a@b.fr\nBcc: c@d.fr", Subject: "x", Text: "x"}); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("error %v", err)
	}
}
