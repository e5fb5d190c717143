package governance

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
)

// Findings are what modelling rules found in a school, of one duty: how many of each rule, and no name.
type Findings struct {
	School belvedere.UAI
	Year   belvedere.SchoolYear
	Duty   string
	Rules  [][2]string // title, how many
	Total  int
	Found  time.Time // the latest of them
}

// FindingsPath is where they are read.
func FindingsPath(school belvedere.UAI, year belvedere.SchoolYear) string {
	return "/gouvernance/coherence?" + url.Values{"etablissement": {string(school)}, "annee": {year.String()}}.Encode()
}

// TellFindings writes to who answers for a duty in a school that there is something to mend, once for
// each instant at which something was found. Who may not know it is not told; when none of them may,
// administrators are.
func (s *Service) TellFindings(ctx context.Context, f Findings, may func(registry.Account) bool) (err error) {
	defer belvedere.Wrap(&err, "TellFindings(%s, %s)", f.School, f.Duty)
	to, err := s.responsible(ctx, f.Duty, f.School)
	if err != nil {
		return err
	}
	if to = slices.DeleteFunc(to, func(a registry.Account) bool { return !may(a) }); len(to) == 0 {
		if to, err = s.administrators(ctx); err != nil {
			return err
		}
	}
	label := f.Duty
	if d, err := s.duty(ctx, f.Duty); err == nil {
		label = d.Label
	}
	name := schoolName(s.schools(ctx), f.School)
	_, err = s.tell(ctx, to, news{kind: registry.LetterFinding, number: int64(f.Year), slot: fmt.Sprintf("%s %s %d", f.School, f.Duty, f.Found.UnixMicro()), GovernanceNews: mail.GovernanceNews{
		Subject: "cohérence : " + belvedere.Plural(f.Total, "constat à traiter", "constats à traiter"), What: "Le contrôle de cohérence trouve des données à corriger dont vous répondez. Les constats se lisent sur leur page ; ce courrier ne nomme personne.",
		Label: "Ouvrir le tableau", Link: FindingsPath(f.School, f.Year),
		Facts: append([][2]string{{"Établissement", name}, {"Année", f.Year.String()}, {"Responsabilité", label}}, f.Rules...),
	}})
	return err
}
