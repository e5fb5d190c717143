package board

import (
	"context"
	"time"

	"belvedere"
	"belvedere/internal/school/rule"
	"belvedere/internal/school/vault"
)

// A Finding is a contradiction between files, with both values and where to mend it.
type Finding struct {
	rule.Finding
	Title, Text string // of its rule
	First       time.Time
	Life        []rule.Step // oldest first; of one finding alone
}

// Open tells whether it still waits for someone.
func (f Finding) Open() bool { return f.State.Standing() }

// Blocks tells whether letters wait for it.
func (f Finding) Blocks() bool { return f.Severity == rule.Blocking }

// PupilID is the pupil that it is about, 0 for none.
func (f Finding) PupilID() int64 {
	for _, who := range []rule.Subject{f.Who, f.With} {
		if who.Sort == vault.Pupil {
			return who.ID
		}
	}
	return 0
}

// finding dresses one of package rule.
func (s *Service) finding(x rule.Finding) Finding {
	f := Finding{Finding: x, Title: x.Rule, First: x.Seen.In(s.Zone)}
	if r, ok := rule.RuleOf(x.Rule); ok {
		f.Title, f.Text = r.Title, r.Text
	}
	return f
}

// FindingFilter chooses findings.
type FindingFilter struct {
	State  string // "": open; "bloquants", "avertissements": open of one severity; "acceptes", "regles", "tous"
	Rule   string // code, "" for all
	Offset int
	Limit  int
}

// FindingCounts count the findings of a year.
type FindingCounts struct{ Blocking, Warnings, Accepted, Mended int }

// filters are the filters in the words of package rule.
var filters = map[string]rule.Filter{
	"":               {States: []rule.State{rule.Open, rule.Back}},
	"bloquants":      {States: []rule.State{rule.Open, rule.Back}, Severity: rule.Blocking},
	"avertissements": {States: []rule.State{rule.Open, rule.Back}, Severity: rule.Warning},
	"acceptes":       {States: []rule.State{rule.Accepted}},
	"regles":         {States: []rule.State{rule.Mended}},
	"tous":           {},
}

// Findings lists those of a year, blocking first, with how many there are beyond the limit.
func (s *Service) Findings(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear, f FindingFilter) (list []Finding, total int, n FindingCounts, err error) {
	defer belvedere.Wrap(&err, "Findings(%s, %s)", uai, year)
	want, ok := filters[f.State]
	if !ok {
		return nil, 0, n, belvedere.Errorf(belvedere.Invalid, "Ce choix de constats n’existe pas.")
	}
	want.Rule, want.Offset, want.Limit = f.Rule, f.Offset, f.Limit
	v, err := s.opened(ctx, who, uai)
	if err != nil || v == nil {
		return nil, 0, n, err
	}
	found, total, err := rule.List(ctx, v, year, want)
	for _, x := range found {
		list = append(list, s.finding(x))
	}
	if err == nil {
		err = v.Read(ctx, func(tx *vault.Tx) (err error) {
			n, err = countFindings(tx, year)
			return err
		})
	}
	return list, total, n, err
}

func countFindings(tx *vault.Tx, year belvedere.SchoolYear) (n FindingCounts, err error) {
	_, err = tx.Get(`SELECT ifnull(sum(etat IN ('ouvert', 'revenu') AND gravite = 'bloquant'), 0), ifnull(sum(etat IN ('ouvert', 'revenu') AND gravite <> 'bloquant'), 0),
		ifnull(sum(etat = 'accepte'), 0), ifnull(sum(etat = 'corrige'), 0) FROM constat WHERE annee = ?`, []any{int(year)},
		&n.Blocking, &n.Warnings, &n.Accepted, &n.Mended)
	return n, err
}

// Finding is one of them, with its life.
func (s *Service) Finding(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64) (f Finding, err error) {
	defer belvedere.Wrap(&err, "Finding(%s, %d)", uai, id)
	v, err := s.vault(ctx, who, uai)
	if err != nil {
		return f, err
	}
	x, life, err := rule.Get(ctx, v, id)
	f = s.finding(x)
	for _, step := range life {
		step.At = step.At.In(s.Zone)
		f.Life = append(f.Life, step)
	}
	return f, err
}

// Accept takes a finding as it is, with a reason: it no longer holds letters back.
func (s *Service) Accept(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64, reason string) (err error) {
	defer belvedere.Wrap(&err, "Accept(%s, %d)", uai, id)
	v, err := s.vault(ctx, who, uai)
	if err != nil {
		return err
	}
	return rule.Accept(ctx, v, id, reason, who.Login)
}

// Reopen takes the acceptance back.
func (s *Service) Reopen(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64) (err error) {
	defer belvedere.Wrap(&err, "Reopen(%s, %d)", uai, id)
	v, err := s.vault(ctx, who, uai)
	if err != nil {
		return err
	}
	return rule.Reopen(ctx, v, id, who.Login)
}
