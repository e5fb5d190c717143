package board

import (
	"context"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A Finding is a contradiction between files, with both values and where to mend it.
type Finding struct {
	ID        int64
	Rule      Rule
	Blocking  bool
	State     string // ouvert, corrige, accepte, revenu
	Message   string
	Structure string
	PupilID   int64 // when it is about a pupil
	A, B      Side
	Tool      string
	Mend      string // French: what to do there
	First     time.Time
	Life      []Change // latest last
}

// Open tells whether it still waits for someone.
func (f Finding) Open() bool { return f.State == "ouvert" || f.State == "revenu" }

// A Side is what one file says.
type Side struct {
	Source string
	File   string
	Line   int64
	Field  string
	Value  string
}

// A Change is a moment of the life of a finding.
type Change struct {
	From, To, Reason, By string
	At                   time.Time
}

// FindingFilter chooses findings.
type FindingFilter struct {
	State string // "": open; "bloquants", "avertissements": open of one severity; "acceptes", "regles", "tous"
	Rule  string // code, "" for all
}

// FindingCounts count the findings of a year.
type FindingCounts struct{ Blocking, Warnings, Accepted, Mended int }

// filters are the conditions of the filters.
var filters = map[string]string{
	"": "c.etat IN ('ouvert', 'revenu')", "bloquants": "c.etat IN ('ouvert', 'revenu') AND c.gravite = 'bloquant'",
	"avertissements": "c.etat IN ('ouvert', 'revenu') AND c.gravite = 'avertissement'",
	"acceptes":       "c.etat = 'accepte'", "regles": "c.etat = 'corrige'", "tous": "1 = 1",
}

// Findings lists those of a year, blocking first.
func (s *Service) Findings(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear, f FindingFilter) (list []Finding, n FindingCounts, err error) {
	defer belvedere.Wrap(&err, "Findings(%s, %s)", uai, year)
	where, ok := filters[f.State]
	if !ok {
		return nil, n, belvedere.Errorf(belvedere.Invalid, "Ce choix de constats n’existe pas.")
	}
	err = s.read(ctx, who, uai, func(tx *vault.Tx) error {
		if n, err = countFindings(tx, year); err != nil {
			return err
		}
		list, err = s.findings(tx, where+" AND c.annee = ? AND (? = '' OR c.regle = ?) ORDER BY c.gravite DESC, c.regle, c.structure, c.id", int(year), f.Rule, f.Rule)
		return err
	})
	return list, n, err
}

func countFindings(tx *vault.Tx, year belvedere.SchoolYear) (n FindingCounts, err error) {
	_, err = tx.Get(`SELECT ifnull(sum(etat IN ('ouvert', 'revenu') AND gravite = 'bloquant'), 0), ifnull(sum(etat IN ('ouvert', 'revenu') AND gravite <> 'bloquant'), 0),
		ifnull(sum(etat = 'accepte'), 0), ifnull(sum(etat = 'corrige'), 0) FROM constat WHERE annee = ?`, []any{int(year)},
		&n.Blocking, &n.Warnings, &n.Accepted, &n.Mended)
	return n, err
}

// findings reads those that a condition keeps.
func (s *Service) findings(tx *vault.Tx, where string, args ...any) (list []Finding, err error) {
	err = tx.Each(`SELECT c.id, c.regle, c.gravite, c.etat, c.message, c.structure, ifnull(CASE WHEN c.qui = 'eleve' THEN c.qui_id END, 0), c.outil, c.remede, c.vu,
		c.source_a, ifnull(a.fichier, ''), ifnull(c.ligne_a, 0), c.champ_a, c.valeur_a, c.source_b, ifnull(b.fichier, ''), ifnull(c.ligne_b, 0), c.champ_b, c.valeur_b
		FROM constat c LEFT JOIN import a ON a.id = c.import_a LEFT JOIN import b ON b.id = c.import_b WHERE `+where, args,
		func(scan func(...any) error) error {
			var f Finding
			var rule, severity string
			var first int64
			err := scan(&f.ID, &rule, &severity, &f.State, &f.Message, &f.Structure, &f.PupilID, &f.Tool, &f.Mend, &first,
				&f.A.Source, &f.A.File, &f.A.Line, &f.A.Field, &f.A.Value, &f.B.Source, &f.B.File, &f.B.Line, &f.B.Field, &f.B.Value)
			f.Rule, f.Blocking, f.First = s.Rule(rule), severity == "bloquant", s.local(first)
			list = append(list, f)
			return err
		})
	return list, err
}

// Finding is one of them, with its life.
func (s *Service) Finding(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64) (f Finding, year belvedere.SchoolYear, err error) {
	defer belvedere.Wrap(&err, "Finding(%s, %d)", uai, id)
	err = s.read(ctx, who, uai, func(tx *vault.Tx) error {
		list, err := s.findings(tx, "c.id = ?", id)
		if err != nil || len(list) == 0 {
			return err
		}
		f = list[0]
		var y int
		if _, err := tx.Get("SELECT annee FROM constat WHERE id = ?", []any{id}, &y); err != nil {
			return err
		}
		year = belvedere.SchoolYear(y)
		return tx.Each("SELECT de, a, motif, le, par FROM constat_vie WHERE constat = ? ORDER BY rang", []any{id}, func(scan func(...any) error) error {
			var c Change
			var at int64
			err := scan(&c.From, &c.To, &c.Reason, &at, &c.By)
			c.At = s.local(at)
			f.Life = append(f.Life, c)
			return err
		})
	})
	if err == nil && f.ID == 0 {
		err = belvedere.Errorf(belvedere.NotFound, "Aucun constat ne porte ce numéro.")
	}
	return f, year, err
}

// Accept takes a finding as it is, with a reason: it no longer holds letters back.
func (s *Service) Accept(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64, reason string) (err error) {
	defer belvedere.Wrap(&err, "Accept(%s, %d)", uai, id)
	reason = strings.TrimSpace(reason)
	if len([]rune(reason)) < 5 || len([]rune(reason)) > 500 {
		return belvedere.Errorf(belvedere.Invalid, "Dites en une phrase pourquoi ce constat est accepté (5 à 500 caractères).")
	}
	return s.turn(ctx, who, uai, id, "accepte", reason, "ouvert", "revenu")
}

// Reopen takes the acceptance back.
func (s *Service) Reopen(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64) (err error) {
	defer belvedere.Wrap(&err, "Reopen(%s, %d)", uai, id)
	return s.turn(ctx, who, uai, id, "ouvert", "", "accepte")
}

// turn changes the state of a finding that is in one of some.
func (s *Service) turn(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64, to, reason string, from ...string) error {
	return s.write(ctx, who, uai, func(tx *vault.Tx) error {
		var state string
		found, err := tx.Get("SELECT etat FROM constat WHERE id = ?", []any{id}, &state)
		switch {
		case err != nil:
			return err
		case !found:
			return belvedere.Errorf(belvedere.NotFound, "Aucun constat ne porte ce numéro.")
		case state != from[0] && state != from[len(from)-1]:
			return belvedere.Errorf(belvedere.Conflict, "Ce constat a changé entre-temps. Relisez-le avant de décider.")
		}
		if _, err := tx.Exec("UPDATE constat SET etat = ? WHERE id = ?", to, id); err != nil {
			return err
		}
		_, err = tx.Exec("INSERT INTO constat_vie (constat, rang, de, a, motif, le, par) SELECT ?1, ifnull(max(rang), 0) + 1, ?2, ?3, ?4, ?5, ?6 FROM constat_vie WHERE constat = ?1",
			id, state, to, reason, vault.Micros(s.Now()), who.Login)
		return err
	})
}
