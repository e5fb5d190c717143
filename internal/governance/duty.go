package governance

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/registry"
)

// The duties by which others of this package know people.
const (
	Steering   = "pilotage"
	Assistance = "assistance"
)

// declared are the responsibilities that every organisation has (seed 003), in the order of the page.
var declared = []registry.Duty{
	{Code: Steering, Label: "Pilotage", Mission: "Fixe les orientations, les principes de modélisation, les grandes règles de procédure et le calendrier général, avec la gouvernance de l’établissement. Assure la continuité du service, et fait le lien entre la direction, les utilisateurs et les éditeurs."},
	{Code: "modelisation", Label: "Modélisation", Mission: "Anime la réflexion sur l’offre de formation et les modalités de contrôle des connaissances, et la traduit en paramétrages."},
	{Code: "scolarite", Label: "Scolarité", Mission: "Coordonne les travaux des scolarités et des autres services concernés."},
	{Code: "technique", Label: "Technique", Mission: "Au service informatique : le matériel, l’exploitation et les développements propres à l’établissement."},
	{Code: "formation", Label: "Formation", Mission: "Recense les personnes à former, désigne les formateurs, tient le planning et adapte les formations aux besoins."},
	{Code: "documentation", Label: "Documentation", Mission: "Tient la documentation et garde ce que l’établissement apprend."},
	{Code: Assistance, Label: "Assistance", Mission: "Définit les procédures et les structures d’assistance, fonctionnelle et technique. Quatre correspondants, deux fonctionnels et deux techniques, sont seuls habilités à contacter l’assistance de l’éditeur."},
}

// correspondents is how many correspondents of each kind the assistance wants.
const correspondents = 2

// Duties are all responsibilities: those that every organisation has, then those added here.
func (s *Service) Duties(ctx context.Context) ([]registry.Duty, error) {
	added, err := s.Registry.Duties(ctx)
	out := slices.Clone(declared)
	for _, d := range added {
		if i := slices.IndexFunc(out, func(o registry.Duty) bool { return o.Code == d.Code }); i >= 0 {
			out[i] = d // an organisation may say a mission in its own words
		} else {
			out = append(out, d)
		}
	}
	return out, err
}

// Declared tells whether the program itself declares a duty.
func Declared(code string) bool {
	return slices.ContainsFunc(declared, func(d registry.Duty) bool { return d.Code == code })
}

// duty finds one by its code.
func (s *Service) duty(ctx context.Context, code string) (registry.Duty, error) {
	list, err := s.Duties(ctx)
	if err != nil {
		return registry.Duty{}, err
	}
	for _, d := range list {
		if d.Code == code {
			return d, nil
		}
	}
	codes := make([]string, len(list))
	for i, d := range list {
		codes[i] = d.Code
	}
	return registry.Duty{}, belvedere.Errorf(belvedere.Invalid, "La responsabilité «\u00a0%.40s\u00a0» n’existe pas. Elles sont\u00a0: %s.", code, strings.Join(codes, ", "))
}

var dutyCode = regexp.MustCompile(`^[a-z][a-z0-9_]{1,39}$`)

// PutDuty adds a responsibility, or says the mission of one in other words.
func (s *Service) PutDuty(ctx context.Context, v belvedere.Viewer, d registry.Duty) (err error) {
	defer belvedere.Wrap(&err, "PutDuty(%s)", d.Code)
	if err := managing(v); err != nil {
		return err
	}
	if !dutyCode.MatchString(d.Code) {
		return belvedere.Errorf(belvedere.Invalid, "Le code d’une responsabilité s’écrit en minuscules sans accent\u00a0: archives, enquetes_sise.")
	}
	d.Label, d.Mission, d.By, d.At = strings.TrimSpace(d.Label), tidyText(d.Mission), v.Login, s.Now().UTC()
	return s.Registry.PutDuty(ctx, d)
}

// RemoveDuty forgets one that was added, or the other words of one that the program declares.
func (s *Service) RemoveDuty(ctx context.Context, v belvedere.Viewer, code string) (err error) {
	defer belvedere.Wrap(&err, "RemoveDuty(%s)", code)
	if err := managing(v); err != nil {
		return err
	}
	return s.Registry.RemoveDuty(ctx, code)
}
