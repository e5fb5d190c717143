package procedure

import (
	"context"
	"io/fs"
	"sync"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// Config is what a Service needs.
type Config struct {
	Registry registry.Registry
	Sources  []fs.FS                                                // catalogues, the shipped one first
	Choices  func(ctx context.Context, of string) ([]Option, error) // what references may name
	Figures  Figures                                                // nil tries no example
	Mail     Mail                                                   // nil tells nobody
	Zone     *time.Location                                         // of the territory; UTC when nil
	Now      func() time.Time                                       // the clock when nil
	Noted    func(ctx context.Context, object, detail string)       // tells the journal what the program did by itself; nil keeps nothing
}

// Mail tells people by letter; nobody waits for it.
type Mail interface {
	Request(ctx context.Context, to registry.Account, n News) error
}

// News is something that happened to a file or a grant.
type News struct {
	Subject string
	What    string // in a sentence or two
	Facts   [][2]string
	Button  string
	Link    string // path of its page
}

// A Service is safe for concurrent use.
type Service struct {
	Config
	procedures []*Procedure

	mu   sync.Mutex
	kept map[revision]*Procedure
}

type revision struct {
	code   string
	number int
}

// New reads the declarations. The revision of each is known when a file needs it.
func New(c Config) (*Service, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	list, err := Load(c.Sources...)
	return &Service{Config: c, procedures: list, kept: map[revision]*Procedure{}}, err
}

// today is the calendar date of the territory.
func (s *Service) today() time.Time { return belvedere.Date(s.Now().In(s.Zone).Date()) }

// current is a declaration with the number that the registry gives it.
func (s *Service) current(ctx context.Context, code string) (*Procedure, error) {
	p, err := s.Procedure(ctx, code)
	if err != nil {
		return nil, err
	}
	number, err := s.Registry.KeepProcedure(ctx, code, p.Text, s.Now().UTC())
	if err != nil {
		return nil, err
	}
	out := *p
	out.Revision = number
	return &out, nil
}

// of is the declaration under which a file was filed, whatever became of it since.
func (s *Service) of(ctx context.Context, r registry.Request) (*Procedure, error) {
	key := revision{r.Procedure, r.Revision}
	s.mu.Lock()
	p := s.kept[key]
	s.mu.Unlock()
	if p != nil {
		return p, nil
	}
	text, err := s.Registry.ProcedureText(ctx, r.Procedure, r.Revision)
	if err != nil {
		return nil, err
	}
	if p, err = Parse(text); err != nil {
		return nil, belvedere.WrapError(belvedere.Internal, err, "La révision %d de la procédure « %s » ne se lit plus.", r.Revision, r.Procedure)
	}
	p.Revision = r.Revision
	s.mu.Lock()
	s.kept[key] = p
	s.mu.Unlock()
	return p, nil
}

// short is a text that someone typed, as a message shows it.
func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// A Flaw is what is wrong with one field.
type Flaw struct{ Field, Message string }

// Flaws are all that is wrong with a form. As an error they are Invalid.
type Flaws []Flaw

// Error writes them one after the other.
func (f Flaws) Error() string {
	text := ""
	for i, one := range f {
		if i > 0 {
			text += " "
		}
		text += one.Message
	}
	return text
}

// Unwrap makes the list an Invalid error like any other.
func (f Flaws) Unwrap() error { return belvedere.Errorf(belvedere.Invalid, "%s", f.Error()) }
