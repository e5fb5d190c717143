package auth

import (
	"time"
)

// Limits of guessing.
const (
	freeTries   = 4                // of one lane, without delay; the fifth failure brings the first
	longestWait = 15 * time.Minute // nobody is kept out for longer by what others do
	hardStop    = 100              // tries of one lane, after which each costs the longest wait
	calmAfter   = 24 * time.Hour   // a lane without a try for so long begins anew

	networkBurst = 60              // tries of one network at once
	networkEvery = 3 * time.Second // and one more each
)

// lanes count the tries of an account through one door. A try counts before its result is
// known: a thousand at the same time must not all be the first.
type lanes struct {
	now  func() time.Time
	kept *memory[lane]
}

type lane struct {
	tries      int
	last, next time.Time
}

func newLanes(now func() time.Time) *lanes { return &lanes{now, newMemory[lane](mostKept)} }

// enter takes a try, or says how long to wait for the next.
func (l *lanes) enter(key string) (wait time.Duration) {
	now := l.now()
	l.kept.with(key, func(a *lane) {
		if now.Sub(a.last) > calmAfter {
			*a = lane{}
		}
		if wait = a.next.Sub(now); wait > 0 {
			wait = min(wait, longestWait) // a clock that was put back
			return
		}
		wait = 0
		a.tries++
		a.last, a.next = now, now.Add(delayAfter(a.tries))
	})
	return wait
}

// back returns a try that was not a guess: it could not be checked.
func (l *lanes) back(key string) {
	l.kept.with(key, func(a *lane) {
		if a.tries > 0 {
			a.tries--
			a.next = a.last.Add(delayAfter(a.tries))
		}
	})
}

// passed forgets the tries of a lane: the last one was right.
func (l *lanes) passed(key string) { l.kept.forget(key) }

// delayAfter is how long the next try waits: 1 s after the fifth, twice as long after each.
func delayAfter(tries int) time.Duration {
	n := tries - freeTries - 1
	switch {
	case n < 0:
		return 0
	case n > 10 || tries >= hardStop:
		return longestWait
	}
	return min(time.Second<<n, longestWait)
}

// buckets hold the tries of networks: each may spend a burst, which fills again with time. What
// succeeds costs nothing, since a whole town hall may stand behind one address.
type buckets struct {
	now  func() time.Time
	kept *memory[bucket]
}

type bucket struct {
	spent float64
	at    time.Time
}

func newBuckets(now func() time.Time) *buckets { return &buckets{now, newMemory[bucket](mostKept)} }

// take spends one, or says how long to wait.
func (b *buckets) take(key string) (wait time.Duration) {
	now := b.now()
	b.kept.with(key, func(k *bucket) {
		if since := now.Sub(k.at); since > 0 {
			k.spent = max(0, k.spent-float64(since)/float64(networkEvery))
		}
		k.at = now
		if k.spent > networkBurst-1 {
			wait = time.Duration((k.spent - (networkBurst - 1)) * float64(networkEvery))
			return
		}
		k.spent++
	})
	return wait
}

// back returns one.
func (b *buckets) back(key string) {
	b.kept.with(key, func(k *bucket) { k.spent = max(0, k.spent-1) })
}
