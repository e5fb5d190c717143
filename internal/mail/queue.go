package mail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"belvedere"
)

// mostWaiting bounds the letters that wait; a letter takes some kilobytes.
const mostWaiting = 5000

// mostWaitingBytes bounds what they take together, files included. One who sends many waits.
const mostWaitingBytes = 128 << 20

// delays between tries. The links of letters live for half an hour and more: after these, a
// letter would come too late.
var delays = []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute}

// A Queue sends in the background: Send returns at once, whether the server is quick, slow or
// away, so that its time tells nothing about who has an account.
type Queue struct {
	sender Sender
	log    *slog.Logger
	failed func(Message, error)

	ctx    context.Context
	cancel context.CancelFunc
	wake   chan struct{}
	done   chan struct{}

	mu      sync.Mutex
	waiting []item
	held    int // bytes of the letters that are not sent yet
	closing bool
	lost    int
}

// An item waits until it is due.
type item struct {
	message Message
	tries   int
	due     time.Time
}

// NewQueue starts to send through another sender. Failed, unless it is nil, is told of each
// letter that is given up, one at a time.
func NewQueue(s Sender, log *slog.Logger, failed func(Message, error)) *Queue {
	if failed == nil {
		failed = func(Message, error) {}
	}
	q := &Queue{sender: s, log: log, failed: failed, wake: make(chan struct{}, 1), done: make(chan struct{})}
	q.ctx, q.cancel = context.WithCancel(context.Background())
	go q.run()
	return q
}

// Send takes a message over. Its error is Invalid for one that cannot be sent, Unavailable when
// too many wait or the queue is closed.
func (q *Queue) Send(_ context.Context, m Message) error {
	if err := m.check(); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closing || len(q.waiting) >= mostWaiting || q.held > 0 && q.held+m.size() > mostWaitingBytes {
		return belvedere.Errorf(belvedere.Unavailable, "Trop de courriers attendent d’être envoyés. Réessayez dans quelques minutes.")
	}
	q.held += m.size()
	q.waiting = append(q.waiting, item{message: m, due: time.Now()})
	q.signal()
	return nil
}

// Waiting tells how many letters are not sent yet, the one being sent apart.
func (q *Queue) Waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}

// Close takes nothing more, tries once what waits, and tells what could not be sent. When the
// context ends, what is left is given up.
func (q *Queue) Close(ctx context.Context) error {
	q.mu.Lock()
	q.closing = true
	q.signal()
	q.mu.Unlock()
	stop := context.AfterFunc(ctx, q.cancel)
	<-q.done
	stop()
	q.cancel()
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.lost > 0 {
		return fmt.Errorf("Close: %d letters were not sent", q.lost)
	}
	return nil
}

// signal wakes the goroutine that sends.
func (q *Queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *Queue) run() {
	defer close(q.done)
	for {
		next, wait, more := q.next()
		switch {
		case !more:
			return
		case wait > 0:
			timer := time.NewTimer(wait)
			select {
			case <-q.wake:
			case <-timer.C:
			}
			timer.Stop()
		default:
			q.try(next)
		}
	}
}

// longWait stands for "until someone signals".
const longWait = 24 * time.Hour

// next takes the letter that is due, or says how long to wait for one; more is false when the
// queue is closed and empty.
func (q *Queue) next() (_ item, wait time.Duration, more bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return item{}, longWait, !q.closing
	}
	first := 0
	for i, it := range q.waiting {
		if it.due.Before(q.waiting[first].due) {
			first = i
		}
	}
	it := q.waiting[first]
	if wait := time.Until(it.due); wait > 0 && !q.closing {
		return item{}, wait, true
	}
	q.waiting = append(q.waiting[:first], q.waiting[first+1:]...)
	return it, 0, true
}

// try sends a letter, and puts it back or gives it up when that fails.
func (q *Queue) try(it item) {
	err := q.ctx.Err()
	if err == nil {
		err = q.send(it.message)
	}
	if err == nil {
		q.end(it.message, nil)
		return
	}
	q.mu.Lock()
	again := !q.closing && it.tries < len(delays) && belvedere.KindOf(err) != belvedere.Invalid
	if again {
		it.due = time.Now().Add(delays[it.tries])
		it.tries++
		q.waiting = append(q.waiting, it)
	} else {
		q.lost++
	}
	q.mu.Unlock()
	// Not the text, which holds links: a log is read by more people than a letter.
	q.log.Warn("mail not sent", "subject", it.message.Subject, "try", it.tries, "again", again, "error", err)
	if !again {
		q.failed(it.message, err)
		q.end(it.message, err)
	}
}

// end frees what a letter held and tells its sender what came of it.
func (q *Queue) end(m Message, err error) {
	q.mu.Lock()
	q.held -= m.size()
	q.mu.Unlock()
	if m.Done != nil {
		m.Done(err)
	}
}

// send keeps the goroutine alive whatever a sender does.
func (q *Queue) send(m Message) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.Join(belvedere.Errorf(belvedere.Invalid, "L’envoi d’un courrier a échoué."), fmt.Errorf("panic: %v", p))
		}
	}()
	return q.sender.Send(q.ctx, m)
}
