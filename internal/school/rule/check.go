package rule

import (
	"context"
	"encoding/json"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A Report is what a run of the checks found.
type Report struct {
	Run        int64 // its number in the vault
	Year       belvedere.SchoolYear
	At         time.Time
	Rules      []Outcome // all of them, in order
	Blocking   int       // findings that stand: open or back
	Warnings   int
	New        int // seen for the first time
	Mended     int // no longer found
	Back       int // found again, or changed since they were accepted
	Accepted   int // found, and accepted by someone
	Proposals  int // names to be reconciled
	Duplicates int // pairs of guardians to be looked at
}

// An Outcome is what one rule found.
type Outcome struct {
	Rule     Rule
	Ran      bool
	Missing  string // French: the file that it would need, when it did not run
	Blocking int    // that stand
	Warnings int
}

// Check runs all the rules on a school year and keeps what they find with its life. By is the
// account that asked, "" for the program.
func Check(ctx context.Context, v *vault.Vault, year belvedere.SchoolYear, by string) (r Report, err error) {
	defer belvedere.Wrap(&err, "rule.Check(%s, %s)", v.UAI(), year)
	err = v.Write(ctx, func(tx *vault.Tx) error {
		r, err = CheckIn(tx, year, by)
		return err
	})
	return r, err
}

// CheckIn is Check inside a transaction.
func CheckIn(tx *vault.Tx, year belvedere.SchoolYear, by string) (r Report, err error) {
	r = Report{Year: year, At: tx.Vault().Now()}
	f, err := gather(tx, year)
	if err != nil {
		return r, err
	}
	if f.twins, err = refreshDuplicates(tx, year); err != nil {
		return r, err
	}
	for _, d := range f.twins {
		if d.State == PairProposed && d.Certainty != Possible {
			r.Duplicates++
		}
	}
	if r.Proposals, err = f.refreshProposals(); err != nil {
		return r, err
	}
	k, err := openKeeper(tx, year, r.At, by)
	if err != nil {
		return r, err
	}
	for _, rule := range Rules {
		o, err := k.run(f, rule)
		if err != nil {
			return r, err
		}
		r.Rules = append(r.Rules, o)
		r.Blocking, r.Warnings = r.Blocking+o.Blocking, r.Warnings+o.Warnings
	}
	if f.err != nil {
		return r, f.err
	}
	r.New, r.Mended, r.Back, r.Accepted = k.fresh, k.mended, k.back, k.accepted
	r.Run, err = f.sign(r, by)
	return r, err
}

// run runs one rule and keeps what it finds.
func (k *keeper) run(f *facts, rule Rule) (o Outcome, err error) {
	o.Rule = rule
	if list := rule.missing(f); list != nil {
		o.Missing = sources[list[0]]
		return o, nil
	}
	o.Ran = true
	rule.run(f, func(x Finding) {
		if err != nil {
			return
		}
		x.Rule, x.Year = rule.Code, k.year
		if x.Severity == "" {
			x.Severity = rule.Severity
		}
		if x.Tool == "" {
			x.Tool = rule.Tool
		}
		err = k.keep(x)
	})
	if err != nil {
		return o, err
	}
	if err := k.mend(rule.Code); err != nil {
		return o, err
	}
	for _, h := range k.held {
		if h.Rule != rule.Code || !h.State.Standing() || !h.seen {
			continue
		}
		if h.Severity == Blocking {
			o.Blocking++
		} else {
			o.Warnings++
		}
	}
	return o, nil
}

// sign notes the run, with the imports that it looked at.
func (f *facts) sign(r Report, by string) (int64, error) {
	list, err := json.Marshal(f.importIDs())
	if err != nil {
		return 0, err
	}
	return f.tx.Insert("INSERT INTO controle (annee, le, par, imports, bloquants, avertissements) VALUES (?, ?, ?, ?, ?, ?)",
		int(r.Year), vault.Micros(r.At), by, string(list), r.Blocking, r.Warnings)
}

func (f *facts) importIDs() []int64 {
	ids := []int64{}
	for _, i := range f.imports {
		ids = append(ids, i.id)
	}
	return ids
}
