package door

import (
	"sync"
	"time"
)

// mostKeys bounds how many senders a limiter remembers: it keeps two generations of so many.
const mostKeys = 50_000

// A Limiter lets each key do so much a minute. What is not used is kept for one minute at most,
// so that a sender may also come all at once.
type Limiter struct {
	perMinute float64
	now       func() time.Time
	most      int

	mu    sync.Mutex
	young map[string]*bucket
	old   map[string]*bucket
}

type bucket struct {
	left float64
	at   time.Time
	told bool // a refusal was told already since the last time that it was let through
}

// NewLimiter makes a limiter of so many a minute.
func NewLimiter(perMinute int, now func() time.Time) *Limiter {
	return &Limiter{perMinute: float64(perMinute), now: now, most: mostKeys, young: map[string]*bucket{}}
}

// Take counts one more of a key. When it is over the limit, wait is how long until the next is
// let through, and first tells the first refusal of a row of them.
func (l *Limiter) Take(key string) (ok bool, wait time.Duration, first bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.find(key)
	if b.left >= 1 {
		b.left--
		b.told = false
		return true, 0, false
	}
	wait = time.Duration((1 - b.left) / l.perMinute * float64(time.Minute))
	first, b.told = !b.told, true
	return false, max(wait, time.Second), first
}

// Full tells whether a key has nothing left, without counting.
func (l *Limiter) Full(key string) (wait time.Duration, full bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.find(key)
	if b.left >= 1 {
		return 0, false
	}
	return max(time.Duration((1-b.left)/l.perMinute*float64(time.Minute)), time.Second), true
}

// find gives the bucket of a key as it stands now. Keys that were not seen for a generation are
// forgotten: to be forgotten early, a sender would need tens of thousands of networks.
func (l *Limiter) find(key string) *bucket {
	now := l.now()
	b := l.young[key]
	if b == nil {
		if b = l.old[key]; b == nil {
			b = &bucket{left: l.perMinute, at: now}
		}
		if len(l.young) >= l.most {
			l.old, l.young = l.young, map[string]*bucket{}
		}
		l.young[key] = b
	}
	if past := now.Sub(b.at); past > 0 {
		b.left = min(l.perMinute, b.left+past.Minutes()*l.perMinute)
		b.at = now
	}
	return b
}
