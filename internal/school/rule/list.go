package rule

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A Filter chooses findings. What is empty chooses all.
type Filter struct {
	States    []State
	Severity  Severity
	Rule      string
	Structure string
	Limit     int // 0: all
	Offset    int
}

// List gives the findings of a year, blocking first, in the order of the rules, and how many
// there are beyond the limit.
func List(ctx context.Context, v *vault.Vault, year belvedere.SchoolYear, want Filter) (list []Finding, total int, err error) {
	defer belvedere.Wrap(&err, "rule.List(%s, %s)", v.UAI(), year)
	err = v.Read(ctx, func(tx *vault.Tx) error {
		return tx.Each(selectFindings+" WHERE c.annee = ?", []any{int(year)}, func(scan func(...any) error) error {
			x, err := scanFinding(scan)
			if err == nil && want.takes(x) {
				list = append(list, x)
			}
			return err
		})
	})
	if err != nil {
		return nil, 0, err
	}
	order := map[string]int{}
	for i, r := range Rules {
		order[r.Code] = i
	}
	rank := func(x Finding) int {
		if x.Severity == Blocking {
			return order[x.Rule]
		}
		return len(Rules) + order[x.Rule]
	}
	slices.SortStableFunc(list, func(a, b Finding) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a.Structure+"\x00"+a.Message, b.Structure+"\x00"+b.Message)
	})
	total = len(list)
	list = list[min(want.Offset, total):]
	if want.Limit > 0 {
		list = list[:min(want.Limit, len(list))]
	}
	return list, total, nil
}

func (w Filter) takes(x Finding) bool {
	return (len(w.States) == 0 || slices.Contains(w.States, x.State)) && (w.Severity == "" || w.Severity == x.Severity) &&
		(w.Rule == "" || w.Rule == x.Rule) && (w.Structure == "" || w.Structure == x.Structure)
}

const selectFindings = `SELECT c.id, c.annee, c.regle, c.cle, c.gravite, c.etat, c.message, c.remede, c.outil, c.qui, ifnull(c.qui_id, 0), c.avec, ifnull(c.avec_id, 0), c.structure,
	c.source_a, ifnull(c.import_a, 0), ifnull(a.fichier, ''), ifnull(c.ligne_a, 0), c.champ_a, c.valeur_a,
	c.source_b, ifnull(c.import_b, 0), ifnull(b.fichier, ''), ifnull(c.ligne_b, 0), c.champ_b, c.valeur_b, c.vu, c.revu
	FROM constat c LEFT JOIN import a ON a.id = c.import_a LEFT JOIN import b ON b.id = c.import_b`

func scanFinding(scan func(...any) error) (x Finding, err error) {
	var year int
	var seen, again int64
	err = scan(&x.ID, &year, &x.Rule, &x.Key, &x.Severity, &x.State, &x.Message, &x.Mend, &x.Tool, &x.Who.Sort, &x.Who.ID, &x.With.Sort, &x.With.ID, &x.Structure,
		&x.A.Source, &x.A.Import, &x.A.File, &x.A.Line, &x.A.Field, &x.A.Value,
		&x.B.Source, &x.B.Import, &x.B.File, &x.B.Line, &x.B.Field, &x.B.Value, &seen, &again)
	x.Year, x.Seen, x.Again = belvedere.SchoolYear(year), vault.Instant(seen), vault.Instant(again)
	return x, err
}

// A Step is a line of the life of a finding.
type Step struct {
	From, To State // From is "" at first
	Reason   string
	At       time.Time
	By       string // "" : the checks
}

// Get is one finding with its life, oldest first.
func Get(ctx context.Context, v *vault.Vault, id int64) (x Finding, life []Step, err error) {
	defer belvedere.Wrap(&err, "rule.Get(%s, %d)", v.UAI(), id)
	found := false
	err = v.Read(ctx, func(tx *vault.Tx) error {
		err := tx.Each(selectFindings+" WHERE c.id = ?", []any{id}, func(scan func(...any) error) (err error) {
			found = true
			x, err = scanFinding(scan)
			return err
		})
		if err != nil || !found {
			return err
		}
		return tx.Each("SELECT de, a, motif, le, par FROM constat_vie WHERE constat = ? ORDER BY rang", []any{id}, func(scan func(...any) error) error {
			var s Step
			var at int64
			err := scan(&s.From, &s.To, &s.Reason, &at, &s.By)
			s.At = vault.Instant(at)
			life = append(life, s)
			return err
		})
	})
	if err == nil && !found {
		err = belvedere.Errorf(belvedere.NotFound, "Ce constat n’existe plus. Relancez les contrôles.")
	}
	return x, life, err
}

// A Run is a past run of the checks.
type Run struct {
	ID       int64
	At       time.Time
	By       string
	Blocking int // that stand now, acceptances since taken into account
	Warnings int
	Stale    bool // files have been imported, or withdrawn, since
}

// Last is the last run of a year; found is false when there was none: nothing is known then, and
// letters wait.
func Last(ctx context.Context, v *vault.Vault, year belvedere.SchoolYear) (r Run, found bool, err error) {
	defer belvedere.Wrap(&err, "rule.Last(%s, %s)", v.UAI(), year)
	err = v.Read(ctx, func(tx *vault.Tx) error {
		var at int64
		var imports string
		found, err = tx.Get("SELECT id, le, par, imports FROM controle WHERE annee = ? ORDER BY id DESC LIMIT 1", []any{int(year)}, &r.ID, &at, &r.By, &imports)
		if err != nil || !found {
			return err
		}
		r.At = vault.Instant(at)
		var then, now []int64
		if err := json.Unmarshal([]byte(imports), &then); err != nil {
			return err
		}
		err := tx.Each("SELECT id FROM import WHERE annee = ? AND remplace IS NULL ORDER BY id", []any{int(year)}, func(scan func(...any) error) error {
			var id int64
			err := scan(&id)
			now = append(now, id)
			return err
		})
		if err != nil {
			return err
		}
		r.Stale = !slices.Equal(then, now)
		return tx.Each("SELECT gravite, count(*) FROM constat WHERE annee = ? AND etat IN ('ouvert', 'revenu') GROUP BY gravite", []any{int(year)}, func(scan func(...any) error) error {
			var s Severity
			var n int
			err := scan(&s, &n)
			if s == Blocking {
				r.Blocking = n
			} else {
				r.Warnings = n
			}
			return err
		})
	})
	return r, found, err
}

// Standing counts the blocking findings that letters wait for. Before any check, or after an
// import that none has followed, that is an error of kind Conflict: nobody knows.
func Standing(ctx context.Context, v *vault.Vault, year belvedere.SchoolYear) (int, error) {
	r, found, err := Last(ctx, v, year)
	switch {
	case err != nil:
		return 0, err
	case !found:
		return 0, belvedere.Errorf(belvedere.Conflict, "Les fichiers de l’année %s n’ont pas encore été contrôlés. Lancez les contrôles.", year)
	case r.Stale:
		return 0, belvedere.Errorf(belvedere.Conflict, "Des fichiers ont été importés depuis le dernier contrôle de l’année %s. Relancez les contrôles.", year)
	}
	return r.Blocking, nil
}
