package coherence

import (
	"context"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// News are the findings to mend that one duty answers for: how many of each rule, and nobody's name.
type News struct {
	School belvedere.UAI
	Year   belvedere.SchoolYear
	Duty   string
	Rules  []Line // those with findings, New alone filled in
	Total  int
	Last   time.Time // when the latest of them was found: news of the same instant are the same news
}

// tell hands over what is to be mended, duty by duty. It is asked after each run, and repeats itself as
// long as nothing is found: who sends the letters tells one instant from another.
func (s *Service) tell(ctx context.Context, uai belvedere.UAI, year belvedere.SchoolYear) error {
	if s.Tell == nil {
		return nil
	}
	list, err := s.news(ctx, uai, year)
	for i := 0; err == nil && i < len(list); i++ {
		err = s.Tell(ctx, list[i])
	}
	return err
}

// news gathers the findings to mend by duty, in the order of the rules.
func (s *Service) news(ctx context.Context, uai belvedere.UAI, year belvedere.SchoolYear) (out []News, err error) {
	kept, err := s.Vaults.Vault(ctx, uai, false)
	if err != nil {
		return nil, err
	}
	type count struct {
		n    int
		last int64
	}
	counts := map[string]count{}
	err = kept.Read(ctx, func(tx *vault.Tx) error {
		return tx.Each(`SELECT c.regle, count(*), max((SELECT max(le) FROM coherence_pas WHERE constat = c.id)) FROM coherence_constat c WHERE c.annee = ? AND c.etat = ? GROUP BY c.regle`,
			[]any{int(year), Fresh}, func(scan func(...any) error) error {
				var rule string
				var one count
				err := scan(&rule, &one.n, &one.last)
				counts[rule] = one
				return err
			})
	})
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for _, r := range Rules {
		one := counts[r.Code]
		if one.n == 0 {
			continue
		}
		i, known := at[r.Duty]
		if !known {
			i = len(out)
			at[r.Duty] = i
			out = append(out, News{School: uai, Year: year, Duty: r.Duty})
		}
		n := &out[i]
		n.Rules, n.Total = append(n.Rules, Line{Rule: r, New: one.n}), n.Total+one.n
		if last := vault.Instant(one.last); last.After(n.Last) {
			n.Last = last
		}
	}
	return out, nil
}
