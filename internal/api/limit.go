package api

import (
	"sync"
	"time"

	"belvedere/internal/door"
)

// Limits are how often one may ask, per minute. Zero fields take their default.
type Limits struct {
	Reads     int // of a token or an account; 600
	Pushes    int // of a token; 120
	Addresses int // of a network, whatever it asks; 2,400
	Failures  int // of a network that presents nothing valid; 60
}

type limiters struct{ reads, pushes, addresses, failures *door.Limiter }

func newLimiters(l Limits, now func() time.Time) limiters {
	limiter := func(n, standard int) *door.Limiter {
		if n <= 0 {
			n = standard
		}
		return door.NewLimiter(n, now)
	}
	return limiters{limiter(l.Reads, 600), limiter(l.Pushes, 120), limiter(l.Addresses, 2400), limiter(l.Failures, 60)}
}

// usage remembers when the use of each token was last noted. Tokens are made by hand: they are few.
type usage struct {
	mu    sync.Mutex
	noted map[int64]time.Time
}

func newUsage() *usage { return &usage{noted: map[int64]time.Time{}} }

// due tells whether the use of a token is to be noted now, and takes it as noted.
func (u *usage) due(id int64, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if last, found := u.noted[id]; found && now.Sub(last) < time.Minute {
		return false
	}
	u.noted[id] = now
	return true
}
