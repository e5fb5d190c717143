package dossier

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/school/vault"
)

// Batch makes an import of files: by the mapping of a name, by a kind whose columns they have under
// their usual headers, or, without a name, by whatever recognises them.
func (s *Service) Batch(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, name string, files []File) (b Batch, err error) {
	defer belvedere.Wrap(&err, "dossier.Batch(%s, %s)", uai, name)
	if len(files) == 0 {
		return b, belvedere.Errorf(belvedere.Invalid, "Choisissez au moins un fichier.")
	}
	own, err := s.Mappings(ctx, who, uai)
	if err != nil {
		return b, err
	}
	if b, ok, err := s.special(name, files); ok || err != nil {
		return b, err
	}
	parts, err := tables(files)
	if err != nil {
		return b, err
	}
	if name != "" {
		m, err := s.named(name, own, parts)
		if err != nil {
			return b, err
		}
		return m.batch(files, parts, s.Catalog.Kinds)
	}
	for _, m := range slices.Concat(own, s.Catalog.Mappings) {
		if m.fits(parts) {
			return m.batch(files, parts, s.Catalog.Kinds)
		}
	}
	return b, unrecognised(slices.Concat(own, s.Catalog.Mappings), parts)
}

// named is a mapping by name: of the institution, of the catalogue, or that of the headers of a kind.
func (s *Service) named(name string, own []Mapping, parts []part) (*Mapping, error) {
	for _, m := range slices.Concat(own, s.Catalog.Mappings) {
		if m.Name == name {
			return &m, nil
		}
	}
	if k := s.Catalog.Kinds.Kind(name); k != nil {
		return usual(k, parts)
	}
	return nil, belvedere.Errorf(belvedere.NotFound, "Il n’y a ni correspondance ni sorte de fichiers «\u00a0%s\u00a0».", name)
}

// usual reads a kind under its usual headers, those of the first table: the others must have them too.
func usual(k *Kind, parts []part) (*Mapping, error) {
	header := parts[0].header
	names := normal(header)
	o := Output{Kind: k.Name, From: "table"}
	var needed []string
	for i := range k.Columns {
		c := &k.Columns[i]
		for _, h := range append([]string{c.Name, c.Label}, c.Headers...) {
			if at := slices.Index(names, squash(h)); at >= 0 && !slices.Contains(needed, header[at]) {
				o.Cells = append(o.Cells, Cell{Column: c.Name, From: []string{header[at]}})
				needed = append(needed, header[at])
				break
			}
		}
	}
	m := &Mapping{Name: k.Name, Label: k.Label, Tables: []Table{{Name: o.From, Headers: needed}}, Output: []Output{o}}
	return m, m.check(Kinds{k})
}

// Mappings are those that an institution made, by name.
func (s *Service) Mappings(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI) (list []Mapping, err error) {
	defer belvedere.Wrap(&err, "dossier.Mappings(%s)", uai)
	err = s.read(ctx, who, uai, func(tx *vault.Tx) error {
		return tx.Each("SELECT contenu FROM dossier_correspondance ORDER BY nom", nil, func(scan func(...any) error) error {
			var text string
			if err := scan(&text); err != nil {
				return err
			}
			m := Mapping{Own: true}
			if err := json.Unmarshal([]byte(text), &m); err != nil {
				return err
			}
			m.Own = true
			list = append(list, m)
			return nil
		})
	})
	return list, err
}

// SaveMapping keeps a mapping of an institution, in the place of the one that has its name.
func (s *Service) SaveMapping(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, m Mapping) (err error) {
	defer belvedere.Wrap(&err, "dossier.SaveMapping(%s, %s)", uai, m.Name)
	if err := m.check(s.Catalog.Kinds); err != nil {
		return err
	}
	if s.Catalog.Mapping(m.Name) != nil || s.Catalog.Kinds.Kind(m.Name) != nil || isSpecial(m.Name) {
		return belvedere.Errorf(belvedere.Conflict, "Le nom «\u00a0%s\u00a0» est celui d’une correspondance du catalogue\u00a0: choisissez-en un autre.", m.Name)
	}
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if _, err := s.open(ctx, who, uai); err != nil && belvedere.KindOf(err) != belvedere.NotFound {
		return err
	}
	v, err := s.Vaults.Vault(ctx, uai, true)
	if err != nil {
		return err
	}
	return v.Write(ctx, func(tx *vault.Tx) error {
		_, err := tx.Exec(`INSERT INTO dossier_correspondance (nom, libelle, genre, contenu, le, par) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (nom) DO UPDATE SET libelle = excluded.libelle, genre = excluded.genre, contenu = excluded.contenu, le = excluded.le, par = excluded.par`,
			m.Name, m.Label, strings.Join(m.Kinds(), " "), string(text), vault.Micros(s.Now()), who.Login)
		return err
	})
}

// DropMapping forgets a mapping of an institution; what was imported by it stays.
func (s *Service) DropMapping(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, name string) (err error) {
	defer belvedere.Wrap(&err, "dossier.DropMapping(%s, %s)", uai, name)
	v, err := s.open(ctx, who, uai)
	if err != nil {
		return err
	}
	return v.Write(ctx, func(tx *vault.Tx) error {
		n, err := tx.Exec("DELETE FROM dossier_correspondance WHERE nom = ?", name)
		if err == nil && n == 0 {
			return belvedere.Errorf(belvedere.NotFound, "L’établissement n’a pas de correspondance «\u00a0%s\u00a0».", name)
		}
		return err
	})
}
