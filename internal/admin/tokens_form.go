package admin

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/rights"
)

// The limits of a token.
const (
	mostTokenName  = 80
	mostTokenYears = 2
)

// A TokenForm is what an administrator fills in to make a token.
type TokenForm struct {
	Name       string // what it is for
	Vendor     string // whose program; the source of what it pushes
	Push, Read bool
	AllSchools bool
	Schools    []string // UAIs
	Groups     []int64  // taken for the schools that they hold today
	LastDay    string   // 2027-11-26 or 26/11/2027; "" is a year from now
}

var vendorName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$`)

// checked is the token that a form asks for. Its error is Flaws when the form is wrong.
func (t *Tokens) checked(ctx context.Context, f TokenForm) (out registry.Token, _ error) {
	var flaws Flaws
	out.Name = tokenName(&flaws, f.Name)
	out.Vendor = strings.TrimSpace(f.Vendor)
	switch {
	case !vendorName.MatchString(out.Vendor):
		flaws.add("editeur", "L’éditeur s’écrit en 2 à 40 lettres minuscules sans accent, chiffres ou tirets : par exemple mon-editeur.")
	case t.reserved(out.Vendor):
		flaws.add("editeur", "Le nom %s est celui d’une source du programme : choisissez-en un autre.", out.Vendor)
	}
	if out.Push, out.Read = f.Push, f.Read; !f.Push && !f.Read {
		flaws.add("acces", "Choisissez ce que le jeton permet : déposer des livraisons, lire des chiffres, ou les deux.")
	}
	out.Expires = t.lastDay(&flaws, f.LastDay)
	if err := t.opened(ctx, &flaws, &out, f); err != nil {
		return out, err
	}
	return out, flaws.orNil()
}

// tokenName is what a token is for, as a form says.
func tokenName(flaws *Flaws, typed string) string {
	before := len(*flaws)
	name := writtenText(flaws.text("nom", "Le nom", typed, mostTokenName))
	switch {
	case len(*flaws) > before:
	case name == "":
		flaws.add("nom", "Le nom manque : écrivez à quoi sert ce jeton.")
	case strings.ContainsAny(name[:1], "=+-@'"):
		flaws.add("nom", "Le nom ne peut pas commencer par un signe : il s’écrit dans des fichiers CSV.")
	}
	return name
}

// today is the midnight that began this day in the territory.
func (t *Tokens) today() time.Time {
	now := t.now().In(t.zone())
	return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, t.zone())
}

// lastDay is the instant after the last day that a form says.
func (t *Tokens) lastDay(flaws *Flaws, typed string) time.Time {
	if strings.TrimSpace(typed) == "" {
		return t.today().AddDate(1, 0, 0).UTC()
	}
	return t.until(flaws, typed, t.today().AddDate(mostTokenYears, 0, 0), belvedere.FormatNumber(mostTokenYears, 0)+" ans")
}

// until reads a last day that is not over and not after another, which is so long from now.
func (t *Tokens) until(flaws *Flaws, typed string, most time.Time, long string) time.Time {
	day, err := belvedere.ParseDate(strings.TrimSpace(typed))
	if err != nil {
		flaws.add("fin", "Le dernier jour s’écrit 2027-11-30 ou 30/11/2027 : corrigez-le.")
		return time.Time{}
	}
	end := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, t.zone())
	switch {
	case !end.After(t.today()):
		flaws.add("fin", "Le dernier jour (%s) est passé : choisissez-en un à venir.", belvedere.ShortDate(day))
	case end.After(most.AddDate(0, 0, 1)):
		flaws.add("fin", "Un jeton vaut au plus %s, soit jusqu’au %s : choisissez un jour plus proche.", long, belvedere.ShortDate(most))
	}
	return end.UTC()
}

// opened finds the schools that a form names, by themselves or by group.
func (t *Tokens) opened(ctx context.Context, flaws *Flaws, out *registry.Token, f TokenForm) error {
	if out.AllSchools = f.AllSchools; f.AllSchools {
		return nil
	}
	if len(f.Schools) > mostSchools {
		flaws.add("etablissement", "Un jeton nomme au plus %s établissements : choisissez un groupe, ou tous.", belvedere.FormatNumber(mostSchools, 0))
		return nil
	}
	schools, err := t.Schools.Schools(ctx)
	if err != nil {
		return err
	}
	groups, err := t.Registry.ListGroups(ctx)
	if err != nil {
		return err
	}
	k := &known{schools: make(map[belvedere.UAI]string, len(schools)), groups: make(map[int64]string, len(groups))}
	for _, s := range schools {
		k.schools[s.UAI] = s.Name
	}
	for _, g := range groups {
		k.groups[g.ID] = g.Name
	}
	before := len(*flaws)
	out.Schools = flaws.uais(f.Schools, nil, k)
	asked, all := flaws.groups(f.Groups, k), forRights(schools)
	for _, g := range groups {
		if slices.Contains(asked, g.ID) {
			out.Schools = append(out.Schools, rights.Members(g, all)...)
		}
	}
	slices.Sort(out.Schools)
	out.Schools = slices.Compact(out.Schools)
	if len(out.Schools) == 0 && len(*flaws) == before {
		flaws.add("etablissement", "Choisissez au moins un établissement, un groupe qui en contient, ou tous.")
	}
	return nil
}
