package admin

import (
	"context"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// The limits of a grant.
const (
	mostPurpose    = 500
	mostGrantYears = 2
)

// A GrantForm is what an administrator fills in to give a grant.
type GrantForm struct {
	Login      string // whose: identifier or address
	Capability string // "": reading alone
	Level      string // "" is totals
	AllWidgets bool
	Widgets    []string
	AllSchools bool
	Schools    []string           // UAIs
	Within     []belvedere.Within // members to which it is limited
	Purpose    string
	LastDay    string // 2027-11-26 or 26/11/2027; "" is a year from now
}

// checked is the grant that a form asks for, and whose it is. Its error is Flaws when the form is wrong.
func (g *Grants) checked(ctx context.Context, by belvedere.Viewer, f GrantForm) (out registry.Grant, to registry.Account, err error) {
	var flaws Flaws
	if f.Login = strings.TrimSpace(f.Login); f.Login == "" {
		flaws.add("personne", "Choisissez la personne.")
	} else if to, err = g.person(ctx, f.Login); belvedere.KindOf(err) == belvedere.NotFound {
		flaws.add("personne", "Aucun compte n’a l’identifiant ou l’adresse « %s ».", quoted(f.Login))
	} else if err != nil {
		return out, to, err
	}
	if by.ID != 0 && by.ID == to.ID {
		return out, to, belvedere.Errorf(belvedere.Forbidden, "Nul ne s’habilite soi-même"+belvedere.NoBreak+": faites une demande, qu’une autre personne décidera.")
	}
	out.Account, out.AllWidgets, out.AllSchools = to.ID, f.AllWidgets, f.AllSchools
	out.Capability, out.Level = belvedere.Capability(f.Capability), belvedere.Level(f.Level)
	if out.Level == "" {
		out.Level = belvedere.Totals
	}
	g.kinds(&flaws, by, out)
	if err := g.opened(ctx, &flaws, &out, to, f); err != nil {
		return out, to, err
	}
	if out.Purpose = writtenText(flaws.text("finalite", "La finalité", f.Purpose, mostPurpose)); out.Purpose == "" {
		flaws.add("finalite", "Dites pour quoi faire : une habilitation sans finalité ne se justifie pas.")
	}
	now := g.now().UTC()
	out.Created, out.From, out.Until = now, now, g.lastDay(&flaws, f.LastDay)
	out.CreatedBy, out.Approver = by.Login, by.Name
	if out.Approver == "" {
		out.Approver = "l’exploitant"
	}
	return out, to, flaws.orNil()
}

// kinds checks capability and level.
func (g *Grants) kinds(flaws *Flaws, by belvedere.Viewer, out registry.Grant) {
	switch out.Capability {
	case "", belvedere.Author, belvedere.Extractor, belvedere.DataOfficer:
	default:
		flaws.add("capacite", "La capacité est auteur, extracteur, donnees, ou rien pour la lecture seule.")
	}
	switch out.Level {
	case belvedere.Totals:
	case belvedere.Pseudonyms, belvedere.Identities:
		if out.Capability != belvedere.Extractor {
			flaws.add("niveau", "Seul un extracteur reçoit des lignes de personnes : choisissez cette capacité, ou les agrégats.")
		} else if out.Level == belvedere.Identities && by.Kind != belvedere.Operator {
			flaws.add("niveau", "Les identités s’obtiennent par une demande d’accès, que la personne déléguée à la protection des données approuve aussi.")
		}
	default:
		flaws.add("niveau", "Le niveau est agregats, personnes ou identites.")
	}
}

// opened finds the widgets and schools that a form names.
func (g *Grants) opened(ctx context.Context, flaws *Flaws, out *registry.Grant, to registry.Account, f GrantForm) error {
	for _, code := range f.Widgets {
		if !slices.ContainsFunc(g.Widgets, func(w belvedere.Widget) bool { return w.Code == code }) {
			flaws.add("rubriques", "La rubrique « %s » n’existe pas.", quoted(code))
			continue
		}
		out.Widgets = append(out.Widgets, code)
	}
	if f.AllWidgets {
		out.Widgets = nil
	}
	if !f.AllSchools && len(f.Schools) > 0 {
		schools, err := g.Schools.Schools(ctx)
		if err != nil {
			return err
		}
		k := &known{schools: make(map[belvedere.UAI]string, len(schools))}
		for _, s := range schools {
			k.schools[s.UAI] = s.Name
		}
		out.Schools = flaws.uais(f.Schools, nil, k)
	}
	out.Within = flaws.within(f.Within, nil, g.model())
	nothing := !out.AllSchools && len(out.Schools) == 0 && !out.AllWidgets && len(out.Widgets) == 0
	switch {
	case len(*flaws) > 0:
	case out.Capability == "" && nothing:
		flaws.add("rubriques", "Une habilitation de lecture ouvre des rubriques, des établissements, ou les deux : choisissez.")
	case out.Level != belvedere.Totals && !out.AllSchools && len(out.Schools) == 0:
		if len(out.Within) == 0 { // of the schools of the account, what the account may see of them
			out.Within = slices.Clone(to.Within)
		}
		if out.Schools = slices.Clone(to.Schools); len(out.Schools) == 0 {
			flaws.add("etablissement", "Des lignes de personnes s’extraient d’établissements nommés : choisissez-les.")
		}
	}
	return nil
}

// lastDay is the instant after the last day that a form says.
func (g *Grants) lastDay(flaws *Flaws, typed string) time.Time {
	now := g.now().In(g.zone())
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, g.zone())
	if typed = strings.TrimSpace(typed); typed == "" {
		return today.AddDate(1, 0, 0).UTC()
	}
	day, err := belvedere.ParseDate(typed)
	if err != nil {
		flaws.add("fin", "Le dernier jour s’écrit 2027-11-30 ou 30/11/2027 : corrigez-le.")
		return time.Time{}
	}
	end := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, g.zone())
	switch {
	case !end.After(today):
		flaws.add("fin", "Le dernier jour (%s) est passé : choisissez-en un à venir.", belvedere.ShortDate(day))
	case end.After(today.AddDate(mostGrantYears, 0, 1)):
		flaws.add("fin", "Une habilitation vaut au plus %d ans, soit jusqu’au %s : choisissez un jour plus proche.", mostGrantYears, belvedere.ShortDate(today.AddDate(mostGrantYears, 0, 0)))
	}
	return end.UTC()
}
