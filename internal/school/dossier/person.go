package dossier

import (
	"context"
	"io"

	"belvedere"
	"belvedere/internal/school/vault"
)

// Locate finds people of the person files by their key or by parts of their names.
func (s *Service) Locate(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, query string) (found []vault.Person, err error) {
	defer belvedere.Wrap(&err, "dossier.Locate(%s)", uai)
	v, err := s.openNames(ctx, who, uai)
	if err != nil {
		return nil, err
	}
	all, err := v.Locate(ctx, query)
	for _, p := range all {
		if inDossiers(p.Sort) {
			found = append(found, p)
		}
	}
	return found, err
}

func inDossiers(sort string) bool {
	return sort == vault.Student || sort == vault.Agent || sort == vault.User
}

// checkSort refuses people who are not of person files.
func checkSort(sort string) error {
	if !inDossiers(sort) {
		return belvedere.Errorf(belvedere.Invalid, "«\u00a0%s\u00a0» n’est pas une sorte de personne\u00a0: etudiant, agent ou usager.", sort)
	}
	return nil
}

// ExportPerson writes all that the vault holds about someone of the person files, as JSON.
func (s *Service) ExportPerson(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, sort string, id int64, w io.Writer) (err error) {
	defer belvedere.Wrap(&err, "dossier.ExportPerson(%s, %s %d)", uai, sort, id)
	v, err := s.openNames(ctx, who, uai)
	if err != nil {
		return err
	}
	if err := checkSort(sort); err != nil {
		return err
	}
	return v.ExportPerson(ctx, sort, id, w)
}

// ErasePerson removes someone from the person files, and the files as received that hold her.
func (s *Service) ErasePerson(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, sort string, id int64) (err error) {
	defer belvedere.Wrap(&err, "dossier.ErasePerson(%s, %s %d)", uai, sort, id)
	v, err := s.openNames(ctx, who, uai)
	if err != nil {
		return err
	}
	if err := checkSort(sort); err != nil {
		return err
	}
	return v.ErasePerson(ctx, sort, id)
}

// Who is someone of the person files, by the number that Locate gives.
func (s *Service) Who(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, sort string, id int64) (p vault.Person, err error) {
	defer belvedere.Wrap(&err, "dossier.Who(%s, %s %d)", uai, sort, id)
	v, err := s.openNames(ctx, who, uai)
	if err != nil {
		return p, err
	}
	if err := checkSort(sort); err != nil {
		return p, err
	}
	return p, v.Read(ctx, func(tx *vault.Tx) (err error) {
		p, err = tx.Person(sort, id)
		return err
	})
}

// Someone is a person of the person files, as the vault knows her.
type Someone = vault.Person
