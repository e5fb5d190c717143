package board

import (
	"context"
	"fmt"
	"strconv"

	"belvedere"
	"belvedere/internal/school/rule"
	"belvedere/internal/school/vault"
)

// A Double is a pair of guardians who may be one.
type Double struct {
	A, B      Guardian
	Certainty string // certain, probable, possible
	Signs     string // JSON array: adresse, telephone, mel, enfant
	State     string // propose, fusionne, distinct
}

// Key names the pair: "12-15".
func (d Double) Key() string {
	return strconv.FormatInt(d.A.ID, 10) + "-" + strconv.FormatInt(d.B.ID, 10)
}

// A Guardian is a person of the vault, as far as one must see to tell two apart.
type Guardian struct {
	ID       int64
	Number   string // PERSONNE_ID
	Name     string
	Address  string
	Phone    string
	Mail     string
	Children string // names and divisions
}

const guardianColumns = `%[1]s.id, %[1]s.personne_id, trim(%[1]s.civilite || ' ' || %[1]s.nom || ' ' || %[1]s.prenom),
	trim(%[1]s.adresse1 || ' ' || %[1]s.adresse2 || ' ' || %[1]s.code_postal || ' ' || %[1]s.commune), coalesce(nullif(%[1]s.tel_portable, ''), %[1]s.tel_perso), %[1]s.mel,
	ifnull((SELECT group_concat(e.nom || ' ' || e.prenom || CASE WHEN s.division <> '' THEN ' (' || s.division || ')' ELSE '' END, ', ')
		FROM lien l JOIN eleve e ON e.id = l.eleve LEFT JOIN scolarite s ON s.eleve = l.eleve AND s.annee = l.annee WHERE l.personne = %[1]s.id AND l.annee = ?1), '')`

func columnsOf(alias string) string { return fmt.Sprintf(guardianColumns, alias) }

func (g *Guardian) into() []any {
	return []any{&g.ID, &g.Number, &g.Name, &g.Address, &g.Phone, &g.Mail, &g.Children}
}

// Doubles lists the pairs: those that wait first, the surest first.
func (s *Service) Doubles(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear) (list []Double, err error) {
	defer belvedere.Wrap(&err, "Doubles(%s, %s)", uai, year)
	err = s.read(ctx, who, uai, func(tx *vault.Tx) error {
		query := "SELECT d.certitude, d.indices, d.etat, " + columnsOf("a") + ", " + columnsOf("b") +
			" FROM doublon d JOIN personne a ON a.id = d.a JOIN personne b ON b.id = d.b" +
			" ORDER BY d.etat <> 'propose', d.certitude = 'possible', d.certitude = 'probable', a.cle, d.a, d.b"
		return tx.Each(query, []any{int(year)}, func(scan func(...any) error) error {
			var d Double
			into := append([]any{&d.Certainty, &d.Signs, &d.State}, d.A.into()...)
			err := scan(append(into, d.B.into()...)...)
			list = append(list, d)
			return err
		})
	})
	return list, err
}

// Judge says that two guardians are one (for mailing; the source stays as it is), or two.
func (s *Service) Judge(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, a, b int64, same bool) (err error) {
	defer belvedere.Wrap(&err, "Judge(%s)", uai)
	v, err := s.vault(ctx, who, uai)
	if err != nil {
		return err
	}
	state := rule.PairDistinct
	if same {
		state = rule.PairMerged
	}
	return rule.Decide(ctx, v, a, b, state, who.Login)
}
