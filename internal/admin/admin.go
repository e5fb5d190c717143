// Package admin holds what administrators do: accounts, groups, conventions, the settings of the
// territory, corrections of the register of schools. Pages and the command line call the same
// use cases, so that what one refuses the other refuses too.
//
// It promises that nothing is done by half: what is wrong is said before anything is written,
// in French, with where, why and what to do; two people who change the same thing never overwrite each
// other unseen. It decides nothing about who may come in: its callers have checked that.
package admin

import (
	"context"

	"belvedere"
)

// A School is what administration knows of one, corrections applied.
type School struct {
	UAI    belvedere.UAI
	Name   string
	Listed bool // in the register; else only named by data
	// Attributes of the register by name: type, secteur, commune, departement, academie,
	// codes_postaux, ouverture, fermeture, devient. Codes for what has a list, as in queries.
	Attributes map[string]string
}

// A Directory gives the schools of the territory, by name.
type Directory interface {
	Schools(ctx context.Context) ([]School, error)
}
