package directory

import (
	"context"
	"io"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/export"
	"belvedere/internal/school/vault"
)

// ExportCSV writes the directory of a year, a line for each person, for another ENT or a
// spreadsheet. Accounts are brought up to date first. Codes of activation are not in it.
func (s *Service) ExportCSV(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear, w io.Writer) (people int, err error) {
	defer belvedere.Wrap(&err, "ExportCSV(%s, %s)", uai, year)
	var r *register
	err = s.write(ctx, who, uai, func(tx *vault.Tx) error {
		r, _, err = s.enrol(tx, year)
		return err
	})
	if err != nil {
		return 0, err
	}
	list := r.entitled()
	return len(list), export.Lines(w, func(yield func([]string) bool) {
		if !yield([]string{"profil", "cle", "identifiant", "etat", "civilite", "nom", "nom_usage", "prenom", "naissance", "sexe", "ine", "eleve_id", "division", "niveau", "groupes",
			"fonction", "mel", "telephone_domicile", "telephone_portable", "adresse", "code_postal", "commune", "identifiants_eleves"}) {
			return
		}
		for _, one := range list {
			if !yield(r.csvLine(one)) {
				return
			}
		}
	})
}

func (r *register) csvLine(one entitledTo) []string {
	p, a := one.p, r.accounts[one.p.who]
	var ine, number, level, groups, function, home, mobile, children string
	switch p.sort {
	case vault.Pupil:
		x := r.pupil[p.id]
		ine, number, level, groups = x.ine, x.number, x.level, strings.Join(x.groups, ", ")
	case vault.Guardian:
		g := r.guardian[p.id]
		home, mobile = g.home, g.mobile
		var logins []string
		for _, id := range g.pupils {
			logins = append(logins, r.accounts[who{vault.Pupil, id}].login)
		}
		children = strings.Join(logins, ", ")
	case vault.Staff:
		function, groups = r.member[p.id].function, strings.Join(codes(r.member[p.id].groups), ", ")
	}
	return []string{one.profile, p.sort + "-" + strconv.FormatInt(p.id, 10), a.login, a.state, p.civility, p.last, p.usage, p.first, p.birth, p.sex, ine, number,
		strings.Join(r.divisionsOf(p.who), ", "), level, groups, function, p.mail, home, mobile, strings.Join(p.address, ", "), p.postcode, p.town, children}
}
