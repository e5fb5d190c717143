package registry

import (
	"context"
	"time"

	"belvedere"
)

// Grants keeps what people may do beyond the rights of their account. A grant is never altered but
// in its end: what it opens is what was approved.
type Grants interface {
	// ListGrants gives those that pass the filter, newest first, and how many there are.
	ListGrants(ctx context.Context, f GrantFilter, p Page) ([]Grant, int, error)
	Grant(ctx context.Context, id int64) (Grant, error)
	// CreateGrant adds one and gives it its ID. Invalid says in French what is wrong with it.
	CreateGrant(ctx context.Context, g Grant) (Grant, error)
	// RenewGrant moves the end of one. Conflict when it is revoked.
	RenewGrant(ctx context.Context, id int64, until time.Time) (Grant, error)
	// RevokeGrant ends one at an instant; a second time is harmless.
	RevokeGrant(ctx context.Context, id int64, by, why string, at time.Time) (Grant, error)
	// GrantReminded notes that its end was announced; RenewGrant forgets it.
	GrantReminded(ctx context.Context, id int64, at time.Time) error
}

// A Grant is a belvedere.Grant as it is kept, with who wrote it.
type Grant struct {
	belvedere.Grant
	Created    time.Time
	CreatedBy  string // login of who wrote it
	RevokedBy  string
	RevokedWhy string
	Reminded   time.Time // zero: its end was not announced
}

// A GrantFilter keeps the grants that meet all that it says; its zero value keeps all.
type GrantFilter struct {
	Account int64
	Request int64
	Live    time.Time // neither revoked nor ended at that instant; those to come are
	Ended   time.Time // revoked, or ended at that instant
	EndsBy  time.Time // ends not after that instant
}

// check says in French what is wrong with a grant.
func (g *Grant) check() error {
	switch {
	case g.Account == 0:
		return belvedere.Errorf(belvedere.Invalid, "Une habilitation est donnée à une personne.")
	case key(g.Purpose) == "":
		return belvedere.Errorf(belvedere.Invalid, "Une habilitation dit sa finalité.")
	case key(g.Approver) == "":
		return belvedere.Errorf(belvedere.Invalid, "Une habilitation dit qui l’a approuvée.")
	case g.From.IsZero() || !g.Until.After(g.From):
		return belvedere.Errorf(belvedere.Invalid, "Une habilitation a une fin, après son début.")
	case len(g.Widgets) > mostListed:
		return belvedere.Errorf(belvedere.Invalid, "Une habilitation nomme au plus %d rubriques.", mostListed)
	}
	switch g.Capability {
	case "", belvedere.Author, belvedere.Extractor, belvedere.DataOfficer:
	default:
		return belvedere.Errorf(belvedere.Invalid, "La capacité «\u00a0%s\u00a0» n’existe pas.", clip(string(g.Capability)))
	}
	switch g.Level {
	case belvedere.Totals, belvedere.Pseudonyms, belvedere.Identities:
	case "":
		g.Level = belvedere.Totals
	default:
		return belvedere.Errorf(belvedere.Invalid, "Le niveau de détail «\u00a0%s\u00a0» n’existe pas.", clip(string(g.Level)))
	}
	if g.Level != belvedere.Totals && g.Capability != belvedere.Extractor {
		return belvedere.Errorf(belvedere.Invalid, "Seul un extracteur reçoit des lignes de personnes\u00a0: choisissez cette capacité, ou les agrégats.")
	}
	return g.checkItems()
}

func (g *Grant) checkItems() error {
	for i, u := range g.Schools {
		school, err := belvedere.ParseUAI(string(u))
		if err != nil {
			return belvedere.Errorf(belvedere.Invalid, "Habilitation\u00a0: %v.", err)
		}
		g.Schools[i] = school
	}
	for _, w := range g.Widgets {
		if err := checkText("Une rubrique", w); err != nil {
			return err
		}
	}
	for name, text := range map[string]string{"La finalité": g.Purpose, "Le motif": g.RevokedWhy} {
		if err := checkLength(name, text, mostDefinition); err != nil {
			return err
		}
	}
	if err := checkWithin(g.Within); err != nil {
		return err
	}
	return checkText("L’approbation", g.Approver)
}
