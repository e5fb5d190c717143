package app

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"belvedere"
	"belvedere/internal/mapping"
)

// longestLabel bounds the name of a member, in characters.
const longestLabel = 120

// NameMember gives a member of an open list the label that someone decides. No later file undoes it; results
// that were made before keep the former.
func (a *App) NameMember(ctx context.Context, m belvedere.Member, by string) (err error) {
	defer belvedere.Wrap(&err, "NameMember(%s, %s)", m.List, m.Code)
	m.Label = strings.Join(strings.Fields(m.Label), " ")
	if n := utf8.RuneCountInString(m.Label); n == 0 || n > longestLabel || strings.ContainsFunc(m.Label, unicode.IsControl) {
		return belvedere.Errorf(belvedere.Invalid, "Un libellé a de 1 à %d caractères.", longestLabel)
	}
	if who := mapping.IdentityOf(m.Label); who != "" {
		return belvedere.Errorf(belvedere.Invalid, "Ce libellé désigne une personne (%s)\u00a0: le territoire ne garde aucune donnée nominative.", string(who))
	}
	done, err := a.Registry.RenameMembers(ctx, []belvedere.Naming{{Member: m, Author: by, At: time.Now()}})
	if err != nil {
		return err
	}
	a.Model.Members().Rename(done)
	return nil
}
