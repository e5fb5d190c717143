package tally

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"belvedere"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/vault"
)

// Vaults gives the vaults of schools.
type Vaults interface {
	Vault(ctx context.Context, uai belvedere.UAI, create bool) (*vault.Vault, error)
	List() ([]belvedere.UAI, error)
}

// A Submission is one file of counts on its way to a territory.
type Submission struct {
	ID       string // follows from the bytes: the same again is the same delivery
	School   belvedere.UAI
	Dataset  string
	FileName string
	Body     []byte // CSV
	// Withdrawn are slices of the school that the territory holds and of which nothing is left.
	Withdrawn []string
}

// A Receipt is what a territory says of a delivery.
type Receipt struct {
	Number  int64 // at the territory
	State   belvedere.DeliveryState
	Edition int    // 0 before publication
	Reason  string // French, of a refusal
}

// A Receiver is a territory. An answer without error is an acknowledgement: the file is kept there.
// Errors of kind Invalid, TooLarge, Conflict and Forbidden will not pass by being repeated.
type Receiver interface {
	Accept(ctx context.Context, s Submission) (Receipt, error)
	// Follow tells what became of one that was acknowledged.
	Follow(ctx context.Context, s Submission) (Receipt, error)
}

// Config is what a Service needs; Vaults and Model are required.
type Config struct {
	Vaults    Vaults
	Model     *belvedere.Model
	Persons   dossier.Kinds                       // kinds of person files, which say how they are counted
	Contested Contested                           // nil tells nobody
	Local     Receiver                            // the territory of this installation; nil has none
	Remote    func(Destination) (Receiver, error) // NewRemote when nil
	Now       func() time.Time
	Log       *slog.Logger
}

// A Service counts and sends. It is safe for concurrent use.
type Service struct {
	Config
	wake chan struct{}

	mu      sync.Mutex
	sending map[belvedere.UAI]*sync.Mutex // one sender at a time for a school: order holds
	rests   map[belvedere.UAI]time.Time   // until when nothing is to be done for a school
}

// New makes the service.
func New(c Config) *Service {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Remote == nil {
		c.Remote = func(d Destination) (Receiver, error) { return NewRemote(d) }
	}
	return &Service{Config: c, wake: make(chan struct{}, 1), sending: map[belvedere.UAI]*sync.Mutex{}, rests: map[belvedere.UAI]time.Time{}}
}

// May tells whether a viewer may see and send the figures of a school: who works there, and the
// operator. They name nobody, so that one factor is enough.
func May(v belvedere.Viewer, uai belvedere.UAI) error {
	switch {
	case v.Kind == belvedere.Operator:
		return nil
	case !v.School || !slices.Contains(v.Scope.Own, uai):
		return belvedere.Errorf(belvedere.Forbidden, "Ces chiffres sont ceux de l’établissement %s\u00a0: cette page est réservée aux personnes qui y travaillent.", uai)
	}
	return v.Scope.Whole("Ces chiffres sont ceux de tout l’établissement")
}

// sender is the lock of a school.
func (s *Service) sender(uai belvedere.UAI) *sync.Mutex {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sending[uai] == nil {
		s.sending[uai] = &sync.Mutex{}
	}
	return s.sending[uai]
}

// resting tells whether nothing is to be done for a school yet.
func (s *Service) resting(uai belvedere.UAI) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Now().Before(s.rests[uai])
}

// rest leaves a school alone for a while, 0 for none.
func (s *Service) rest(uai belvedere.UAI, d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rests[uai] = s.Now().Add(d)
}

// rouse makes Run look at a school at once.
func (s *Service) rouse(uai belvedere.UAI) {
	s.rest(uai, 0)
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
