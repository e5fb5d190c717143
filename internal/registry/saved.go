package registry

import (
	"context"
	"time"

	"belvedere"
)

// SavedQueries keeps what people ask of the explorer and want to ask again. It keeps no figure: whoever
// opens one is answered with the rights of that moment.
type SavedQueries interface {
	// ListSaved gives all of them by title.
	ListSaved(ctx context.Context) ([]SavedQuery, error)
	// SavedQuery finds one. NotFound when there is none.
	SavedQuery(ctx context.Context, id int64) (SavedQuery, error)
	// CreateSaved keeps a new one, version 1.
	CreateSaved(ctx context.Context, q SavedQuery) (SavedQuery, error)
	// SaveSaved adds a version to one whose last is q.Version. Conflict when another was saved
	// meanwhile. Who stands for it does no longer, unless its description alone changed.
	SaveSaved(ctx context.Context, q SavedQuery, v SavedVersion) (SavedQuery, error)
	// ShareSaved sets who may open one: Sharing, Accounts and Schools.
	ShareSaved(ctx context.Context, q SavedQuery) error
	// VerifySaved says that someone stands for a version of one; "" takes it back. Conflict when the
	// version is not the last.
	VerifySaved(ctx context.Context, id int64, version int, by string, at time.Time) error
	DeleteSaved(ctx context.Context, id int64) error
	// SavedVersions gives those of one, newest first.
	SavedVersions(ctx context.Context, id int64) ([]SavedVersion, error)
}

// A SavedQuery is one as it stands.
type SavedQuery struct {
	ID          int64
	Owner       int64 // 0: the operator
	OwnerName   string
	Title       string
	Description string
	State       string   // of the explorer, as its address writes it
	Parameters  []string // parameters of the address that readers may change; what the state says is their default
	Sharing     DashboardSharing
	Accounts    []int64         // of SharedChosen, sorted
	Schools     []belvedere.UAI // of SharedChosen: who works there
	VerifiedBy  string          // "" when nobody stands for the last version
	Verified    time.Time
	Version     int
	Created     time.Time
	Updated     time.Time
}

// A SavedVersion is one as it stood.
type SavedVersion struct {
	Number      int
	Title       string
	Description string
	State       string
	Parameters  []string
	By          string
	At          time.Time
	Note        string
}

// MostSaved is the most that one account may own, so that nobody fills the registry.
const MostSaved = 500

// mostState bounds the state of one, in bytes.
const mostState = 32 << 10

func (q SavedQuery) check() error {
	if key(q.Title) == "" {
		return belvedere.Errorf(belvedere.Invalid, "Une requête enregistrée a un titre.")
	}
	if err := checkText("Le titre", q.Title); err != nil {
		return err
	}
	if err := checkLength("La description", q.Description, 2000); err != nil {
		return err
	}
	for _, p := range q.Parameters {
		if err := checkText("Un paramètre", p); err != nil {
			return err
		}
	}
	switch q.Sharing {
	case SharedNobody, SharedChosen, SharedAll:
	default:
		return belvedere.Errorf(belvedere.Invalid, "Le partage est privé, choisi ou ouvert à tous.")
	}
	if len(q.State) > mostState {
		return belvedere.Errorf(belvedere.TooLarge, "Cette requête est trop longue\u00a0: retirez des filtres.")
	}
	return nil
}
